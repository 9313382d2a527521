//! Which addresses are public, once more: the registries of IANA as networks, in their own spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::super::is_public;

/// Not globally reachable, or of a use that is none of ours: the IPv4 special-purpose registry,
/// multicast, the reserved class, and a cloud's own host.
const V4: &str = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 \
                  192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 \
                  198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32";
/// The same of IPv6, within the one block that is given out.
const V6: &str = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

/// Four bytes or sixteen.
pub fn address(data: &[u8]) {
    if let Ok(bytes) = <[u8; 4]>::try_from(data) {
        let address = Ipv4Addr::from(bytes);
        let is_set_aside = lies_in(V4, address.into());
        assert_eq!(is_public(address.into()), !is_set_aside, "{address}");
        assert!(!is_public(address.to_ipv6_mapped().into()), "{address}");
        assert!(!is_public(
            Ipv6Addr::from(u128::from(address.to_bits())).into()
        ));
    }
    if let Ok(bytes) = <[u8; 16]>::try_from(data) {
        let address = Ipv6Addr::from(bytes);
        let given_out = lies_in("2000::/3", address.into());
        let wraps = address.to_ipv4().is_some() || is_isatap(bytes);
        let expected = given_out && !lies_in(V6, address.into()) && !wraps;
        assert_eq!(is_public(address.into()), expected, "{address}");
        let is_local = address.is_loopback()
            || address.is_unspecified()
            || address.is_multicast()
            || address.is_unique_local()
            || address.is_unicast_link_local();
        assert!(!(is_local && is_public(address.into())), "{address}");
    }
}

fn lies_in(networks: &str, address: IpAddr) -> bool {
    networks.split_whitespace().any(|network| {
        let network: Result<IpNet, _> = network.parse();
        network.is_ok_and(|network| network.contains(&address))
    })
}

/// `::[0 or 2]00:5efe:a.b.c.d`, with or without the bit for groups.
fn is_isatap(bytes: [u8; 16]) -> bool {
    let is_own = [0, 1, 2, 3].contains(&bytes[8]);
    is_own && bytes[9..12] == [0, 0x5e, 0xfe]
}
