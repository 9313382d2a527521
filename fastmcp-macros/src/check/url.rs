//! URLs that an attribute names: TLS, or plain http on this machine alone, and nothing in them
//! that would be lost or leaked.

use syn::LitStr;

use crate::diagnose::Diagnostics;

/// A URL in its parts. Only as much grammar as the questions here need; the server parses it
/// again, strictly, when it starts.
pub(super) struct Url<'a> {
    pub(super) scheme: &'a str,
    pub(super) authority: &'a str,
    pub(super) rest: &'a str,
}

impl<'a> Url<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let good_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let good = good_scheme && !authority.is_empty() && !text.contains(blank);
        good.then_some(Self {
            scheme,
            authority,
            rest,
        })
    }

    /// The host, without port.
    pub(super) fn host(&self) -> &'a str {
        let after_user = self.authority.rsplit('@').next().unwrap_or("");
        if after_user.starts_with('[') {
            return after_user.find(']').map_or("", |end| &after_user[..=end]);
        }
        after_user.split(':').next().unwrap_or("")
    }

    /// `localhost` and the loopback addresses.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host();
        host.eq_ignore_ascii_case("localhost") || matches!(host, "127.0.0.1" | "[::1]")
    }
}

/// What a URL is for, and so what it may contain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `base_url`: everything is appended to it.
    Base,
    /// An endpoint of a provider: may have a query of its own.
    Endpoint,
}

/// Reports the first thing that is wrong with `url`; `noun` is what it is called.
pub(super) fn check(url: &LitStr, noun: &str, kind: Kind, errors: &mut Diagnostics) {
    let text = url.value();
    let Some(parts) = Url::parse(&text) else {
        errors.error(
            url,
            format_args!("{noun} is not a URL"),
            "write it in full, such as `https://notes.example.com`",
        );
        return;
    };
    let Url {
        scheme,
        authority,
        rest,
    } = parts;
    if authority.contains('@') {
        let host = authority.rsplit('@').next().unwrap_or("");
        errors.error(
            url,
            format_args!("{noun} with a user name in it"),
            format_args!("write `{scheme}://{host}{rest}`"),
        );
    } else if scheme.eq_ignore_ascii_case("http") && !parts.is_loopback() {
        errors.error(
            url,
            format_args!("{noun} without TLS"),
            format_args!(
                "write `https://{authority}{rest}`; plain http is allowed on `localhost` and \
                 `127.0.0.1` only"
            ),
        );
    } else if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        errors.error(
            url,
            format_args!("{noun} that is no web address"),
            format_args!("write `https://{authority}{rest}`"),
        );
    } else if parts.host().is_empty() {
        errors.error(
            url,
            format_args!("{noun} is not a URL"),
            "write it in full, such as `https://notes.example.com`",
        );
    } else if let Some((path, _)) = rest.split_once('#') {
        errors.error(
            url,
            format_args!("{noun} with a fragment"),
            format_args!("write `{scheme}://{authority}{path}`"),
        );
    } else if let (Kind::Base, Some((path, _))) = (kind, rest.split_once('?')) {
        errors.error(
            url,
            format_args!("{noun} with a query"),
            format_args!("write `{scheme}://{authority}{path}`"),
        );
    }
}
