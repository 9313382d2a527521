//! Whose request it is, by headers that anybody can write.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderValue};

use super::TrustedProxies;
use super::address::group;

/// `X-Forwarded-For` and `Forwarded`, a line each; what follows are more of the second.
pub fn forwarded(data: &[u8]) {
    let mut lines = data.split(|b| *b == b'\n');
    let mut headers = HeaderMap::new();
    let old = lines
        .next()
        .and_then(|line| HeaderValue::from_bytes(line).ok());
    if let Some(value) = old.filter(|value| !value.is_empty()) {
        headers.append("x-forwarded-for", value);
    }
    for value in lines.filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append("forwarded", value);
    }
    let (Ok(inside), Ok(nobody)) = (
        TrustedProxies::parse(["10.0.0.0/8", "fd00::/8"]),
        TrustedProxies::parse::<&str>([]),
    ) else {
        unreachable!("these are networks");
    };
    let peer = IpAddr::from([10, 0, 0, 1]);
    let Some(caller) = caller_of(&inside, peer, &headers) else {
        panic!("the peer is known");
    };
    assert!(caller == peer || is_written(caller, &headers), "{caller}");
    assert_eq!(group(group(caller)), group(caller));
    let stranger = IpAddr::from([203, 0, 113, 9]);
    for trusted in [&inside, &nobody] {
        assert_eq!(caller_of(trusted, stranger, &headers), Some(stranger));
    }
    assert_eq!(caller_of(&nobody, peer, &headers), Some(peer));
}

fn caller_of(trusted: &TrustedProxies, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    let mut extensions = Extensions::new();
    extensions.insert(ConnectInfo(SocketAddr::new(peer, 1)));
    trusted.caller(headers, &extensions)
}

/// Whether some header names the address, in whatever spelling.
fn is_written(address: IpAddr, headers: &HeaderMap) -> bool {
    let names = |text: &str| {
        let text = text.trim_matches('"').trim_matches(['[', ']']);
        text.parse::<IpAddr>()
            .is_ok_and(|named| named.to_canonical() == address)
    };
    headers.values().any(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut words = text.split([',', ';', '=', ' ', '\t']);
        words.any(|word| {
            let word = word.trim_matches('"');
            let without_port = word.rsplit_once(':').map_or(word, |(host, _)| host);
            names(word) || names(without_port)
        })
    })
}
