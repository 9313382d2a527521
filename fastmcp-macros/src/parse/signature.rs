//! The parameters of an item, as far as their shape goes.

use quote::ToTokens;
use syn::{Attribute, FnArg, Meta, Pat, PatType, Signature};

use super::attribute::options;
use super::doc;
use super::raw::{ArgumentOptions, RawParameter};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::kind::Kind;

/// Every parameter but those whose shape no item can have, which are reported.
pub(crate) fn parameters(
    kind: Kind,
    signature: &Signature,
    errors: &mut Diagnostics,
) -> Vec<RawParameter> {
    signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(parameter) => parameter_of(kind, parameter, errors),
            FnArg::Receiver(receiver) => {
                errors.error(
                    codes::WITH_SELF,
                    receiver.self_token,
                    format_args!("a {kind} has no `self`"),
                    "make it a free function and borrow the server's state: `app: &YourServer`",
                );
                None
            }
        })
        .collect()
}

fn parameter_of(kind: Kind, parameter: &PatType, errors: &mut Diagnostics) -> Option<RawParameter> {
    let name = match &*parameter.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            pattern.ident.clone()
        }
        pattern => {
            errors.error(
                codes::PATTERN,
                pattern,
                "a pattern has no name that a client could send",
                "give the parameter a name, and take it apart in the body",
            );
            return None;
        }
    };
    if let Some(condition) = parameter.attrs.iter().find(|it| it.path().is_ident("cfg")) {
        errors.error(
            codes::NOT_PLAIN,
            condition,
            "a parameter that is not always there",
            format_args!("put `#[cfg(…)]` on the whole {kind}, and write one for each case"),
        );
        return None;
    }
    Some(RawParameter {
        name,
        ty: (*parameter.ty).clone(),
        docs: doc::words(&parameter.attrs),
        options: argument_options(kind, &parameter.attrs, errors).unwrap_or_default(),
    })
}

/// `#[arg(…)]` of a parameter.
fn argument_options(
    kind: Kind,
    attributes: &[Attribute],
    errors: &mut Diagnostics,
) -> Option<ArgumentOptions> {
    let mut found = attributes.iter().filter(|attr| attr.path().is_ident("arg"));
    let Some(attribute) = found.next() else {
        return Some(ArgumentOptions::default());
    };
    if let Some(second) = found.next() {
        errors.error(
            codes::DOUBLED_ATTRIBUTE,
            second,
            "two `#[arg]` on one parameter",
            "put all options into one `#[arg(…)]`",
        );
        return None;
    }
    match &attribute.meta {
        Meta::List(list) => options(list.tokens.clone(), kind.arguments(), errors),
        meta => {
            errors.error(
                codes::EMPTY_ARG,
                meta.to_token_stream(),
                "`#[arg]` needs options in parentheses",
                "write `#[arg(description = \"How many.\")]`",
            );
            None
        }
    }
}
