//! Keeps the development provider on this computer.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::header::HOST;
use http::request::Parts as Head;

/// Headers that a proxy or tunnel leaves behind: the person is then somewhere else, although the
/// connection comes from this computer.
const MARKS_OF_A_PROXY: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
];

/// Whether the request came from this computer and was meant for it. A foreign `Host` is refused
/// even from here: a hostile site can point its own name at 127.0.0.1. A caller whose address is
/// not known may be anywhere: headers alone are whatever it likes.
pub(super) fn is_local(head: &Head) -> bool {
    let peer = head.extensions.get::<ConnectInfo<SocketAddr>>();
    if peer.is_none() {
        tracing::warn!(
            "the development sign-in does not know where a request comes from and refuses it; \
             serve the router with `into_make_service_with_connect_info::<SocketAddr>()`"
        );
    }
    let peer_is_local = peer.is_some_and(|ConnectInfo(peer)| is_loopback(peer.ip()));
    let proxied = MARKS_OF_A_PROXY
        .iter()
        .any(|mark| head.headers.contains_key(*mark));
    peer_is_local && !proxied && names_loopback(head)
}

/// Whether the host that the request names is loopback, and is named once.
fn names_loopback(head: &Head) -> bool {
    let mut hosts = head.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(is_loopback_authority),
        (None, None) => head
            .uri
            .authority()
            .is_some_and(|authority| is_loopback_authority(authority.as_str())),
        _ => false,
    }
}

fn is_loopback_authority(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<http::uri::Authority>() else {
        return false;
    };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || literal.parse().is_ok_and(is_loopback)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: Option<&str>, peer: &str, mark: Option<&str>) -> bool {
        let mut request = http::Request::builder().uri("/oauth/dev");
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        if let Some(mark) = mark {
            request = request.header(mark, "203.0.113.7");
        }
        let peer: SocketAddr = peer.parse().unwrap();
        let (head, ()) = request
            .extension(ConnectInfo(peer))
            .body(())
            .unwrap()
            .into_parts();
        is_local(&head)
    }

    #[test]
    fn admits_this_computer_by_each_of_its_names() {
        for host in ["localhost:8000", "LOCALHOST", "127.0.0.1:1", "[::1]:8000"] {
            assert!(local(Some(host), "127.0.0.1:5", None), "{host}");
        }
        assert!(local(Some("localhost"), "[::ffff:127.0.0.1]:5", None));
    }

    #[test]
    fn refuses_a_peer_that_it_does_not_know() {
        let request = http::Request::get("/oauth/dev").header(HOST, "localhost:8000");
        let (head, ()) = request.body(()).unwrap().into_parts();
        assert!(!is_local(&head));
    }

    #[test]
    fn refuses_other_hosts_peers_and_tunnels() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "localhost@evil.example",
            "192.168.1.2:8000",
            "",
        ] {
            assert!(!local(Some(host), "127.0.0.1:5", None), "{host}");
        }
        assert!(!local(None, "127.0.0.1:5", None));
        assert!(!local(Some("localhost"), "192.168.1.9:5", None));
        for mark in MARKS_OF_A_PROXY {
            assert!(
                !local(Some("localhost"), "127.0.0.1:5", Some(mark)),
                "{mark}"
            );
        }
    }
}
