//! Lists of options: which words are there. darling hands each known option to its value
//! (`value.rs`); unknown and doubled ones are ours to report, in our words.

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Meta};

use crate::diagnose::{Diagnostics, choices, list};
use crate::options::{Options, SECRETS};

/// Reads the options of an attribute. After an error the rest is still read, so that every
/// mistake is shown; `None` only where the list itself cannot be read.
pub(crate) fn options<T: FromMeta>(
    attr: TokenStream,
    known: &Options,
    errors: &mut Diagnostics,
) -> Option<T> {
    let items = match NestedMeta::parse_meta_list(attr) {
        Ok(items) => items,
        Err(error) => {
            errors.syntax(error);
            return None;
        }
    };
    from_items(items, known, errors)
}

/// The options inside a value: `custom(…)` parsed as a call.
pub(crate) fn written<'a, T: FromMeta>(
    arguments: impl IntoIterator<Item = &'a Expr>,
    known: &Options,
    errors: &mut Diagnostics,
) -> Option<T> {
    let tokens: TokenStream = arguments
        .into_iter()
        .flat_map(|argument| quote!(#argument,))
        .collect();
    options(tokens, known, errors)
}

fn from_items<T: FromMeta>(
    items: Vec<NestedMeta>,
    known: &Options,
    errors: &mut Diagnostics,
) -> Option<T> {
    let mut kept: Vec<NestedMeta> = Vec::new();
    let prefix = prefix(known.owner, &items);
    for item in items {
        match &item {
            NestedMeta::Meta(meta) => {
                let name = name(meta);
                if known.row(&name).is_none() {
                    unknown(meta, &name, known, prefix, errors);
                } else if kept.iter().any(|other| is_named(other, &name)) {
                    errors.error(
                        meta.path(),
                        format_args!("option `{name}` is given twice"),
                        "remove one of the two",
                    );
                } else {
                    kept.push(item);
                }
            }
            NestedMeta::NameValueInvalidExpr(meta) => {
                errors.error(
                    &meta.value,
                    "this is not a value",
                    example(&name(&Meta::Path(meta.path.clone())), known),
                );
            }
            NestedMeta::Lit(literal) => errors.error(
                literal,
                "a value without an option",
                format_args!("known {} options: {}", known.owner, list(&known.names())),
            ),
        }
    }
    match T::from_list(&kept) {
        Ok(options) => Some(options),
        Err(error) => {
            for error in error.flatten() {
                errors.syntax(error.into());
            }
            None
        }
    }
}

fn unknown(meta: &Meta, name: &str, known: &Options, prefix: &str, errors: &mut Diagnostics) {
    if let Some((_, variable)) = SECRETS.iter().find(|(secret, _)| *secret == name) {
        let variable = variable.replace("{}", prefix);
        let tokens = match meta {
            Meta::NameValue(meta) => meta.value.to_token_stream(),
            meta => meta.to_token_stream(),
        };
        errors.error(
            tokens,
            "a secret written in source code",
            format_args!("remove it and set the environment variable `{variable}`"),
        );
        return;
    }
    errors.error(
        meta.path(),
        format_args!("unknown {} option `{name}`", known.owner),
        choices(name, &format!("{} options", known.owner), &known.names()),
    );
}

/// The environment prefix of the provider: whose options these are, or whom `auth` names.
fn prefix(owner: &str, items: &[NestedMeta]) -> &'static str {
    let named = items.iter().find_map(|item| match item {
        NestedMeta::Meta(Meta::NameValue(meta)) if meta.path.is_ident("auth") => {
            let first = meta.value.to_token_stream().into_iter().next();
            first.map(|word| word.to_string())
        }
        _ => None,
    });
    match named.as_deref().unwrap_or_else(|| owner.trim_matches('`')) {
        "google" => "GOOGLE",
        "github" => "GITHUB",
        "azure" => "AZURE",
        _ => "OAUTH",
    }
}

/// An example of the option, as help.
fn example(name: &str, known: &Options) -> String {
    match known.row(name) {
        Some(row) => format!("write `{}`", row.example),
        None => format!("known {} options: {}", known.owner, list(&known.names())),
    }
}

fn is_named(item: &NestedMeta, wanted: &str) -> bool {
    matches!(item, NestedMeta::Meta(meta) if name(meta) == wanted)
}

fn name(meta: &Meta) -> String {
    meta.path().to_token_stream().to_string().replace(' ', "")
}
