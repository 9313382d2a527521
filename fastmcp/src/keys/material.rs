//! 32 bytes of key, wiped on drop, never printed.

use std::fmt;

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::KeyError;
use crate::secret::Secret;

/// A 256-bit key.
#[derive(Clone)]
pub struct KeyMaterial(Zeroizing<[u8; 32]>);

impl KeyMaterial {
    /// Reads a key that was written out: 32 bytes as base64 (either alphabet) or as 64
    /// hexadecimal digits. For a passphrase use [`derive_key`](super::derive_key) instead.
    ///
    /// # Errors
    /// It is anything else, or all its bytes are the same.
    pub fn parse(text: &Secret) -> Result<Self, KeyError> {
        let text = text.expose().trim();
        let bytes = from_hex(text)
            .or_else(|| from_base64(text))
            .ok_or(KeyError::NotAKey)?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(KeyError::Placeholder);
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn from_base64(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let alphabets: [&GeneralPurpose; 3] = [&URL_SAFE_NO_PAD, &URL_SAFE, &STANDARD];
    alphabets.into_iter().find_map(|alphabet| {
        let bytes = Zeroizing::new(alphabet.decode(text).ok()?);
        <[u8; 32]>::try_from(bytes.as_slice())
            .ok()
            .map(Zeroizing::new)
    })
}

impl From<[u8; 32]> for KeyMaterial {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
