//! One secret in, independent keys out.
//!
//! A master key becomes one key per [`Purpose`] by HKDF-SHA256 with a label of its own, so that
//! knowing or misusing one says nothing about another, even when the same secret was given for
//! several. The master comes from one of three places:
//!
//! | from | by |
//! |---|---|
//! | a file made at first start | [`Keys::load_or_create`] |
//! | a secret of the operator | [`Keys::derive`] (PBKDF2 with a stored random salt) |
//! | nowhere, for tests and memory stores | [`Keys::ephemeral`] |
//!
//! [`Keys`] is a ring: the current keys, and previous ones that still open what they sealed
//! ([`Keys::with_previous`]), so that a key can be exchanged without logging anyone out.
//!
//! Key bytes are wiped when the last clone is dropped and never printed.

mod derive;
mod error;
mod file;
mod material;
mod ring;
mod seal;

use std::fmt::Write as _;

use hkdf::{Hkdf, HmacImpl as _};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::derive::{DEFAULT_ITERATIONS, derive_key};
pub(crate) use self::derive::{MIN_ITERATIONS, check_secret};
pub use self::error::KeyError;
#[cfg(feature = "admin")]
pub(crate) use self::file::NAME as KEY_FILE;
#[cfg(feature = "disk")]
pub(crate) use self::file::private_directory;
pub use self::material::KeyMaterial;
pub use self::ring::Keys;
pub(crate) use self::seal::{open_with, seal_with};

/// What a key is for. Keys of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing access tokens.
    Jwt,
    /// Sealing stored records and hiding their ids.
    Storage,
    /// Sealing consent forms, cookies and what else travels through the browser.
    Consent,
    /// Authenticating the opaque handles that clients hold.
    Handles,
    /// Sealing what a call leaves with its client between two rounds of questions.
    Requests,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Jwt => b"fastmcp/1 jwt",
            Self::Storage => b"fastmcp/1 storage",
            Self::Consent => b"fastmcp/1 consent",
            Self::Handles => b"fastmcp/1 handles",
            Self::Requests => b"fastmcp/1 requests",
        }
    }
}

fn expand(master: &KeyMaterial, purpose: Purpose) -> KeyMaterial {
    subkey(master, &[], &[purpose.label()])
}

/// HKDF-SHA256 of `key` with `salt` and the length-prefixed `info`.
fn subkey(key: &KeyMaterial, salt: &[u8], info: &[&[u8]]) -> KeyMaterial {
    let mut bytes = Zeroizing::new([0; 32]);
    // 32 bytes are far below the 8,160 that HKDF-SHA256 can give, so this cannot fail.
    let expanded = Hkdf::<Sha256>::new(Some(salt), key.bytes()).expand(&framed(info), &mut *bytes);
    debug_assert!(expanded.is_ok());
    KeyMaterial::from(*bytes)
}

/// HMAC-SHA256 over `parts`, each with its length, so that no two lists look alike.
pub(crate) fn mac(key: &KeyMaterial, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hkdf::HmacImpl>::new_from_slice(key.bytes());
    for part in parts {
        mac.update(&length(part));
        mac.update(part);
    }
    mac.finalize().into()
}

/// `bytes` as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `parts` one after another, each preceded by its length.
pub(crate) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&length(part));
        bytes.extend_from_slice(part);
    }
    bytes
}

fn length(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}

#[cfg(test)]
mod tests;
