//! Redirect patterns that would hand codes to strangers. The grammar is `spec::RedirectPatterns`:
//! exact hosts, `*` as a whole port or as the last segment of a path.

use syn::LitStr;

use super::url::Url;
use crate::diagnose::Diagnostics;

/// Reports a pattern that is too wide, or no pattern at all.
pub(super) fn pattern(pattern: &LitStr, errors: &mut Diagnostics) {
    let text = pattern.value();
    if let Some(fault) = fault(&text) {
        errors.error(
            pattern,
            fault,
            "name the scheme and the host, such as `https://app.example.com/callback`; without \
             the option, loopback alone is allowed",
        );
    }
}

fn fault(text: &str) -> Option<String> {
    let anyone = || Some(format!("pattern `{text}` lets strangers receive the login"));
    let head = text.split("://").next().unwrap_or("");
    if head.contains('*') {
        return anyone();
    }
    let Some(url) = Url::parse(text) else {
        return Some(format!("`{text}` is not a redirect pattern"));
    };
    if url.host().contains('*') {
        return anyone();
    }
    if url.scheme == "http" && !url.is_loopback() {
        return Some(format!("pattern `{text}` sends the login without TLS"));
    }
    let path = url.rest.strip_suffix("/*").unwrap_or(url.rest);
    if url.authority.contains('@') || url.rest.contains('#') || path.contains('*') {
        return Some(format!("pattern `{text}` can match no redirect URI"));
    }
    None
}
