//! Where a client is sent back to, in the only spelling that is accepted.
//!
//! Codes leak through URIs that two parsers read differently. So a redirect URI must be written in
//! canonical form: it fits a small grammar of our own, the `url` crate parses it, and what `url`
//! writes back is the same text to the byte. A dot segment, an upper-case host, an odd spelling of
//! an IP address, a default port, a backslash or an escaped letter has no canonical form here and
//! is refused, instead of being understood by us in one way and by a browser in another.
//!
//! Plain `http` is for `localhost`, `127.0.0.1` and `[::1]` alone. Whether a URI is welcome is a
//! second question, answered by [`RedirectPatterns`](super::RedirectPatterns).

use super::RedirectUriError;
use super::serde_as_text;
use super::uri::{self, Split};

/// The longest redirect URI, in bytes.
const MAX_LENGTH: usize = 2048;

/// Parameters that the authorization response carries; a registered URI must not bring its own
/// (RFC 6749 section 4.1.2, RFC 9207), or the client reads whichever comes first.
const RESPONSE_PARAMETERS: [&str; 6] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
];

/// Schemes that run or read something on the user's machine instead of opening an app.
const FORBIDDEN_SCHEMES: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// A redirect URI in canonical form (RFC 6749 section 3.1.2).
///
/// ```
/// use fastmcp::spec::RedirectUri;
///
/// assert!(RedirectUri::parse("http://127.0.0.1:49152/callback").is_ok());
/// assert!(RedirectUri::parse("http://localhost:80@evil.example/").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RedirectUri(String);

serde_as_text!(RedirectUri);

impl RedirectUri {
    /// Reads a redirect URI.
    ///
    /// # Errors
    /// It is not in canonical form; [`RedirectUriError`] says why.
    pub fn parse(text: &str) -> Result<Self, RedirectUriError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The URI as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme, in lower case.
    pub fn scheme(&self) -> &str {
        self.parts().scheme
    }

    /// The host, with brackets around an IPv6 address; `None` for `scheme:/path`.
    pub fn host(&self) -> Option<&str> {
        self.parts()
            .authority
            .map(|authority| uri::host_and_port(authority).0)
    }

    /// The port, where one is written.
    pub fn port(&self) -> Option<&str> {
        self.parts()
            .authority
            .and_then(|authority| uri::host_and_port(authority).1)
    }

    /// Whether it is plain `http` to this machine, as native clients use it (RFC 8252 section 7.3).
    pub fn is_loopback(&self) -> bool {
        self.scheme() == "http"
    }

    /// Whether a client that registered `self` may ask for `requested`: the same bytes or, for
    /// plain http to a loopback literal, the same but for the port, which native clients learn
    /// only at run time (RFC 8252 section 7.3). `localhost` and `127.0.0.1` are not the same host.
    pub fn permits(&self, requested: &Self) -> bool {
        if self == requested {
            return true;
        }
        let (own, other) = (self.parts(), requested.parts());
        self.is_loopback()
            && requested.is_loopback()
            && self.host() == requested.host()
            && own.path == other.path
            && own.query == other.query
    }

    /// The URI with `parameters` added to its query, its own bytes untouched.
    pub fn with_params(&self, parameters: &[(&str, &str)]) -> String {
        let mut text = self.0.clone();
        let mut separator = if self.parts().query.is_some() {
            '&'
        } else {
            '?'
        };
        for (name, value) in parameters {
            text.push(separator);
            append_escaped(&mut text, name);
            text.push('=');
            append_escaped(&mut text, value);
            separator = '&';
        }
        text
    }

    pub(super) fn parts(&self) -> Split<'_> {
        // Whatever passed `check` can be split; the fallback is unreachable.
        uri::split(&self.0).unwrap_or(Split {
            scheme: "",
            authority: None,
            path: &self.0,
            query: None,
            fragment: None,
        })
    }
}

/// Escapes a space as `%20`: unlike `+` it is read alike by form and by URI decoders, and the apps
/// behind custom schemes use either.
fn append_escaped(text: &mut String, value: &str) {
    for piece in form_urlencoded::byte_serialize(value.as_bytes()) {
        text.push_str(if piece == "+" { "%20" } else { piece });
    }
}

fn check(text: &str) -> Result<(), RedirectUriError> {
    if text.len() > MAX_LENGTH {
        return Err(RedirectUriError::TooLong);
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(RedirectUriError::Character);
    }
    let parts = uri::split(text).ok_or(RedirectUriError::NotAbsolute)?;
    if parts.fragment.is_some() {
        return Err(RedirectUriError::Fragment);
    }
    check_scheme(parts.scheme)?;
    check_authority(&parts)?;
    check_path(parts.path)?;
    if let Some(query) = parts.query {
        check_query(query)?;
    }
    // The second opinion: a parser that clients and browsers share must write back the same text.
    match url::Url::parse(text) {
        Ok(url) if url.as_str() == text => Ok(()),
        _ => Err(RedirectUriError::NotCanonical),
    }
}

pub(super) fn check_scheme(scheme: &str) -> Result<(), RedirectUriError> {
    if !uri::is_scheme(scheme) {
        return Err(RedirectUriError::NotAbsolute);
    }
    if FORBIDDEN_SCHEMES.contains(&scheme) {
        return Err(RedirectUriError::ForbiddenScheme);
    }
    Ok(())
}

fn check_authority(parts: &Split<'_>) -> Result<(), RedirectUriError> {
    let web = matches!(parts.scheme, "http" | "https");
    let Some(authority) = parts.authority else {
        return if web {
            Err(RedirectUriError::Host)
        } else {
            Ok(())
        };
    };
    if authority.contains('@') {
        return Err(RedirectUriError::UserInfo);
    }
    let (host, port) = uri::host_and_port(authority);
    check_host(parts.scheme, host)?;
    match port {
        Some(port) if !uri::is_port(port) => Err(RedirectUriError::Port),
        _ => Ok(()),
    }
}

pub(super) fn check_host(scheme: &str, host: &str) -> Result<(), RedirectUriError> {
    match scheme {
        "http" if !uri::is_loopback_host(host) => Err(RedirectUriError::Cleartext),
        "http" => Ok(()),
        "https" if uri::is_dns_name(host) || host == "[::1]" => Ok(()),
        "https" => Err(RedirectUriError::Host),
        // What follows `://` in an app's own scheme is a name of its choosing, in either case.
        _ if !host.is_empty() && host.bytes().all(uri::is_unreserved) => Ok(()),
        _ => Err(RedirectUriError::Host),
    }
}

pub(super) fn check_path(path: &str) -> Result<(), RedirectUriError> {
    // An escape may hide neither a character that needs none nor one that changes the path.
    let escaped = |b: u8| b.is_ascii_graphic() && !uri::is_unreserved(b) && !b"/\\%".contains(&b);
    if uri::is_plain_path(path)
        && uri::consists_of(path, |b| b == b'/' || uri::is_pchar(b), escaped)
    {
        Ok(())
    } else {
        Err(RedirectUriError::Path)
    }
}

pub(super) fn check_query(query: &str) -> Result<(), RedirectUriError> {
    let plain = |b: u8| uri::is_pchar(b) || b == b'/' || b == b'?';
    let escaped = |b: u8| (b.is_ascii_graphic() || b == b' ') && !uri::is_unreserved(b);
    if query.is_empty() || !uri::consists_of(query, plain, escaped) {
        return Err(RedirectUriError::Query);
    }
    // Some servers also split at `;`, and some read `code[]` as `code`.
    for pair in query.split(['&', ';']) {
        for (name, _) in form_urlencoded::parse(pair.as_bytes()) {
            let name = name.split('[').next().unwrap_or_default().trim();
            if RESPONSE_PARAMETERS
                .iter()
                .any(|taken| name.eq_ignore_ascii_case(taken))
            {
                return Err(RedirectUriError::ResponseParameter);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "redirect_uri_tests.rs"]
mod tests;
