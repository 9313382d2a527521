use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::is_public;

/// The last public address before each block, its first and last, the first public one after it.
const EDGES: &[(&str, &str, &str, &str)] = &[
    ("", "0.0.0.0", "0.255.255.255", "1.0.0.0"),
    ("9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"),
    (
        "100.63.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "100.128.0.0",
    ),
    (
        "126.255.255.255",
        "127.0.0.0",
        "127.255.255.255",
        "128.0.0.0",
    ),
    (
        "168.63.129.15",
        "168.63.129.16",
        "168.63.129.16",
        "168.63.129.17",
    ),
    (
        "169.253.255.255",
        "169.254.0.0",
        "169.254.255.255",
        "169.255.0.0",
    ),
    (
        "172.15.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "172.32.0.0",
    ),
    ("191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"),
    ("192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
    (
        "192.88.98.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.88.100.0",
    ),
    (
        "192.167.255.255",
        "192.168.0.0",
        "192.168.255.255",
        "192.169.0.0",
    ),
    (
        "198.17.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.20.0.0",
    ),
    (
        "198.51.99.255",
        "198.51.100.0",
        "198.51.100.255",
        "198.51.101.0",
    ),
    (
        "203.0.112.255",
        "203.0.113.0",
        "203.0.113.255",
        "203.0.114.0",
    ),
    ("223.255.255.255", "224.0.0.0", "255.255.255.255", ""),
    (
        "",
        "::",
        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2000::",
    ),
    ("2000:ffff::", "2001::", "2001:1ff:ffff::", "2001:200::"),
    (
        "2001:db7:ffff::",
        "2001:db8::",
        "2001:db8:ffff::",
        "2001:db9::",
    ),
    ("2001:ffff::", "2002::", "2002:ffff::", "2003::"),
    ("3ffe:ffff::", "3fff::", "3fff:fff::", "3fff:1000::"),
    (
        "3fff:ffff::",
        "4000::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "",
    ),
];

/// Other networks in the clothes of IPv6, and what is nobody's.
const WRAPPED: &[&str] = &[
    "::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",
    "2a00:1450:4001:830:0:5efe:192.168.1.1",
    "2a00:1450:4001:830:200:5efe:8.8.8.8",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::5efe:192.168.1.1",
    "fec0::1",
    "ff02::1",
];

fn read(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn every_block_ends_where_its_registration_says() {
    for (before, first, last, after) in EDGES {
        for outside in [before, after].into_iter().filter(|text| !text.is_empty()) {
            assert!(is_public(read(outside)), "{outside}");
        }
        for inside in [first, last] {
            assert!(!is_public(read(inside)), "{inside}");
        }
    }
}

#[test]
fn no_wrapping_of_another_address_is_public() {
    for address in WRAPPED {
        assert!(!is_public(read(address)), "{address}");
    }
    assert!(is_public(read("2606:4700:4700::1111")));
}

proptest! {
    /// What the standard library knows to be special is never public.
    #[test]
    fn what_std_calls_special_is_not_public(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let special = v4.is_private() || v4.is_loopback() || v4.is_link_local()
            || v4.is_broadcast() || v4.is_documentation() || v4.is_multicast()
            || v4.is_unspecified();
        prop_assert!(!(special && is_public(v4.into())), "{v4}");
    }

    /// However an IPv4 address is wrapped, the wrapping is refused.
    #[test]
    fn a_wrapped_address_is_never_public(bits: u32, prefix: u64) {
        let (v4, low) = (Ipv4Addr::from_bits(bits), u128::from(bits));
        let wrappings = [
            v4.to_ipv6_mapped().to_bits(),
            low,
            (0xffff << 48) | low,
            (0x0064_ff9b << 96) | low,
            (0x0064_ff9b_0001 << 80) | low,
            (0x2002 << 112) | (low << 80) | 1,
            (0x2001_0000 << 96) | u128::from(prefix),
            (u128::from(prefix) << 64) | (0x5efe << 32) | low,
            (u128::from(prefix) << 64) | (0x0200_5efe << 32) | low,
        ];
        for bits in wrappings {
            let v6 = Ipv6Addr::from_bits(bits);
            prop_assert!(!is_public(v6.into()), "{v6}");
        }
    }

    #[test]
    fn only_global_unicast_is_public(bits: u128) {
        let v6 = Ipv6Addr::from_bits(bits);
        prop_assert!(bits >> 125 == 1 || !is_public(v6.into()), "{v6}");
    }
}
