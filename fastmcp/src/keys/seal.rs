//! Authenticated encryption: AES-256-GCM under a key used once.
//!
//! Layout: salt (16) ‖ nonce (12) ‖ ciphertext and tag. Each message has its own key, derived from
//! the purpose's key with the random salt, so the birthday bound of 96-bit nonces is never met.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyMaterial, subkey};
use crate::parts::Random;

const SALT: usize = 16;
const NONCE: usize = 12;

/// Seals `plaintext`; `context` separates uses of the same key, `aad` is authenticated with it.
pub(crate) fn seal_with(
    key: &KeyMaterial,
    context: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    random: &Random,
) -> Vec<u8> {
    let salt = random.bytes::<SALT>();
    let nonce = random.bytes::<NONCE>();
    // With room for the tag, so that growing never leaves a copy of the plaintext behind.
    let mut buffer = Vec::with_capacity(plaintext.len() + 16);
    buffer.extend_from_slice(plaintext);
    let sealed = cipher(key, &salt, context).encrypt_in_place(&nonce.into(), aad, &mut buffer);
    if sealed.is_err() {
        // Only for 64 GiB and more. What is returned then opens as nothing.
        Zeroizing::new(std::mem::take(&mut buffer));
    }
    [&salt[..], &nonce, &buffer].concat()
}

/// What was sealed with the same key, context and `aad`.
pub(crate) fn open_with(
    key: &KeyMaterial,
    context: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, rest) = sealed.split_first_chunk::<SALT>()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    cipher(key, salt, context)
        .decrypt_in_place(&(*nonce).into(), aad, &mut *buffer)
        .ok()?;
    Some(buffer)
}

fn cipher(key: &KeyMaterial, salt: &[u8], context: &[u8]) -> Aes256Gcm {
    let key = subkey(key, salt, &[b"fastmcp/1 seal", context]);
    Aes256Gcm::new(&(*key.bytes()).into())
}

pub(super) fn to_text(sealed: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sealed)
}

pub(super) fn from_text(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
