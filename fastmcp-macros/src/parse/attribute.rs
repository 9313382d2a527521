//! Lists of options: which words are there. darling hands each known option to its value
//! (`value.rs`); unknown and doubled ones are ours to report, in our words.
//!
//! The list is split at its commas before anything is parsed, so an option that cannot be read
//! hides none of the others.

use std::collections::VecDeque;

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, Lit, Meta, parse2};

use super::comma;
use crate::codes;
use crate::diagnose::{Diagnostics, choices, list};
use crate::options::{
    ELSEWHERE_SET, ENDPOINTS, Options, PROVIDERS, SECRETS, known, prefix_of, provider_for,
};

/// Reads the options of an attribute. After an error the rest is still read, so that every
/// mistake is shown.
pub(crate) fn options<T: FromMeta>(
    attr: TokenStream,
    known: &Options,
    errors: &mut Diagnostics,
) -> Option<T> {
    let prefix = prefix(known.owner, &attr);
    let mut kept: Vec<NestedMeta> = Vec::new();
    let mut parts: VecDeque<TokenStream> = split(attr).into();
    while let Some(tokens) = parts.pop_front() {
        match parse2::<NestedMeta>(tokens.clone()) {
            Ok(NestedMeta::Meta(meta)) => {
                let name = name(&meta);
                if known.row(&name).is_none() {
                    unknown(&meta, &name, known, prefix, errors);
                } else if kept.iter().any(|other| is_named(other, &name)) {
                    errors.error(
                        codes::DOUBLED_OPTION,
                        meta.path(),
                        format_args!("option `{name}` is given twice"),
                        "remove one of the two",
                    );
                } else {
                    kept.push(NestedMeta::Meta(meta));
                }
            }
            Ok(NestedMeta::NameValueInvalidExpr(_)) | Err(_)
                if let Some(apart) = comma::put(tokens.clone(), errors) =>
            {
                for part in split(apart).into_iter().rev() {
                    parts.push_front(part);
                }
            }
            Ok(NestedMeta::NameValueInvalidExpr(meta)) => {
                errors.error(
                    codes::WRONG_VALUE,
                    tokens,
                    "this is not a value",
                    example(&name(&Meta::Path(meta.path.clone())), known),
                );
            }
            Ok(NestedMeta::Lit(Lit::Str(text))) if is_provider(&text.value(), known) => {
                provider(&text, &text.value(), "", errors);
            }
            Ok(NestedMeta::Lit(Lit::Str(text))) if known.row("uri").is_some() => errors.error(
                codes::UNREADABLE,
                &text,
                "a value without an option",
                format_args!("write `uri = {}`", text.to_token_stream()),
            ),
            Ok(NestedMeta::Lit(literal)) => errors.error(
                codes::UNREADABLE,
                literal,
                "a value without an option",
                known_options(known),
            ),
            Err(_) => unreadable(tokens, known, errors),
        }
    }
    match T::from_list(&kept) {
        Ok(options) => Some(options),
        // Every option is optional, known and there once, and none fails to be read: see `Given`.
        Err(error) => {
            errors.error(
                codes::UNREADABLE,
                quote!(#(#kept),*),
                error,
                known_options(known),
            );
            None
        }
    }
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

/// What stands between the commas; a comma with nothing before it is given by itself.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        if is_comma && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        } else if is_comma {
            parts.push(token.into());
        } else {
            part.extend([token]);
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn unreadable(tokens: TokenStream, known: &Options, errors: &mut Diagnostics) {
    let first = tokens.clone().into_iter().next();
    let help = match &first {
        Some(TokenTree::Ident(word)) => example(&word.to_string(), known),
        _ => known_options(known),
    };
    let fault = match &first {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ',' => {
            "there is no option before this comma"
        }
        _ => "this is not an option",
    };
    errors.error(codes::UNREADABLE, tokens, fault, help);
}

/// Whether a word is one that `auth` takes, and this the attribute that has `auth`.
fn is_provider(word: &str, known: &Options) -> bool {
    known.row("auth").is_some() && (PROVIDERS.contains(&word) || provider_for(word).is_some())
}

/// A provider without `auth =` before it.
fn provider(tokens: impl ToTokens, word: &str, rest: &str, errors: &mut Diagnostics) {
    let bare = known(word).filter(|_| rest.is_empty());
    let written = provider_for(word).or(bare.map(|known| known.written));
    let written = written.map_or_else(|| format!("{word}{rest}"), str::to_owned);
    errors.error(
        codes::UNKNOWN_OPTION,
        tokens,
        format_args!("`{word}` is a provider, not an option"),
        format_args!("write `auth = {written}`"),
    );
}

fn unknown(meta: &Meta, name: &str, known: &Options, prefix: &str, errors: &mut Diagnostics) {
    if is_provider(name, known) {
        let rest = if matches!(meta, Meta::List(_)) {
            "(…)"
        } else {
            ""
        };
        provider(meta.path(), name, rest, errors);
        return;
    }
    if name == "encryption_key" && is_false(meta) {
        errors.error(
            codes::UNENCRYPTED_DISK,
            meta,
            "`encryption_key = false` would store tokens in the clear",
            "remove it, or, to look at records while developing, write \
             `unencrypted_for_development`",
        );
        return;
    }
    if let Some((_, cure)) = SECRETS.iter().find(|(secret, _)| *secret == name) {
        let cure = cure.replace("{}", prefix);
        let tokens = match meta {
            Meta::NameValue(meta) => meta.value.to_token_stream(),
            meta => meta.to_token_stream(),
        };
        errors.error(
            codes::LITERAL_SECRET,
            tokens,
            "a secret written in source code",
            format_args!("remove it and {cure}"),
        );
        return;
    }
    if let Some((_, cure)) = known.foreign.iter().find(|(other, _)| *other == name) {
        errors.error(
            codes::UNKNOWN_OPTION,
            meta.path(),
            format_args!("`{name}` is no option of {}", known.owner),
            cure,
        );
        return;
    }
    if let (Some(whose), true) = (known.endpoints_of, ENDPOINTS.contains(&name)) {
        errors.error(
            codes::SUPERFLUOUS_ENDPOINT,
            meta.path(),
            format_args!("{} has its own `{name}`", known.owner),
            format_args!("remove `{name}`; {whose}"),
        );
        return;
    }
    if let Some((_, place)) = ELSEWHERE_SET.iter().find(|(other, _)| *other == name) {
        errors.error(
            codes::UNKNOWN_OPTION,
            meta.path(),
            format_args!("`{name}` is no option of {}", known.owner),
            place.replace("{}", prefix),
        );
        return;
    }
    errors.error(
        codes::UNKNOWN_OPTION,
        meta.path(),
        format_args!("unknown {} option `{name}`", known.owner),
        choices(name, &format!("{} options", known.owner), &known.names()),
    );
}

fn is_false(meta: &Meta) -> bool {
    matches!(meta, Meta::NameValue(meta) if meta.value.to_token_stream().to_string() == "false")
}

/// The environment prefix of the provider: whose options these are, or whom `auth` names.
fn prefix(owner: &str, attr: &TokenStream) -> &'static str {
    let words: Vec<String> = attr
        .clone()
        .into_iter()
        .map(|token| token.to_string())
        .collect();
    let named = words.windows(3).find_map(|found| match found {
        [auth, is, provider] if auth == "auth" && is == "=" => Some(provider.as_str()),
        _ => None,
    });
    prefix_of(named.unwrap_or_else(|| owner.trim_matches('`')))
}

/// An example of the option, as help.
fn example(name: &str, known: &Options) -> String {
    match known.row(name) {
        Some(row) => format!("write `{}`", row.example),
        None => known_options(known),
    }
}

fn known_options(known: &Options) -> String {
    format!("known {} options: {}", known.owner, list(&known.names()))
}

fn is_named(item: &NestedMeta, wanted: &str) -> bool {
    matches!(item, NestedMeta::Meta(meta) if name(meta) == wanted)
}

fn name(meta: &Meta) -> String {
    meta.path().to_token_stream().to_string().replace(' ', "")
}
