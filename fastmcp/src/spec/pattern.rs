//! Which redirect URIs a server welcomes: patterns over parsed parts, never over text.
//!
//! | part | in a pattern |
//! |---|---|
//! | scheme | exact; a custom scheme is welcome only where a pattern names it |
//! | host | exact, no wildcard |
//! | port | exact or `*`; none means none written |
//! | path | exact, or `*` as its last segment for everything below; may be left out on loopback |
//! | query | exact after an exact path, anything below a `*` |
//!
//! Examples: `https://yourdomain.com/app/*`, `http://localhost:*`,
//! `cursor://anysphere.cursor-mcp/*`. A pattern that is wider than it looks is refused at start,
//! with the reason.

use std::fmt;

use super::redirect_uri::{RedirectUri, check_host, check_path, check_query, check_scheme};
use super::{RedirectUriError, uri};

/// The redirect URIs that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectPatterns(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    scheme: String,
    host: Option<String>,
    port: Port,
    path: Path,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Any,
    /// As written; `None` where none is written.
    Exactly(Option<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Path {
    /// Everything that begins with this text, which ends in `/`.
    Below(String),
    Exactly {
        path: String,
        query: Option<String>,
    },
}

impl RedirectPatterns {
    /// Plain http to `localhost`, `127.0.0.1` or `[::1]`, any port and path: what native clients
    /// use, and nothing that leaves the machine.
    pub fn loopback_only() -> Self {
        let pattern = |host: &str| Pattern {
            scheme: "http".to_owned(),
            host: Some(host.to_owned()),
            port: Port::Any,
            path: Path::Below("/".to_owned()),
        };
        Self(["localhost", "127.0.0.1", "[::1]"].map(pattern).to_vec())
    }

    /// Reads patterns. An empty list welcomes nothing.
    ///
    /// # Errors
    /// The first pattern that cannot be read or is too wide, with the reason.
    pub fn parse<T: AsRef<str>>(patterns: &[T]) -> Result<Self, PatternError> {
        let read = |text: &T| {
            let text = text.as_ref();
            Pattern::parse(text).map_err(|Refusal(danger, reason)| PatternError {
                pattern: text.to_owned(),
                danger,
                reason,
            })
        };
        patterns
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether one of the patterns matches.
    pub fn allows(&self, uri: &RedirectUri) -> bool {
        self.0.iter().any(|pattern| pattern.matches(uri))
    }
}

impl Default for RedirectPatterns {
    fn default() -> Self {
        Self::loopback_only()
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, Refusal> {
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("it has a space, a control or a non-ASCII character".into());
        }
        if text.split(':').next().unwrap_or_default().contains('*') {
            return Err(Refusal::wide("the scheme must be written out"));
        }
        let parts = uri::split(text).ok_or("it is no address")?;
        check_scheme(parts.scheme)?;
        if parts.fragment.is_some() {
            return Err("a redirect URI has no fragment".into());
        }
        let (host, port) = parse_authority(parts.scheme, parts.authority)?;
        let loopback = parts.scheme == "http";
        let path = parse_path(parts.path, parts.query, loopback)?;
        Ok(Self {
            scheme: parts.scheme.to_owned(),
            host,
            port,
            path,
        })
    }

    fn matches(&self, uri: &RedirectUri) -> bool {
        let parts = uri.parts();
        self.scheme == parts.scheme
            && self.host.as_deref() == uri.host()
            && match &self.port {
                Port::Any => true,
                Port::Exactly(port) => port.as_deref() == uri.port(),
            }
            && match &self.path {
                Path::Below(start) => parts.path.starts_with(start.as_str()),
                Path::Exactly { path, query } => {
                    path == parts.path && query.as_deref() == parts.query
                }
            }
    }
}

fn parse_authority(
    scheme: &str,
    authority: Option<&str>,
) -> Result<(Option<String>, Port), Refusal> {
    let Some(authority) = authority else {
        return if matches!(scheme, "http" | "https") {
            Err("it is no address".into())
        } else {
            Ok((None, Port::Exactly(None)))
        };
    };
    if authority.contains('@') {
        return Err("a user name stands before its host".into());
    }
    let (host, port) = uri::host_and_port(authority);
    if host.contains('*') {
        return Err(Refusal::wide("the host must be written out"));
    }
    check_host(scheme, host)?;
    let port = match port {
        Some("*") => Port::Any,
        Some(port) if uri::is_port(port) => Port::Exactly(without_default(scheme, port)),
        Some(_) => return Err("its port is neither a number nor `*`".into()),
        None => Port::Exactly(None),
    };
    Ok((Some(host.to_owned()), port))
}

/// A canonical URI never writes the default port, so neither may the pattern compare with it.
fn without_default(scheme: &str, port: &str) -> Option<String> {
    let default = matches!((scheme, port), ("http", "80") | ("https", "443"));
    (!default).then(|| port.to_owned())
}

fn parse_path(path: &str, query: Option<&str>, loopback: bool) -> Result<Path, Refusal> {
    if path.is_empty() && query.is_none() && loopback {
        return Ok(Path::Below("/".to_owned()));
    }
    if path.is_empty() {
        return Err("it has no path; `/*` at its end means every path".into());
    }
    let (start, below) = match path.strip_suffix("/*") {
        Some(start) => (format!("{start}/"), true),
        None => (path.to_owned(), false),
    };
    if start.contains('*') {
        return Err(MISPLACED.into());
    }
    check_path(&start)?;
    match query {
        Some(_) if below => Err("a query is only compared after an exact path".into()),
        Some(query) if query.contains('*') => Err(MISPLACED.into()),
        _ if below => Ok(Path::Below(start)),
        query => {
            query.map_or(Ok(()), check_query)?;
            Ok(Path::Exactly {
                path: start,
                query: query.map(str::to_owned),
            })
        }
    }
}

/// Where `*` may not be.
const MISPLACED: &str = "`*` can only be the port, or the last segment of the path";

/// Why a text is no pattern, before the pattern itself is put beside it.
struct Refusal(PatternDanger, String);

impl Refusal {
    fn wide(reason: &str) -> Self {
        Self(PatternDanger::Wide, reason.to_owned())
    }
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self(PatternDanger::None, reason.to_owned())
    }
}

impl From<RedirectUriError> for Refusal {
    fn from(error: RedirectUriError) -> Self {
        let (danger, reason) = match error {
            RedirectUriError::ForbiddenScheme => (
                PatternDanger::Wide,
                "its scheme hands the answer to whoever wrote the page",
            ),
            RedirectUriError::Cleartext => (PatternDanger::Cleartext, "plain http is for loopback"),
            RedirectUriError::NotAbsolute => (PatternDanger::None, "it is no address"),
            RedirectUriError::Host => (PatternDanger::None, "its host is no lower-case name"),
            RedirectUriError::Path => (
                PatternDanger::None,
                "its path can be read in more than one way",
            ),
            RedirectUriError::ResponseParameter => (
                PatternDanger::None,
                "its query has a parameter that the answer will carry",
            ),
            _ => (PatternDanger::None, "its query is empty or badly escaped"),
        };
        Self(danger, reason.to_owned())
    }
}

/// What would happen if a pattern that is refused were used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternDanger {
    /// Strangers would receive the code of a login.
    Wide,
    /// The code would cross the network in the clear.
    Cleartext,
    /// Nothing: it matches no redirect URI.
    None,
}

/// A redirect URI pattern that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// The pattern as it was written.
    pub pattern: String,
    /// What it would do.
    pub danger: PatternDanger,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "redirect URI pattern `{}`: {}",
            self.pattern, self.reason
        )
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
