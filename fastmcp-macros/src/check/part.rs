//! What a provider is found by: a domain, a host, a realm, a user pool. The server asks the same
//! when it starts.

use syn::LitStr;

use super::url::{self, Kind};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::options::PartKind;

/// Reports what is no such part, and tells whether it is one; `example` is the option as it might be
/// written.
pub(super) fn check(
    kind: PartKind,
    name: &str,
    example: &str,
    written: &LitStr,
    errors: &mut Diagnostics,
) -> bool {
    let text = written.value();
    if kind == PartKind::Server && !url::check(written, &format!("`{name}`"), Kind::Base, errors) {
        return false;
    }
    let good = fits(kind, &text);
    if !good {
        let help = match meant(kind, &text) {
            Some(meant) => format!("write `{name} = \"{meant}\"`"),
            None => format!("write `{example}`"),
        };
        let noun = noun(kind);
        errors.error(
            codes::PROVIDER_PART,
            written,
            format_args!("{text:?} is not {noun}"),
            help,
        );
    }
    good
}

fn noun(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Domain => "a domain",
        PartKind::Host => "a host",
        PartKind::Server => "the address of the server alone",
        PartKind::Realm => "the name of a realm",
        PartKind::AuthorizationServer => "the id of an authorization server",
        PartKind::UserPool => "the id of a user pool",
    }
}

fn fits(kind: PartKind, text: &str) -> bool {
    match kind {
        PartKind::Domain => text.contains('.') && is_host(text),
        PartKind::Host => {
            let (host, port) = text.split_once(':').unwrap_or((text, "443"));
            is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0)
        }
        PartKind::Server => !text.contains("/realms/"),
        PartKind::Realm | PartKind::AuthorizationServer => is_segment(text),
        PartKind::UserPool => text.split_once('_').is_some_and(|(region, id)| {
            is_region(region) && !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric())
        }),
    }
}

/// The part of `text` that was meant, where one can tell.
fn meant(kind: PartKind, text: &str) -> Option<&str> {
    let meant = match kind {
        PartKind::Domain | PartKind::Host => {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            let authority = rest.split(['/', '?', '#']).next()?;
            authority.rsplit('@').next()?
        }
        PartKind::Server => text.split("/realms/").next()?,
        PartKind::Realm | PartKind::AuthorizationServer | PartKind::UserPool => {
            text.trim_end_matches('/').rsplit('/').next()?
        }
    };
    (meant != text && fits(kind, meant)).then_some(meant)
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// What stands in a path as it is.
fn is_segment(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    !matches!(text, "" | "." | "..") && text.chars().all(is_plain)
}

/// `eu-west-1`, `us-gov-west-1`
fn is_region(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.split('-').count() >= 3
        && text.split('-').all(|part| !part.is_empty())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(is_plain)
}
