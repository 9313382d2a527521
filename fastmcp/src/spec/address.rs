//! Which addresses belong to the public Internet.
//!
//! A server that fetches what strangers name must not become their hand inside its own network. So
//! the question is asked the safe way round: an IPv4 address is public unless it lies in one of the
//! blocks that IANA set aside (RFC 6890 and its registry), an IPv6 address only if it is global
//! unicast (`2000::/3`) and neither set aside nor a wrapping of an IPv4 address. Wrappings are
//! refused whatever they wrap, also a public address: nobody needs them to publish anything, and
//! who unwraps them is not ours to know.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 blocks that are not public, as network and length of its prefix.
const RESERVED_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // carrier-grade NAT
    ([127, 0, 0, 0], 8),      // loopback
    ([168, 63, 129, 16], 32), // the host of a virtual machine at Azure, public by number alone
    ([169, 254, 0, 0], 16),   // link-local, metadata of clouds
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // relays of 6to4
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// Blocks of `2000::/3` that are not public.
const RESERVED_V6: [(Ipv6Addr, u32); 4] = [
    // protocol assignments: Teredo, benchmarks, ORCHID
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // documentation
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Where global unicast addresses come from (RFC 4291 section 2.4 and IANA).
const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Whether `address` belongs to the public Internet and wraps no other.
///
/// ```
/// use fastmcp::spec::is_public;
///
/// assert!(is_public("1.1.1.1".parse().unwrap()));
/// assert!(!is_public("::ffff:1.1.1.1".parse().unwrap()));
/// assert!(!is_public("169.254.169.254".parse().unwrap()));
/// ```
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !RESERVED_V4.iter().any(|(network, length)| {
        let network = u32::from_be_bytes(*network);
        (bits ^ network).leading_zeros() >= *length
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(network, length): (Ipv6Addr, u32)| {
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
    };
    within(GLOBAL_UNICAST) && !RESERVED_V6.into_iter().any(within) && !is_isatap(address)
}

/// An interface identifier of RFC 5214 section 6.1, whose last four bytes are an IPv4 address:
/// possible below any prefix.
fn is_isatap(address: Ipv6Addr) -> bool {
    let [.., kind, organisation, _, _] = address.segments();
    // The bits for universal and group addresses do not count.
    kind & !0x0300 == 0 && organisation == 0x5efe
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
