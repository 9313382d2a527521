//! The generic syntax of RFC 3986 as far as this module needs it: splitting, hosts, escapes.
//!
//! Splitting here is textual and simple because every caller has first refused everything outside
//! a small alphabet; the `url` crate then has to agree to the byte.

/// A URI taken apart. Nothing is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split<'a> {
    pub(super) scheme: &'a str,
    /// What stands between `//` and the path; `None` where there is no `//`.
    pub(super) authority: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

/// Takes `text` apart as RFC 3986 appendix B does; `None` without a scheme.
pub(super) fn split(text: &str) -> Option<Split<'_>> {
    let (scheme, rest) = text.split_once(':')?;
    let (rest, fragment) = cut(rest, '#');
    let (rest, query) = cut(rest, '?');
    let (authority, path) = match rest.strip_prefix("//") {
        None => (None, rest),
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
    };
    Some(Split {
        scheme,
        authority,
        path,
        query,
        fragment,
    })
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(head, tail)| (head, Some(tail)))
}

/// Host and port of an authority without userinfo. The port is the text after the last colon
/// outside brackets.
pub(super) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    let after_brackets = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[after_brackets..].rfind(':') {
        None => (authority, None),
        Some(colon) => {
            let colon = after_brackets + colon;
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
    }
}

/// A scheme in its canonical, lower-case spelling (RFC 3986 section 3.1).
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
}

/// The three spellings of this machine that count, and no other (RFC 8252 section 7.3).
pub(super) fn is_loopback_host(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// A lower-case DNS name without trailing dot, or anything else made of its letters, such as a
/// dotted IPv4 address (which `url` then has to read the same way).
pub(super) fn is_dns_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// A port from 1 to 65535 without leading zero.
pub(super) fn is_port(port: &str) -> bool {
    !port.starts_with('0')
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.parse::<u16>().is_ok()
}

/// `unreserved` of RFC 3986 section 2.3.
pub(super) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// `pchar` of RFC 3986 section 3.3, escapes excluded.
pub(super) fn is_pchar(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@".contains(&byte)
}

/// Whether every byte is allowed by `plain` or is an escape whose decoded byte `escaped` allows.
pub(super) fn consists_of(
    text: &str,
    plain: impl Fn(u8) -> bool,
    escaped: impl Fn(u8) -> bool,
) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = if byte == b'%' {
            let decoded = hex(bytes.next()).zip(hex(bytes.next()));
            decoded.is_some_and(|(high, low)| escaped(high << 4 | low))
        } else {
            plain(byte)
        };
        if !fine {
            return false;
        }
    }
    true
}

fn hex(digit: Option<u8>) -> Option<u8> {
    char::from(digit?)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// A path without empty, `.` or `..` segments, except that the last may be empty. Some servers
/// cut a segment at `;` before they resolve the dots, so `..;x` counts as `..`.
pub(super) fn is_plain_path(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else {
        return path.is_empty();
    };
    let mut segments = segments.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        let name = cut_parameters(segment);
        if name == "." || name == ".." || (segment.is_empty() && !last) {
            return false;
        }
    }
    true
}

/// A path segment without what follows its first `;`, written out or escaped.
fn cut_parameters(segment: &str) -> &str {
    let end = segment.find(';').into_iter();
    let escaped = ["%3b", "%3B"].into_iter().filter_map(|at| segment.find(at));
    &segment[..end.chain(escaped).min().unwrap_or(segment.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_uri_apart() {
        let parts = split("https://h.test:8443/a/b?c=d/e?f#g").unwrap();
        assert_eq!(parts.scheme, "https");
        assert_eq!(parts.authority, Some("h.test:8443"));
        assert_eq!(parts.path, "/a/b");
        assert_eq!(parts.query, Some("c=d/e?f"));
        assert_eq!(parts.fragment, Some("g"));
        assert_eq!(split("com.app:/cb").unwrap().authority, None);
        assert_eq!(split("no scheme"), None);
    }

    #[test]
    fn splits_hosts_from_ports() {
        assert_eq!(host_and_port("h.test"), ("h.test", None));
        assert_eq!(host_and_port("[::1]"), ("[::1]", None));
        assert_eq!(host_and_port("[::1]:80"), ("[::1]", Some("80")));
        assert_eq!(host_and_port("h:"), ("h", Some("")));
    }

    #[test]
    fn ports_have_one_spelling() {
        assert!(is_port("1") && is_port("65535"));
        assert!(
            !is_port("") && !is_port("0") && !is_port("080") && !is_port("65536") && !is_port("+1")
        );
    }

    #[test]
    fn escapes_are_judged_by_what_they_hide() {
        let escaped = |b| b == b'#';
        for odd in [
            "cb|x", "cb[x", "cb]x", "cb^x", "cb`x", "cb{x", "cb?x", "cb/x",
        ] {
            assert!(!consists_of(odd, is_pchar, escaped), "{odd}");
        }
        assert!(consists_of("cb%23x", is_pchar, escaped));
        assert!(!consists_of("cb%2ex", is_pchar, escaped));
        assert!(!consists_of("cb%2", is_pchar, escaped));
        assert!(!consists_of("cb%+1", is_pchar, escaped));
    }
}
