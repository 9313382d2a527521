//! The public address of this server, which is also its issuer (RFC 8414 section 2).
//!
//! It is compared byte by byte all over OAuth, so it is accepted in canonical spelling only; the
//! one thing mended is a single trailing slash. It is operator configuration: the error says what
//! to write instead.

use std::fmt;

use super::serde_as_text;
use super::uri;

/// `https://host[:port][/path]`, or the same with `http` on loopback; no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

serde_as_text!(BaseUrl);

impl BaseUrl {
    /// Reads a base URL.
    ///
    /// # Errors
    /// Plain http beyond loopback, a query, fragment or user name, or another spelling than the
    /// canonical one.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let given = text.strip_suffix('/').unwrap_or(text);
        if !given.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(BaseUrlError::NotAbsolute);
        }
        let parts = uri::split(given).ok_or(BaseUrlError::NotAbsolute)?;
        let authority = parts
            .authority
            .filter(|a| !a.is_empty())
            .ok_or(BaseUrlError::NotAbsolute)?;
        if parts.query.is_some() || parts.fragment.is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        if authority.contains('@') {
            return Err(BaseUrlError::UserInfo);
        }
        let url = url::Url::parse(given).map_err(|_| BaseUrlError::NotAbsolute)?;
        match url.scheme() {
            "https" => {}
            "http" if uri::is_loopback_host(uri::host_and_port(authority).0) => {}
            "http" => return Err(BaseUrlError::Cleartext),
            _ => return Err(BaseUrlError::NotAbsolute),
        }
        check_canonical(given, parts.path, &url)?;
        Ok(Self(given.to_owned()))
    }

    /// The URL, without trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as a browser writes `Origin`.
    pub fn origin(&self) -> &str {
        &self.0[..self.0.len() - self.path().len()]
    }

    /// The path: empty, or beginning with `/` and not ending with it.
    pub fn path(&self) -> &str {
        uri::split(&self.0).map_or("", |parts| parts.path)
    }

    /// Host and, where it is not the default, port: what a `Host` header must say.
    pub fn authority(&self) -> &str {
        uri::split(&self.0)
            .and_then(|parts| parts.authority)
            .unwrap_or_default()
    }

    /// The host, with brackets around an IPv6 address.
    pub fn host(&self) -> &str {
        uri::host_and_port(self.authority()).0
    }

    /// Whether it names this machine: `localhost`, `127.0.0.1` or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        uri::is_loopback_host(self.host())
    }

    /// Whether it is served over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The URL of `path`, which begins with `/`, below this one.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

fn check_canonical(given: &str, path: &str, url: &url::Url) -> Result<(), BaseUrlError> {
    let segment = |b: u8| b == b'/' || uri::is_unreserved(b);
    let written = url.as_str();
    let canonical = written.strip_suffix('/').unwrap_or(written);
    if canonical != given {
        return Err(BaseUrlError::NotCanonical(canonical.to_owned()));
    }
    if !uri::is_plain_path(path) || path.ends_with('/') || !path.bytes().all(segment) {
        return Err(BaseUrlError::Path);
    }
    Ok(())
}

/// Why a text is not a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// No `https://host` at its beginning.
    NotAbsolute,
    /// Plain http to something other than loopback.
    Cleartext,
    /// It has a query or a fragment.
    QueryOrFragment,
    /// It has a user name.
    UserInfo,
    /// Its path has empty or dot segments, escapes, or more than one trailing slash.
    Path,
    /// It is written in another way than this canonical one.
    NotCanonical(String),
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAbsolute => f.write_str("write it as `https://host` or `https://host/path`"),
            Self::Cleartext => f.write_str(
                "plain http is allowed on `localhost`, `127.0.0.1` and `[::1]` only; use https",
            ),
            Self::QueryOrFragment => f.write_str("it must have no query and no fragment"),
            Self::UserInfo => f.write_str("it must have no user name"),
            Self::Path => f.write_str("its path must be plain segments such as `/team/notes`"),
            Self::NotCanonical(canonical) => write!(f, "write it as `{canonical}`"),
        }
    }
}

impl std::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_address_apart() {
        let url = BaseUrl::parse("https://s.test:8443/t1/").unwrap();
        assert_eq!(url.as_str(), "https://s.test:8443/t1");
        assert_eq!(url.origin(), "https://s.test:8443");
        assert_eq!(url.path(), "/t1");
        assert_eq!(url.authority(), "s.test:8443");
        assert_eq!(url.host(), "s.test");
        assert_eq!(url.join("/mcp"), "https://s.test:8443/t1/mcp");
        assert!(url.is_https() && !url.is_loopback());
        assert_eq!(
            BaseUrl::parse("https://s.test/").unwrap().as_str(),
            "https://s.test"
        );
    }

    #[test]
    fn http_is_for_loopback() {
        for text in [
            "http://localhost:8000",
            "http://127.0.0.1:1",
            "http://[::1]:8000/x",
        ] {
            let url = BaseUrl::parse(text).unwrap();
            assert!(url.is_loopback() && !url.is_https());
        }
        for text in [
            "http://s.test",
            "http://127.0.0.2",
            "http://localhost.s.test",
            "http://0.0.0.0",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(BaseUrlError::Cleartext), "{text}");
        }
    }

    #[test]
    fn there_is_one_spelling() {
        for text in [
            "https://S.test",
            "https://s.test:443",
            "HTTPS://s.test",
            "https://s.test/a/../b",
        ] {
            assert!(
                matches!(BaseUrl::parse(text), Err(BaseUrlError::NotCanonical(_))),
                "{text}"
            );
        }
        for text in [
            "",
            "s.test",
            "/x",
            "https:",
            "https://",
            "https:///x",
            "ftp://s.test",
            "https://s.test?x",
            "https://s.test/#",
            "https://u@s.test",
            "https://s.test//",
            "https://s.test//x",
            "https://s.test/a%20b",
            "https://s.test/a b",
            "https://s .test",
            "https://s.test/\u{e4}",
            "https:s.test",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
