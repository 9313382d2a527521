//! A client that is a URL (OAuth Client ID Metadata Document, section 3).
//!
//! The URL is identity and address at once: it is compared byte by byte, and something is fetched
//! from it. So it has one spelling: a small grammar of our own takes it apart, and the `url` crate
//! must write back the same text. What an address of a network could hide in (a number in any
//! spelling, a name without a dot, an escaped dot segment) has no spelling here at all.

use super::redirect_uri::check_path;
use super::uri;

/// The longest URL, in bytes.
const MAX_LENGTH: usize = 2048;
/// The port of `https`, which a canonical URL does not write.
const HTTPS: u16 = 443;

/// `https://name[:port]/path[?query]` in canonical form, whose host is a DNS name.
///
/// ```
/// use fastmcp::spec::ClientIdUrl;
///
/// let url = ClientIdUrl::parse("https://app.example.com/client.json").unwrap();
/// assert_eq!((url.host(), url.port()), ("app.example.com", 443));
/// assert!(ClientIdUrl::parse("https://127.0.0.1/client.json").is_none());
/// assert!(ClientIdUrl::parse("https://app.example.com/").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientIdUrl(String);

impl ClientIdUrl {
    /// Reads a URL; `None` if no client can have it as its id.
    pub fn parse(text: &str) -> Option<Self> {
        is_canonical(text).then(|| Self(text.to_owned()))
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host: a DNS name in lower case with at least one dot.
    pub fn host(&self) -> &str {
        uri::host_and_port(self.authority()).0
    }

    /// The port, 443 where none is written.
    pub fn port(&self) -> u16 {
        let (_, port) = uri::host_and_port(self.authority());
        port.and_then(|port| port.parse().ok()).unwrap_or(HTTPS)
    }

    /// Host and, where it is not the default, port.
    pub fn authority(&self) -> &str {
        uri::split(&self.0)
            .and_then(|parts| parts.authority)
            .unwrap_or_default()
    }

    /// Path and query: what is asked of the host.
    pub fn target(&self) -> &str {
        &self.0["https://".len() + self.authority().len()..]
    }
}

fn is_canonical(text: &str) -> bool {
    if text.len() > MAX_LENGTH || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return false;
    }
    let Some(parts) = uri::split(text).filter(|parts| parts.scheme == "https") else {
        return false;
    };
    let Some(authority) = parts.authority else {
        return false;
    };
    let (host, port) = uri::host_and_port(authority);
    let names_a_path = parts.path.len() > 1 && check_path(parts.path).is_ok();
    names_a_path
        && parts.fragment.is_none()
        && parts.query.is_none_or(is_query)
        && is_name(host)
        && port.is_none_or(uri::is_port)
        // The second opinion, which also knows the numbers that look like names.
        && url::Url::parse(text)
            .is_ok_and(|url| url.as_str() == text && url.domain() == Some(host))
}

fn is_name(host: &str) -> bool {
    let last = host.rsplit_once('.').map(|(_, last)| last);
    uri::is_dns_name(host) && last.is_some_and(|last| last.starts_with(|c: char| c.is_alphabetic()))
}

fn is_query(query: &str) -> bool {
    let plain = |b: u8| uri::is_pchar(b) || b == b'/' || b == b'?';
    let escaped = |b: u8| b.is_ascii_graphic() && !uri::is_unreserved(b);
    !query.is_empty() && uri::consists_of(query, plain, escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_url_apart() {
        let url = ClientIdUrl::parse("https://a.example:8443/b/c.json?d=e").unwrap();
        assert_eq!((url.host(), url.port()), ("a.example", 8443));
        assert_eq!(url.authority(), "a.example:8443");
        assert_eq!(url.target(), "/b/c.json?d=e");
        assert_eq!(
            ClientIdUrl::parse("https://a.example/b").unwrap().port(),
            443
        );
    }

    #[test]
    fn has_one_spelling() {
        let long = format!("https://a.example/{}", "x".repeat(2048 - 18));
        assert_eq!(long.len(), 2048);
        assert!(ClientIdUrl::parse(&long).is_some());
        for other in [
            &format!("{long}x"),
            "",
            "https:",
            "http://a.example/c",
            "HTTPS://a.example/c",
            "https:/a.example/c",
            "https:a.example",
            "https:///c",
            "https://a.example",
            "https://a.example/",
            "https://a.example?c",
            "https://a.example/c#",
            "https://a.example/c#f",
            "https://a.example/c?",
            "https://u@a.example/c",
            "https://u:p@a.example/c",
            "https://@a.example/c",
            "https://a.example/./c",
            "https://a.example/../c",
            "https://a.example/b/..",
            "https://a.example/%2e%2e/c",
            "https://a.example/.%2E/c",
            "https://a.example/b%2fc",
            "https://a.example/b//c",
            "https://a.example/b\\c",
            "https://a.example\\c",
            "https://a.example/b c",
            "https://a.example/b\u{e9}",
            " https://a.example/c",
            "https://a.example/c\n",
            "https://a.example:443/c",
            "https://a.example:0443/c",
            "https://a.example:/c",
            "https://a.example:0/c",
            "https://a.example:65536/c",
            "https://A.example/c",
            "https://a.example./c",
            "https://a..example/c",
            "https://localhost/c",
            "https://intranet/c",
            "https://127.0.0.1/c",
            "https://127.1/c",
            "https://0x7f.1/c",
            "https://0177.0.0.1/c",
            "https://2130706433/c",
            "https://0x7f000001/c",
            "https://a.0x7f/c",
            "https://1.2.3.4.5/c",
            "https://[::1]/c",
            "https://[::ffff:10.0.0.1]/c",
            "https://xn--a.example:x/c",
            "https://%61.example/c",
        ] {
            assert_eq!(ClientIdUrl::parse(other), None, "{other}");
        }
    }
}
