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
//! Key bytes are wiped when the last clone is dropped and never printed.

mod derive;
mod error;
mod file;
mod material;
mod seal;

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use hkdf::{Hkdf, HmacImpl as _};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) use self::derive::check_secret;
pub use self::derive::{DEFAULT_ITERATIONS, derive_key};
pub use self::error::KeyError;
#[cfg(feature = "disk")]
pub(crate) use self::file::private_directory;
pub use self::material::KeyMaterial;
pub(crate) use self::seal::{open_with, seal_with};
use crate::parts::Random;
use crate::secret::Secret;

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
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Jwt => b"fastmcp/1 jwt",
            Self::Storage => b"fastmcp/1 storage",
            Self::Consent => b"fastmcp/1 consent",
            Self::Handles => b"fastmcp/1 handles",
        }
    }
}

/// The keys of one server, one for each [`Purpose`].
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    jwt: KeyMaterial,
    storage: KeyMaterial,
    consent: KeyMaterial,
    handles: KeyMaterial,
    id: String,
}

impl Keys {
    /// Keys that end with the process.
    pub fn ephemeral(random: &Random) -> Self {
        Self::from_master(random.bytes::<32>())
    }

    /// Keys from a master key of full strength.
    pub fn from_master(master: impl Into<KeyMaterial>) -> Self {
        let master = master.into();
        let storage = expand(&master, Purpose::Storage);
        Self(Arc::new(Inner {
            jwt: expand(&master, Purpose::Jwt),
            consent: expand(&master, Purpose::Consent),
            handles: expand(&master, Purpose::Handles),
            id: fingerprint(&storage),
            storage,
        }))
    }

    /// Keys from a secret of the operator: PBKDF2-HMAC-SHA256 over `secret` with the random `salt`
    /// that `store::salt` keeps beside the data. It takes a noticeable part of a second: run it
    /// where blocking is allowed.
    ///
    /// # Errors
    /// A secret or an iteration count that is too weak.
    pub fn derive(secret: &Secret, salt: &[u8; 16], iterations: u32) -> Result<Self, KeyError> {
        derive_key(secret, salt, iterations).map(Self::from_master)
    }

    /// The same keys with the one that signs tokens made from `key` instead.
    #[must_use]
    pub fn with_jwt_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|inner| inner.jwt = expand(&key.into(), Purpose::Jwt))
    }

    /// The same keys with the one that seals the store made from `key` instead.
    #[must_use]
    pub fn with_storage_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|inner| {
            inner.storage = expand(&key.into(), Purpose::Storage);
            inner.id = fingerprint(&inner.storage);
        })
    }

    /// The same keys with the one that seals consent made from `key` instead.
    #[must_use]
    pub fn with_consent_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|inner| inner.consent = expand(&key.into(), Purpose::Consent))
    }

    fn change(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// Fingerprint of the storage key: eight hexadecimal digits that say nothing about it.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// HMAC-SHA256 over `parts`, each with its length, so that no two lists look alike.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        mac(self.key(purpose), parts)
    }

    /// Seals `plaintext` for `purpose` as base64url text; `aad` must be given again to open it.
    pub fn seal(&self, purpose: Purpose, aad: &[u8], plaintext: &[u8], random: &Random) -> String {
        seal::to_text(&seal_with(
            self.key(purpose),
            b"text",
            aad,
            plaintext,
            random,
        ))
    }

    /// What [`Keys::seal`] sealed, or `None` for anything else.
    pub fn open(&self, purpose: Purpose, aad: &[u8], text: &str) -> Option<Zeroizing<Vec<u8>>> {
        open_with(self.key(purpose), b"text", aad, &seal::from_text(text)?)
    }

    pub(crate) fn key(&self, purpose: Purpose) -> &KeyMaterial {
        match purpose {
            Purpose::Jwt => &self.0.jwt,
            Purpose::Storage => &self.0.storage,
            Purpose::Consent => &self.0.consent,
            Purpose::Handles => &self.0.handles,
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("id", &self.0.id)
            .finish_non_exhaustive()
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

fn mac(key: &KeyMaterial, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hkdf::HmacImpl>::new_from_slice(key.bytes());
    for part in parts {
        mac.update(&length(part));
        mac.update(part);
    }
    mac.finalize().into()
}

fn fingerprint(storage: &KeyMaterial) -> String {
    hex(&mac(storage, &[b"fastmcp/1 fingerprint"])[..4])
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
