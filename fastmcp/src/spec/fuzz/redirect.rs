//! Redirect URIs: what is accepted, who is welcome, and where an answer would go.

use url::Url;

use super::super::{RedirectPatterns, RedirectUri};
use super::{first_line, model};

/// A pattern, a URI and a second URI, on a line each.
pub fn redirect(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (pattern, uris) = first_line(text);
    let (first, second) = first_line(uris);
    for text in [first, second] {
        let accepted = RedirectUri::parse(text).is_ok();
        assert_eq!(accepted, model::is_redirect_uri(text), "{text}");
    }
    let patterns = RedirectPatterns::parse(&[pattern]);
    let Ok(uri) = RedirectUri::parse(first) else {
        return;
    };
    parts_agree(&uri);
    answer_goes_home(&uri, second);
    if let Ok(patterns) = patterns {
        let allows = patterns.allows(&uri);
        assert_eq!(allows, model::welcomes(pattern, first), "{pattern} {first}");
        assert!(!RedirectPatterns::parse::<&str>(&[]).is_ok_and(|none| none.allows(&uri)));
    }
    if let Ok(other) = RedirectUri::parse(second) {
        permission_is_narrow(&uri, &other);
    }
}

/// What we take a URI for is what a browser takes it for.
fn parts_agree(uri: &RedirectUri) {
    let url = browser(uri.as_str());
    assert_eq!(uri.scheme(), url.scheme(), "{uri}");
    assert_eq!(uri.host(), url.host_str(), "{uri}");
    let port = uri.port().map(|port| port.parse::<u16>().ok());
    assert_eq!(port, url.port().map(Some), "{uri}");
}

/// An answer reaches the registered place and says nothing that we did not say.
fn answer_goes_home(uri: &RedirectUri, state: &str) {
    let sent = [
        ("code", "c0de"),
        ("state", state),
        ("iss", "https://s.test"),
    ];
    let (own, answer) = (browser(uri.as_str()), browser(&uri.with_params(&sent)));
    assert_eq!(own.scheme(), answer.scheme(), "{uri}");
    assert_eq!(own.host_str(), answer.host_str(), "{uri}");
    assert_eq!(own.port(), answer.port(), "{uri}");
    assert_eq!(own.path(), answer.path(), "{uri}");
    assert_eq!(answer.fragment(), None, "{uri}");
    for (name, value) in sent {
        let found: Vec<_> = answer
            .query_pairs()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
            .collect();
        assert_eq!(found, [value], "{uri}");
    }
}

/// Who registered `own` may ask for itself, and otherwise for another port of this machine alone.
fn permission_is_narrow(own: &RedirectUri, other: &RedirectUri) {
    assert!(own.permits(own) && other.permits(other));
    assert_eq!(own.permits(other), other.permits(own));
    if own.permits(other) && own != other {
        let (mut a, mut b) = (browser(own.as_str()), browser(other.as_str()));
        assert!(own.is_loopback() && a.scheme() == "http", "{own} {other}");
        assert!(a.set_port(None).is_ok() && b.set_port(None).is_ok());
        assert_eq!(a, b, "{own} {other}");
    }
}

fn browser(text: &str) -> Url {
    match Url::parse(text) {
        Ok(url) => url,
        Err(error) => panic!("{text}: {error}"),
    }
}
