//! What every item is: its name, its words, its signature.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, LitStr, ReturnType, Safety, Signature, Type, parse_quote_spanned};

use super::access::access;
use super::duration::{Bounds, duration};
use super::hints::icons;
use super::parameter::{has_a_name, parameters};
use super::take;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::kind::Kind;
use crate::model::Item;
use crate::parse::{ItemOptions, RawFunction, Words};
use crate::path::Krate;

/// What an item means, after every mistake in it is reported.
pub(super) fn item(mut options: ItemOptions, raw: RawFunction, errors: &mut Diagnostics) -> Item {
    let kind = raw.kind;
    let function = raw.signature.ident.clone();
    is_plain(kind, &raw.signature, errors);
    let access = access(kind, &mut options, errors);
    let given_name = take(options.name.take(), errors);
    let name = name(kind, given_name.clone(), &function, errors);
    let description = description(kind, &mut options, raw.docs, &function, errors);
    let returns = returns(&raw.signature, errors);
    Item {
        kind,
        conditions: raw.conditions,
        krate: Krate::new(take(options.krate.take(), errors)),
        is_async: raw.signature.asyncness.is_some(),
        function,
        name,
        given_name,
        title: take(options.title.take(), errors),
        description,
        icons: icons(options.icons.take(), errors),
        timeout: duration(options.timeout.take(), Bounds::ANY, errors).map(|found| found.value),
        access,
        parameters: parameters(raw.parameters, errors),
        input_schema: None,
        returns,
    }
}

/// A function that can be called by name alone.
fn is_plain(kind: Kind, signature: &Signature, errors: &mut Diagnostics) {
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.error(
            codes::GENERIC,
            &generics.params,
            format_args!("a {kind} is not generic: a client could not say which types it means"),
            "write the types themselves; lifetimes can be left out",
        );
    }
    if let Safety::Unsafe(word) = &signature.safety {
        errors.error(
            codes::NOT_PLAIN,
            word,
            format_args!(
                "a {kind} cannot be `unsafe`: anybody may {} it with anything",
                kind.verb()
            ),
            "remove `unsafe` and keep the promise inside the function",
        );
    }
    if let Some(abi) = &signature.abi {
        errors.error(
            codes::NOT_PLAIN,
            abi,
            format_args!("a {kind} is a Rust function"),
            "remove the ABI",
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.error(
            codes::NOT_PLAIN,
            variadic,
            format_args!("a {kind} says what it takes"),
            "name each parameter",
        );
    }
}

/// The wire name: 1 to 128 of `A-Z a-z 0-9 _ . -` (SEP-986). A resource is read by its URI, and its
/// name may be any.
fn name(kind: Kind, given: Option<LitStr>, function: &Ident, errors: &mut Diagnostics) -> String {
    let (text, tokens) = match given {
        Some(text) => (text.value(), text.into_token_stream()),
        None => (
            function.to_string().trim_start_matches("r#").to_owned(),
            function.to_token_stream(),
        ),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let is_free = kind == Kind::Resource && !text.trim().is_empty();
    if !is_free && (text.is_empty() || text.len() > 128 || !text.chars().all(allowed)) {
        let suggestion: String = text
            .chars()
            .map(|c| if allowed(c) { c } else { '_' })
            .take(128)
            .collect();
        let suggestion = match suggestion.trim_matches('_') {
            "" => kind.good_name(),
            good => good,
        };
        errors.error(
            codes::ITEM_NAME,
            tokens,
            match text.as_str() {
                "" => format!("a {kind} without a name"),
                text => format!("`{text}` cannot be the name of a {kind}"),
            },
            match kind {
                Kind::Resource => format!("write a name, such as `name = \"{suggestion}\"`"),
                Kind::Tool | Kind::Prompt => format!(
                    "use 1 to 128 of the characters A-Z, a-z, 0-9, `_`, `.` and `-`, such as \
                     `name = \"{suggestion}\"`"
                ),
            },
        );
    }
    text
}

/// What a model reads to decide whether to use it.
fn description(
    kind: Kind,
    options: &mut ItemOptions,
    docs: Words,
    function: &Ident,
    errors: &mut Diagnostics,
) -> Words {
    let tokens = match &options.description {
        Some(given) => given.key.to_token_stream(),
        None => function.to_token_stream(),
    };
    let before = errors.count();
    let given = take(options.description.take(), errors);
    let words = given.map_or(docs, |text| Words::Written(text.value()));
    if words.is_blank() && errors.count() == before {
        errors.error(
            codes::NO_DESCRIPTION,
            tokens,
            format_args!(
                "{kind} `{function}` has no description, so no model knows when to {} it",
                kind.verb()
            ),
            format_args!(
                "write a doc comment above the function: `/// {}`",
                kind.good_words()
            ),
        );
    }
    words
}

/// The type; where none is written, the function is what a message about it can underline.
fn returns(signature: &Signature, errors: &mut Diagnostics) -> Type {
    match &signature.output {
        ReturnType::Default => parse_quote_spanned!(signature.ident.span()=> ()),
        ReturnType::Type(_, ty) => {
            has_a_name(ty, errors);
            (**ty).clone()
        }
    }
}

/// A type as a person would write it.
pub(crate) fn shown(ty: &Type) -> String {
    let tokens: TokenStream = quote!(#ty);
    tokens
        .to_string()
        .replace(" < ", "<")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" , ", ", ")
        .replace(" ,", ",")
        .replace("& ", "&")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace("[ ", "[")
        .replace(" ]", "]")
        .replace(" ;", ";")
}
