//! Redirect patterns that would hand codes to strangers.

use syn::LitStr;

use super::url::Url;
use crate::diagnose::Diagnostics;

/// Reports a pattern that is too wide, or no pattern at all.
pub(super) fn pattern(pattern: &LitStr, errors: &mut Diagnostics) {
    let text = pattern.value();
    let Some(fault) = fault(&text) else {
        return;
    };
    errors.error(
        pattern,
        fault,
        "name the scheme and the host, such as `https://app.example.com/callback` or \
         `https://*.example.com/callback`; without the option, loopback alone is allowed",
    );
}

fn fault(text: &str) -> Option<String> {
    if text == "*" || text.starts_with("*:") || text.starts_with("http*") {
        return Some(format!("pattern `{text}` lets any site receive the login"));
    }
    let Some(url) = Url::parse(text) else {
        return Some(format!("`{text}` is not a redirect pattern"));
    };
    let host = url.host();
    let web = matches!(url.scheme, "http" | "https");
    if web && host.contains('*') && !is_narrow(host) {
        return Some(format!("pattern `{text}` lets any site receive the login"));
    }
    if url.scheme == "http" && !url.is_loopback() {
        return Some(format!("pattern `{text}` sends the login without TLS"));
    }
    if url.authority.contains('@') || url.rest.contains('#') {
        return Some(format!("pattern `{text}` can match no redirect URI"));
    }
    None
}

/// `*.` before a name of at least two labels, and no other wildcard.
fn is_narrow(host: &str) -> bool {
    host.strip_prefix("*.").is_some_and(|rest| {
        let mut labels = rest.split('.');
        !rest.contains('*') && labels.all(|label| !label.is_empty()) && rest.contains('.')
    })
}
