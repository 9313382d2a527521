//! What the store in `test-shrinking` holds.

use fastmcp::store::Key;

/// Records up to this number stay.
pub const STAY: u64 = 4000;
/// The others end at this time.
pub const OVER: u64 = 1000;
/// When those that stay end.
pub const FAR: u64 = 4_000_000_000;

/// The key of a record, spread as MACs are.
pub fn key(n: u64) -> Key {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..16].copy_from_slice(&n.to_be_bytes());
    Key::new("test", id)
}
