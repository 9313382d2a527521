//! Media types: what the client sent, and what it takes back.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

/// What an `Accept` header covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// `application/json`.
    pub(crate) json: bool,
    /// `text/event-stream`.
    pub(crate) events: bool,
}

/// What almost every client writes.
const USUAL: &[u8] = b"application/json, text/event-stream";

/// What the client takes; `None` if it does not say, and then it takes anything.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Accepted> {
    let mut found = None;
    for value in headers.get_all(ACCEPT) {
        let accepted = found.get_or_insert_with(Accepted::default);
        if value.as_bytes() == USUAL {
            (accepted.json, accepted.events) = (true, true);
            continue;
        }
        for range in value.as_bytes().split(|b| *b == b',') {
            let mut parts = range.split(|b| *b == b';');
            let essence = parts.next().unwrap_or_default().trim_ascii();
            if parts.any(is_zero_weight) {
                continue;
            }
            let any = essence == b"*/*";
            accepted.json |= any
                || essence.eq_ignore_ascii_case(b"application/json")
                || essence.eq_ignore_ascii_case(b"application/*");
            accepted.events |= any
                || essence.eq_ignore_ascii_case(b"text/event-stream")
                || essence.eq_ignore_ascii_case(b"text/*");
        }
    }
    found
}

fn is_zero_weight(parameter: &[u8]) -> bool {
    let mut parts = parameter.splitn(2, |b| *b == b'=').map(<[u8]>::trim_ascii);
    let (Some(name), Some(weight)) = (parts.next(), parts.next()) else {
        return false;
    };
    name.eq_ignore_ascii_case(b"q")
        && weight.starts_with(b"0")
        && weight.iter().all(|b| matches!(b, b'0' | b'.'))
}

/// Whether the body is declared to be JSON, once.
pub(crate) fn sends_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let essence = value.as_bytes().split(|b| *b == b';').next();
    essence.is_some_and(|essence| {
        let essence = essence.trim_ascii();
        essence.eq_ignore_ascii_case(b"application/json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_read_leniently_but_zero_weight_counts() {
        let accept = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, text.parse().unwrap());
            accepted(&headers).map(|a| (a.json, a.events))
        };
        assert_eq!(accepted(&HeaderMap::new()), None);
        assert_eq!(
            accept("application/json, text/event-stream"),
            Some((true, true))
        );
        assert_eq!(accept("*/*"), Some((true, true)));
        assert_eq!(
            accept("Application/JSON;charset=utf-8"),
            Some((true, false))
        );
        assert_eq!(
            accept("text/event-stream;q=0.0, application/json;q=0.5"),
            Some((true, false))
        );
        assert_eq!(accept("text/html"), Some((false, false)));
    }
}
