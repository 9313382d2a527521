//! Redirect patterns that would hand codes to strangers, or that match nothing. The grammar is
//! `spec::RedirectPatterns`: exact hosts, `*` as a whole port or as the last segment of a path.

use syn::LitStr;

use super::url::Url;
use crate::codes;
use crate::diagnose::Diagnostics;

/// What is wrong with a pattern: code, fault, help.
type Fault = (&'static str, String, String);

/// Reports a pattern that is too wide, or no pattern at all.
pub(super) fn pattern(pattern: &LitStr, errors: &mut Diagnostics) {
    if let Some((code, fault, help)) = fault(&pattern.value()) {
        errors.error(code, pattern, fault, help);
    }
}

fn fault(text: &str) -> Option<Fault> {
    let head = text.split("://").next().unwrap_or("");
    if head.contains('*') {
        return Some(wide(text));
    }
    let scheme = head.to_ascii_lowercase();
    if matches!(
        scheme.as_str(),
        "javascript" | "data" | "file" | "blob" | "vbscript" | "about"
    ) {
        return Some(wide(text));
    }
    let Some(url) = Url::parse(text) else {
        return Some(idle(text, "it is no address"));
    };
    if url.host().contains('*') {
        return Some(wide(text));
    }
    if url.scheme == "http" && !url.is_loopback() {
        let help = "write `https://`; plain http is for `localhost`, `127.0.0.1` and `[::1]`";
        let fault = format!("pattern `{text}` sends the login without TLS");
        return Some((codes::CLEARTEXT_PATTERN, fault, help.to_owned()));
    }
    let (path, query) = match url.rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (url.rest, None),
    };
    let is_below = path.ends_with("/*");
    let start = path.strip_suffix("/*").unwrap_or(path);
    let reason = if url.authority.contains('@') {
        "a user name stands before its host"
    } else if url.rest.contains('#') {
        "a redirect URI has no fragment"
    } else if !url.has_port_or(&["*"]) {
        "its port is neither a number nor `*`"
    } else if start.contains('*') || query.is_some_and(|query| query.contains('*')) {
        "`*` can only be the port, or the last segment of the path"
    } else if is_below && query.is_some() {
        "a query is only compared after an exact path"
    } else if path.is_empty() && url.scheme != "http" {
        "it has no path; `/*` at its end means every path"
    } else {
        return None;
    };
    Some(idle(text, reason))
}

fn wide(text: &str) -> Fault {
    (
        codes::WIDE_PATTERN,
        format!("pattern `{text}` lets strangers receive the login"),
        "name the scheme and the host, such as `https://app.example.com/callback`; without the \
         option, loopback alone is allowed"
            .to_owned(),
    )
}

fn idle(text: &str, reason: &str) -> Fault {
    (
        codes::IDLE_PATTERN,
        format!("pattern `{text}` can match no redirect URI: {reason}"),
        "write for example `https://app.example.com/callback`, `https://app.example.com/app/*` or \
         `http://localhost:*`"
            .to_owned(),
    )
}
