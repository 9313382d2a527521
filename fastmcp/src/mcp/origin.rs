//! Which hosts and origins may speak to this server.
//!
//! A page that rebinds its DNS name to a local server sends its own name as `Host`, and any page
//! sends its own `Origin`; both are compared with short lists. Requests without an `Origin` do
//! not come from a browser's page and pass.

use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HOST, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::answer::{self, Refused};

/// The methods of the endpoint.
pub(crate) const METHODS: &str = "GET, POST, DELETE, OPTIONS";

const EXPOSED: &str = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After";
const ACCEPTED: &str = "authorization, content-type, accept, mcp-protocol-version, \
                        mcp-session-id, mcp-method, mcp-name, last-event-id";

/// The hosts and origins that are served.
#[derive(Debug)]
pub(crate) struct Allowed {
    hosts: Vec<String>,
    origins: Vec<String>,
    loopback: bool,
}

/// A host with its port, if one was given, as it was written. Names compare without case.
#[derive(Clone, Copy)]
struct Authority<'a> {
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        // Behind the bracket of an IPv6 literal, or anywhere in a name.
        let colon = match text.rfind(']') {
            Some(end) => text[end..].find(':').map(|at| end + at),
            None => text.find(':'),
        };
        let (host, port) = match colon {
            Some(colon) => (&text[..colon], Some(&text[colon + 1..])),
            None => (text, None),
        };
        let is_port = |port: &str| {
            port == "*" || (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
        };
        (!host.is_empty() && port.is_none_or(is_port)).then_some(Self { host, port })
    }

    fn is_loopback(self) -> bool {
        let names = ["localhost", "127.0.0.1", "[::1]"];
        names
            .iter()
            .any(|name| self.host.eq_ignore_ascii_case(name))
    }

    /// The port, unless it is a default one.
    fn own_port(self) -> Option<&'a str> {
        self.port.filter(|port| !matches!(*port, "443" | "80"))
    }

    /// Whether this entry of the list covers `asked`; no port stands for the default ports.
    fn covers(self, asked: Authority<'_>) -> bool {
        self.host.eq_ignore_ascii_case(asked.host)
            && (self.port == Some("*") || self.own_port() == asked.own_port())
    }
}

impl Allowed {
    /// `hosts` as `host`, `host:port` or `host:*`; a loopback one stands for all of them with any
    /// port. `origins` as `scheme://host[:port]`; `*` is any. The hosts' own origins are always
    /// allowed.
    pub(crate) fn new(mut hosts: Vec<String>, origins: Vec<String>) -> Self {
        hosts.retain(|host| Authority::parse(host).is_some());
        let loopback = |host: &String| Authority::parse(host).is_some_and(Authority::is_loopback);
        Self {
            loopback: hosts.iter().any(loopback),
            hosts,
            origins: origins
                .into_iter()
                .map(|origin| origin.trim_end_matches('/').to_owned())
                .collect(),
        }
    }

    /// Refuses a request that is meant for another host or comes from a foreign page. Gives the
    /// origin, if the request names one.
    pub(crate) fn check<'a>(
        &self,
        uri: &Uri,
        headers: &'a HeaderMap,
    ) -> Result<Option<&'a HeaderValue>, Refused> {
        self.check_host(uri, headers)?;
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return Ok(None);
        };
        let known = origin.to_str().is_ok_and(|origin| self.has_origin(origin));
        if !known || origins.next().is_some() {
            let message = "this origin is not allowed";
            return Err(answer::refuse(StatusCode::FORBIDDEN, message).into());
        }
        Ok(Some(origin))
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
        // An absolute request target names the host a second time; both must be ours.
        let target = uri.authority().map(http::uri::Authority::as_str);
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().ok(),
            (None, _) => target,
            (Some(_), Some(_)) => None,
        };
        // Most requests write it as we do, and `*` is ours alone to write.
        let as_listed = |host: &str| !host.ends_with('*') && self.hosts.iter().any(|it| it == host);
        if target.is_none() && host.is_some_and(as_listed) {
            return Ok(());
        }
        let Some(asked) = host.and_then(Authority::parse) else {
            let message = "exactly one valid Host is needed";
            return Err(answer::refuse(StatusCode::BAD_REQUEST, message).into());
        };
        let ours = |target| Authority::parse(target).is_some_and(|target| self.has_host(target));
        if self.has_host(asked) && target.is_none_or(ours) {
            return Ok(());
        }
        let message = "this host is not served here";
        Err(answer::refuse(StatusCode::MISDIRECTED_REQUEST, message).into())
    }

    fn has_host(&self, asked: Authority<'_>) -> bool {
        let mut hosts = self.hosts.iter().filter_map(|host| Authority::parse(host));
        (self.loopback && asked.is_loopback()) || hosts.any(|host| host.covers(asked))
    }

    fn has_origin(&self, origin: &str) -> bool {
        let mut listed = self.origins.iter();
        if listed.any(|known| known == "*" || known.eq_ignore_ascii_case(origin)) {
            return true;
        }
        let Some((scheme, rest)) = origin.split_once("://") else {
            return false;
        };
        let Some(authority) = Authority::parse(rest) else {
            return false;
        };
        match scheme {
            "https" => self.has_host(authority),
            "http" => authority.is_loopback() && self.has_host(authority),
            _ => false,
        }
    }
}

/// The answer to a preflight, which a browser sends without credentials; `mirrored` are the headers
/// that repeat arguments.
pub(crate) fn preflight<'a>(mirrored: impl Iterator<Item = &'a str>) -> Response {
    let mut accepted = ACCEPTED.to_owned();
    for header in mirrored {
        accepted.push_str(", mcp-param-");
        accepted.push_str(&header.to_ascii_lowercase());
    }
    let mut response = answer::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(METHODS));
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(METHODS),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        // The macro lets nothing but tokens be headers.
        HeaderValue::try_from(accepted).unwrap_or(HeaderValue::from_static(ACCEPTED)),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// Lets a page of an allowed origin read the response, its challenge included.
pub(crate) fn share(origin: &HeaderValue, headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
    headers.insert(VARY, HeaderValue::from_static("Origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(hosts: &[&str], origins: &[&str], sent: &[(&'static str, &str)]) -> u16 {
        let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        let origins = origins.iter().map(ToString::to_string).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().unwrap());
        }
        let checked = Allowed::new(hosts, origins).check(&Uri::from_static("/mcp"), &headers);
        checked.map_or_else(|refused| refused.into_response().status().as_u16(), |_| 200)
    }

    #[test]
    fn a_foreign_host_is_misdirected() {
        for (list, host, wanted) in [
            ("s.test", "s.test", 200),
            ("s.test", "S.TEST:443", 200),
            ("s.test", "s.test:8080", 421),
            ("s.test:8080", "s.test:8080", 200),
            ("s.test", "evil.test", 421),
            ("s.test", "s.test.evil.test", 421),
            ("s.test", "localhost", 421),
            ("127.0.0.1:8000", "localhost:9", 200),
            ("localhost", "[::1]:8000", 200),
            ("localhost", "127.0.0.1.evil.test", 421),
            ("localhost", "evil.test:8000", 421),
            ("s.test", "s.test:x", 400),
            ("s.test", "s.test:*", 421),
        ] {
            assert_eq!(
                status(&[list], &[], &[("host", host)]),
                wanted,
                "{list} {host}"
            );
        }
        assert_eq!(status(&["s.test"], &[], &[]), 400);
        assert_eq!(
            status(&["s.test"], &[], &[("host", "s.test"), ("host", "s.test")]),
            400
        );
    }

    #[test]
    fn a_foreign_origin_is_refused() {
        for (list, allowed, origin, wanted) in [
            ("s.test", "", "https://s.test", 200),
            ("s.test", "", "http://s.test", 403),
            ("s.test", "", "https://evil.test", 403),
            ("s.test", "https://app.test", "https://app.test", 200),
            (
                "s.test",
                "https://app.test",
                "https://app.test.evil.test",
                403,
            ),
            ("s.test", "", "null", 403),
            ("s.test", "", "http://localhost:5173", 403),
            ("s.test", "*", "null", 200),
        ] {
            let sent = [("host", list), ("origin", origin)];
            assert_eq!(
                status(&[list], &[allowed], &sent),
                wanted,
                "{list} {origin}"
            );
        }
        for (origin, wanted) in [("http://127.0.0.1:6274", 200), ("http://evil.test", 403)] {
            let sent = [("host", "localhost:8000"), ("origin", origin)];
            assert_eq!(status(&["localhost"], &[], &sent), wanted, "{origin}");
        }
    }
}
