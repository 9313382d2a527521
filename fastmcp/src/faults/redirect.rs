//! Where a login comes back to, in words: the server's own path, and patterns for clients.

use super::url::masked;
use super::{Fault, path_fault};
use crate::spec::{BaseUrl, PatternDanger, RedirectPatterns};

/// What is wrong with the path of the callback below `base`; `taken` are the server's routes.
pub(crate) fn path(path: &str, base: Option<&BaseUrl>, taken: &[&str]) -> Option<Fault> {
    let plain = |segment: &str| {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(unreserved)
    };
    let is_path = path
        .strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(plain));
    if !is_path {
        return Some(Fault::new(
            "FM0307",
            "`redirect_path` is not a path of this server",
            "write it from the root, without query or fragment: `/oauth/callback`",
        ));
    }
    if path == "/.well-known" || path.starts_with("/.well-known/") {
        return Some(Fault::new(
            "FM0308",
            "`redirect_path` is below `/.well-known`, where metadata is found",
            "write another path, or leave it out for `/oauth/callback`",
        ));
    }
    if let Some(text) = path_fault(path, taken) {
        return Some(Fault::told("FM0308", &text));
    }
    let mounted = base.map(BaseUrl::path).filter(|path| !path.is_empty())?;
    let below = path
        .strip_prefix(mounted)
        .filter(|it| it.starts_with('/'))?;
    Some(Fault::new(
        "FM0309",
        format!("`redirect_path` is below the base URL already, so `{mounted}` comes twice"),
        format!("write `{below}`"),
    ))
}

/// What is wrong with a pattern for redirect URIs.
pub(crate) fn pattern(pattern: &str) -> Option<Fault> {
    let error = RedirectPatterns::parse(&[pattern]).err()?;
    let shown = masked(pattern);
    Some(match error.danger {
        PatternDanger::Wide => Fault::new(
            "FM0310",
            format!("pattern `{shown}` lets strangers receive the login"),
            "name the scheme and the host, such as `https://app.example.com/callback`; without \
             the option, loopback alone is allowed",
        ),
        PatternDanger::Cleartext => Fault::new(
            "FM0311",
            format!("pattern `{shown}` sends the login without TLS"),
            "write `https://`; plain http is for `localhost`, `127.0.0.1` and `[::1]`",
        ),
        PatternDanger::None => Fault::new(
            "FM0312",
            format!(
                "pattern `{shown}` can match no redirect URI: {}",
                error.reason
            ),
            "write for example `https://app.example.com/callback`, `https://app.example.com/app/*` \
             or `http://localhost:*`",
        ),
    })
}
