//! `auth = okta(domain = "…")` and its like: providers that are found by a domain, a host, a realm or
//! a pool, and `github` at a host of its own.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{ExprCall, LitStr};

use super::part;
use super::provider::{names_openid, read};
use super::take;
use super::words::scopes;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Auth;
use crate::options::{GITHUB, Known, PartKind};
use crate::parse::KnownOptions;

pub(super) fn github(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let options: KnownOptions = read(call, &GITHUB, errors)?;
    let host = take(options.host, errors);
    let example = "host = \"github.example.com\"";
    if let Some(host) = &host
        && part::check(PartKind::Host, "host", example, host, errors)
        && host.value().eq_ignore_ascii_case("github.com")
    {
        errors.error(
            codes::CHANGES_NOTHING,
            host,
            "`github` is at this host anyway",
            "remove `host`",
        );
    }
    Some(Auth::GitHub {
        host,
        scopes: scopes(options.scopes, errors),
    })
}

/// A provider that is found by what `options` say; what is missing is not told where some of them
/// were `misread`.
pub(super) fn found_by(
    known: &'static Known,
    (word, misread): (impl ToTokens, bool),
    mut options: KnownOptions,
    errors: &mut Diagnostics,
) -> Option<Auth> {
    let mut parts = Vec::new();
    for wanted in known.parts {
        let name = wanted.name;
        let example = known.options.row(name).map_or("", |row| row.example);
        let Some(given) = options.part(name) else {
            match wanted.usual {
                Some(usual) => parts.push(LitStr::new(usual, Span::call_site())),
                None if misread => {}
                None => errors.error(
                    codes::MISSING_ENDPOINT,
                    &word,
                    format_args!("`{}` needs `{name}`", known.word),
                    format_args!("write `auth = {}`", known.written),
                ),
            }
            continue;
        };
        let written = take(Some(given), errors);
        let good = written.filter(|it| part::check(wanted.kind, name, example, it, errors));
        parts.extend(good);
    }
    let list = options.scopes.as_ref().map(|given| given.key.clone());
    let scopes = scopes(options.scopes, errors);
    if known.needs_openid {
        names_openid(list.as_ref(), &scopes, errors);
    }
    (parts.len() == known.parts.len()).then_some(Auth::Known {
        word: known.word,
        parts,
        scopes,
    })
}
