//! URLs that an attribute names: TLS, or plain http on this machine alone, and nothing in them
//! that would be lost or leaked.

use syn::LitStr;

use crate::codes;
use crate::diagnose::Diagnostics;
use crate::options::is_secret;

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

    /// Whether the port is missing, a number from 1 to 65535, or one of `others`.
    pub(super) fn has_port_or(&self, others: &[&str]) -> bool {
        let after_user = self.authority.rsplit('@').next().unwrap_or("");
        match after_user[self.host().len()..].strip_prefix(':') {
            None => after_user.len() == self.host().len(),
            Some(port) => {
                others.contains(&port) || port.parse::<u16>().is_ok_and(|number| number > 0)
            }
        }
    }

    /// Whether a password stands before the host, or a parameter carries a secret.
    pub(super) fn has_a_secret(&self) -> bool {
        let user = self.authority.rsplit_once('@').map_or("", |(user, _)| user);
        let query = self.rest.split_once('?').map_or("", |(_, query)| query);
        let mut names = query
            .split(['&', '#'])
            .filter_map(|pair| pair.split_once('='));
        user.contains(':') || names.any(|(name, value)| !value.is_empty() && is_secret(name))
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
    /// `base_url`, `issuer`: everything is appended to it.
    Base,
    /// An endpoint of a provider: may have a query of its own.
    Endpoint,
}

/// Reports the first thing that is wrong with `url`, and tells whether there was nothing; `noun`
/// is what it is called.
pub(super) fn check(url: &LitStr, noun: &str, kind: Kind, errors: &mut Diagnostics) -> bool {
    let text = url.value();
    let Some((code, fault, help)) = fault(&text, kind) else {
        return true;
    };
    errors.error(code, url, format_args!("{noun} {fault}"), help);
    false
}

/// What is wrong: code, fault, help.
fn fault(text: &str, kind: Kind) -> Option<(&'static str, &'static str, String)> {
    let in_full = || "write it in full, such as `https://notes.example.com`".to_owned();
    let not_a_url = |help| Some((codes::NOT_A_URL, "is not a URL", help));
    let Some(parts) = Url::parse(text) else {
        return not_a_url(in_full());
    };
    let Url {
        scheme,
        authority,
        rest,
    } = parts;
    let is = |name| scheme.eq_ignore_ascii_case(name);
    if parts.has_a_secret() {
        let help = "remove it, and replace the secret if the code was shared; what the server \
                    needs to keep secret it reads from the environment";
        return Some((
            codes::LITERAL_SECRET,
            "with a secret written in source code",
            help.to_owned(),
        ));
    }
    if authority.contains('@') {
        let host = authority.rsplit('@').next().unwrap_or("");
        let help = format!("write `{scheme}://{host}{rest}`");
        return Some((codes::URL_WITH_USER, "with a user name in it", help));
    }
    if parts.host().is_empty() || !parts.has_port_or(&[]) {
        return not_a_url(in_full());
    }
    if is("http") && !parts.is_loopback() {
        let help = format!(
            "write `https://{authority}{rest}`; plain http is allowed on `localhost` and \
             `127.0.0.1` only"
        );
        return Some((codes::WITHOUT_TLS, "without TLS", help));
    }
    if !is("http") && !is("https") {
        let help = format!("write `https://{authority}{rest}`");
        return Some((codes::NOT_A_URL, "that is no web address", help));
    }
    if let Some((path, _)) = rest.split_once('#') {
        let help = format!("write `{scheme}://{authority}{path}`");
        return Some((codes::URL_WITH_FRAGMENT, "with a fragment", help));
    }
    if let (Kind::Base, Some((path, _))) = (kind, rest.split_once('?')) {
        let help = format!("write `{scheme}://{authority}{path}`");
        return Some((codes::URL_WITH_QUERY, "with a query", help));
    }
    None
}
