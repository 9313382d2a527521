//! Whose request it is: the address of the socket, or what trusted proxies say.
//!
//! Anyone can write `Forwarded` (RFC 7239) and `X-Forwarded-For`, so they are read only where the
//! connection comes from a proxy that is configured as trusted, and only as far as trust goes: from
//! the right, the first address that is no trusted proxy is the caller's. What stands left of it,
//! the caller wrote. A proxy writes one of the two headers and may pass the other one on as it came,
//! so where both are there they must agree.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;

const FORWARDED: &str = "forwarded";
const X_FORWARDED_FOR: &str = "x-forwarded-for";
/// More hops than that are nobody's real way.
const MAX_HOPS: usize = 32;

/// Networks whose word about a caller's address is believed.
///
/// ```
/// use fastmcp::limits::TrustedProxies;
///
/// assert!(TrustedProxies::parse(["10.0.0.0/8", "2001:db8::7"]).is_ok());
/// assert!(TrustedProxies::parse(["10.0.0.0/33"]).is_err());
/// ```
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    /// Whether the log has heard of a proxy that is not trusted, or of an address that is not known.
    has_told: AtomicBool,
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadNetwork(pub String);

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no network", self.0)
    }
}

impl std::error::Error for BadNetwork {}

impl TrustedProxies {
    /// Reads networks (`10.0.0.0/8`) and addresses (`10.0.0.7`).
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn parse<N: AsRef<str>>(networks: impl IntoIterator<Item = N>) -> Result<Self, BadNetwork> {
        let networks = networks.into_iter().map(|text| {
            let text = text.as_ref().trim();
            let network = text.parse::<IpNet>().ok();
            let network = network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
            network.ok_or_else(|| BadNetwork(text.to_owned()))
        });
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            has_told: AtomicBool::new(false),
        })
    }

    /// The address of whoever sent a request with these headers; `None` where the server was
    /// mounted without telling it.
    pub(crate) fn caller(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let Some(peer) = peer.map(|peer| peer.0.ip().to_canonical()) else {
            self.tell(
                "the addresses of callers are not known, so quotas by address do not apply; serve \
                 the router with `into_make_service_with_connect_info::<SocketAddr>()`",
            );
            return None;
        };
        if !self.trusts(peer) {
            if headers.contains_key(FORWARDED) || headers.contains_key(X_FORWARDED_FOR) {
                self.tell(
                    "a proxy that is not trusted forwards requests, so all its callers share one \
                     quota; name its network in `trusted_proxies`",
                );
            }
            return Some(peer);
        }
        let old = forwarded_for(headers).map(|hops| self.first_stranger(hops, peer));
        let new = forwarded(headers).map(|hops| self.first_stranger(hops, peer));
        match (old, new) {
            (Some(old), Some(new)) if old != new => Some(peer),
            (old, new) => old.or(new).or(Some(peer)),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let mut networks = self.networks.iter();
        networks.any(|network| network.contains(&address))
    }

    /// The first of `hops`, from the nearest on, that is no trusted proxy; the last one that is
    /// known where the chain becomes unclear.
    fn first_stranger(&self, hops: Vec<Option<IpAddr>>, peer: IpAddr) -> IpAddr {
        let mut known = peer;
        for hop in hops.into_iter().rev().take(MAX_HOPS) {
            let Some(hop) = hop else { return known };
            known = hop;
            if !self.trusts(hop) {
                break;
            }
        }
        known
    }

    fn tell(&self, words: &str) {
        if !self.has_told.swap(true, Ordering::Relaxed) {
            tracing::warn!("{words}");
        }
    }
}

/// The hops of `X-Forwarded-For`; `None` for one that is no address.
fn forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let hops: Vec<_> = values(headers, X_FORWARDED_FOR)
        .flat_map(|value| value.split(','))
        .map(|hop| node(hop.trim()))
        .collect();
    (!hops.is_empty()).then_some(hops)
}

/// The hops of `Forwarded` (RFC 7239 section 4).
fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let hops: Vec<_> = values(headers, FORWARDED)
        .flat_map(|value| split(value, ','))
        .map(|element| {
            let mut pairs = split(element, ';').into_iter();
            pairs.find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let is_for = name.trim().eq_ignore_ascii_case("for");
                is_for.then(|| node(value.trim().trim_matches('"')))?
            })
        })
        .collect();
    (!hops.is_empty()).then_some(hops)
}

/// All values of a header; one that is no text is a hop that nobody knows.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap_or("unknown"))
}

/// `text` at every `at` that is not inside a quoted string.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut is_quoted = false;
    let divides = |c: char| {
        is_quoted ^= c == '"';
        c == at && !is_quoted
    };
    text.split(divides).collect()
}

/// An address with or without a port: `192.0.2.7`, `192.0.2.7:80`, `2001:db8::7`, `[2001:db8::7]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let address: Option<IpAddr> = address.or_else(with_port).or_else(bracketed);
    address.map(|address| address.to_canonical())
}

/// What counts as one caller: an IPv4 address, or the /64 that an IPv6 subscriber has to himself.
pub(super) fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(trusted: &[&str], peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        let peer = SocketAddr::new(peer.parse().unwrap(), 5);
        extensions.insert(ConnectInfo(peer));
        let trusted = TrustedProxies::parse(trusted).unwrap();
        trusted.caller(&map, &extensions).unwrap().to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        let spoofed = [("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=1.1.1.1")];
        assert_eq!(caller(&[], "203.0.113.9", &spoofed), "203.0.113.9");
        let trusted = ["10.0.0.0/8"];
        assert_eq!(caller(&trusted, "203.0.113.9", &spoofed), "203.0.113.9");
        assert_eq!(caller(&[], "127.0.0.1", &spoofed), "127.0.0.1");
    }

    #[test]
    fn the_first_stranger_from_the_right_is_the_caller() {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"];
        for (value, wanted) in [
            ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("2001:db8::9, 2001:db8:1::5", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("10.2.2.2", "10.2.2.2"),
            ("6.6.6.6, unknown, 10.2.2.2", "10.2.2.2"),
            ("6.6.6.6, nonsense", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let headers = [("x-forwarded-for", value)];
            assert_eq!(caller(&trusted, "10.0.0.1", &headers), wanted, "{value}");
        }
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "203.0.113.9"),
        ];
        assert_eq!(caller(&trusted, "10.0.0.1", &lines), "203.0.113.9");
    }

    #[test]
    fn the_standard_header_is_read_as_written() {
        let trusted = ["10.0.0.0/8"];
        for (value, wanted) in [
            ("for=203.0.113.9", "203.0.113.9"),
            (
                "proto=https;For=\"[2001:db8::9]:80\";by=10.0.0.1",
                "2001:db8::9",
            ),
            ("for=6.6.6.6, for=203.0.113.9;proto=http", "203.0.113.9"),
            ("for=\"203.0.113.9, for=6.6.6.6\"", "10.0.0.1"),
            ("for=_hidden", "10.0.0.1"),
            ("for=203.0.113.9, proto=https", "10.0.0.1"),
        ] {
            let headers = [("forwarded", value)];
            assert_eq!(caller(&trusted, "10.0.0.1", &headers), wanted, "{value}");
        }
    }

    #[test]
    fn two_headers_must_agree() {
        let trusted = ["10.0.0.0/8"];
        let agree = [
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9"),
        ];
        assert_eq!(caller(&trusted, "10.0.0.1", &agree), "203.0.113.9");
        let differ = [
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=6.6.6.6"),
        ];
        assert_eq!(caller(&trusted, "10.0.0.1", &differ), "10.0.0.1");
    }

    #[test]
    fn a_subscriber_is_one_caller() {
        let group = |text: &str| group(text.parse().unwrap()).to_string();
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(group("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
        assert_eq!(group("203.0.113.9"), "203.0.113.9");
        assert_eq!(group("::ffff:203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["10.0.0.0/33", "proxy", "", "10.0.0", "::/129"] {
            let bad = TrustedProxies::parse(["10.0.0.1", text]).err();
            assert_eq!(bad, Some(BadNetwork(text.to_owned())));
        }
    }
}
