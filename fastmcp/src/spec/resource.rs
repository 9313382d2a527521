//! The protected resource that a token is for (RFC 8707 section 2).
//!
//! Clients spell it in a few harmless ways (upper case in scheme and host, a trailing slash, the
//! default port); those are made canonical. Whatever could name something else (dot segments,
//! userinfo, fragments, odd IP addresses, escapes in the host) is refused, not repaired.

use std::fmt;

use super::serde_as_text;
use super::uri;

/// The longest resource indicator, in bytes.
const MAX_LENGTH: usize = 2048;

/// A resource indicator in canonical form: lower-case scheme and host, no default port, no
/// trailing slash.
///
/// ```
/// use fastmcp::spec::Resource;
///
/// let own = Resource::parse("https://s.test/mcp").unwrap();
/// assert!(own.same(&Resource::parse("HTTPS://S.TEST/mcp/").unwrap()));
/// assert!(!own.same(&Resource::parse("https://s.test/mcp-evil").unwrap()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource(String);

serde_as_text!(Resource);

impl Resource {
    /// Reads a resource indicator and makes it canonical.
    ///
    /// # Errors
    /// It is no absolute http(s) URL, or one that could be read in two ways.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        canonical(text).map(Self).ok_or(ResourceError)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both name the same resource: the same canonical bytes.
    pub fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// Whether `requested` names this resource, tolerating a query that it adds.
    ///
    /// One widespread client appends a query to the resource it was told. A query does not select
    /// another audience on this server: the token is minted for `self` whatever was asked, so
    /// ignoring it gives the client nothing that it would not get without. Nothing else is
    /// ignored, and where this resource itself has a query, not even that.
    pub fn covers(&self, requested: &Self) -> bool {
        let (_, rest) = requested.0.split_at(self.0.len().min(requested.0.len()));
        self.same(requested)
            || (!self.0.contains('?') && requested.0.starts_with(&self.0) && rest.starts_with('?'))
    }
}

fn canonical(text: &str) -> Option<String> {
    if text.len() > MAX_LENGTH || !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
        return None;
    }
    let parts = uri::split(text)?;
    let authority = parts.authority?.to_ascii_lowercase();
    if parts.fragment.is_some() || authority.contains('@') || !uri::is_plain_path(parts.path) {
        return None;
    }
    let url = url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    // What was written is the host that was read: no other spelling of an address, no escapes.
    let (host, port) = uri::host_and_port(&authority);
    let port_is_plain = port.is_none_or(uri::is_port);
    // The parser leaves a path alone unless it held (perhaps escaped) dot segments.
    let path_is_plain = parts.path.is_empty() || url.path() == parts.path;
    if url.host_str() != Some(host) || !port_is_plain || !path_is_plain {
        return None;
    }
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().strip_suffix('/').unwrap_or(url.path());
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    Some(format!("{}://{host}{port}{path}{query}", url.scheme()))
}

/// A text is not a resource indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceError;

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("resource is not an absolute, unambiguous http(s) URL without fragment")
    }
}

impl std::error::Error for ResourceError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Resource {
        Resource::parse("https://s.test/mcp").unwrap()
    }

    #[test]
    fn harmless_spellings_are_one() {
        for text in [
            "HTTPS://S.TEST/mcp",
            "https://s.test/mcp/",
            "https://s.test:443/mcp",
        ] {
            let resource = Resource::parse(text).unwrap();
            assert!(own().same(&resource) && own().covers(&resource), "{text}");
            assert_eq!(resource.as_str(), "https://s.test/mcp");
        }
        assert_eq!(
            Resource::parse("https://s.test/").unwrap().as_str(),
            "https://s.test"
        );
        assert_eq!(
            Resource::parse("http://[::1]:80/mcp").unwrap().as_str(),
            "http://[::1]/mcp"
        );
    }

    #[test]
    fn other_resources_are_others() {
        for text in [
            "https://other.test/mcp",
            "https://s.test/mcp-evil",
            "http://s.test/mcp",
            "https://s.test:8443/mcp",
            "https://s.test/MCP",
            "https://s.test/%6dcp",
            "https://s.test",
            "https://s.test/mcp/x?y",
            "https://s.test/mcpx?y",
        ] {
            let resource = Resource::parse(text).unwrap();
            assert!(!own().same(&resource) && !own().covers(&resource), "{text}");
        }
    }

    #[test]
    fn ambiguous_texts_are_none() {
        for text in [
            "",
            "/mcp",
            "mcp",
            "https://s.test/mcp/../x",
            "https://s.test/x/../mcp",
            "https://s.test/x/%2e%2e/mcp",
            "https://u@s.test/mcp",
            "https://@s.test/mcp",
            "https://s.test/mcp#",
            "https://s.test/mcp#x",
            "https:s.test/mcp",
            "https:/s.test/mcp",
            "https:///s.test/mcp",
            "https://s%2etest/mcp",
            "https://s.test\\mcp",
            " https://s.test/mcp",
            "https://s.test/m\ncp",
            "https://0x7f.1/mcp",
            "https://s.test:/mcp",
            "https://s.test:0443/mcp",
            "ftp://s.test/mcp",
            "urn:x:y",
            "https://s.test//mcp",
            "https://s\u{3002}test/mcp",
        ] {
            assert_eq!(Resource::parse(text), Err(ResourceError), "{text:?}");
        }
    }

    #[test]
    fn a_query_is_tolerated_but_not_equal() {
        let with_query = Resource::parse("https://s.test/mcp?client=x").unwrap();
        assert!(!own().same(&with_query));
        assert!(own().covers(&with_query));
        assert!(!with_query.covers(&own()));
        let slash = Resource::parse("https://s.test/mcp/?client=x").unwrap();
        assert!(own().covers(&slash));
    }
}
