//! The ring: current keys that make things, and previous ones that still know their own.
//!
//! | thing | made with | accepted from |
//! |---|---|---|
//! | sealed record | current storage key | the key whose fingerprint it names |
//! | sealed form, cookie, `state`, code | current key | any key of the ring |
//! | access token | current signing key | the key whose `kid` it names |
//!
//! Nothing but time and the re-sealing of records ends the need for a previous key.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::seal::{from_text, to_text};
use super::{KeyError, KeyMaterial, Purpose, derive_key, expand, hex, mac, open_with, seal_with};
use crate::parts::Random;
use crate::secret::Secret;

/// Shorter proofs are not looked at.
const MIN_PROOF: usize = 16;

/// The keys of one server, one for each [`Purpose`], and previous ones.
///
/// ```
/// use fastmcp::keys::Keys;
///
/// let old = Keys::from_master([1; 32]);
/// let new = Keys::from_master([2; 32]).with_previous(&old);
/// assert_eq!(new.ids().collect::<Vec<_>>(), [new.id(), old.id()]);
/// ```
#[derive(Clone)]
pub struct Keys {
    current: Arc<Set>,
    previous: Vec<Arc<Set>>,
}

/// The keys that came of one master.
#[derive(Clone)]
struct Set {
    jwt: KeyMaterial,
    storage: KeyMaterial,
    consent: KeyMaterial,
    handles: KeyMaterial,
    requests: KeyMaterial,
    id: String,
}

impl Set {
    fn key(&self, purpose: Purpose) -> &KeyMaterial {
        match purpose {
            Purpose::Jwt => &self.jwt,
            Purpose::Storage => &self.storage,
            Purpose::Consent => &self.consent,
            Purpose::Handles => &self.handles,
            Purpose::Requests => &self.requests,
        }
    }
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
        let current = Set {
            jwt: expand(&master, Purpose::Jwt),
            consent: expand(&master, Purpose::Consent),
            handles: expand(&master, Purpose::Handles),
            requests: expand(&master, Purpose::Requests),
            id: fingerprint(&storage),
            storage,
        };
        Self::alone(Arc::new(current))
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

    /// The same keys, which also open and accept what `earlier` (and what it accepts) made.
    ///
    /// To exchange the keys of several nodes without a failed request, first restart each with the
    /// new keys as previous ones, then each with the two exchanged.
    #[must_use]
    pub fn with_previous(mut self, earlier: &Self) -> Self {
        self.previous.extend(earlier.sets().cloned());
        self
    }

    /// The same keys with the one that signs tokens made from `key` instead.
    #[must_use]
    pub fn with_jwt_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|set| set.jwt = expand(&key.into(), Purpose::Jwt))
    }

    /// The same keys with the one that seals the store made from `key` instead.
    #[must_use]
    pub fn with_storage_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|set| {
            set.storage = expand(&key.into(), Purpose::Storage);
            set.id = fingerprint(&set.storage);
        })
    }

    /// The same keys with the one that seals consent made from `key` instead.
    #[must_use]
    pub fn with_consent_key(self, key: impl Into<KeyMaterial>) -> Self {
        self.change(|set| set.consent = expand(&key.into(), Purpose::Consent))
    }

    /// Fingerprint of the current storage key: eight hexadecimal digits that say nothing about it.
    pub fn id(&self) -> &str {
        &self.current.id
    }

    /// Fingerprints of all storage keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sets().map(|set| set.id.as_str())
    }

    /// Each set of keys by itself, the current one first.
    pub(crate) fn each(&self) -> impl Iterator<Item = Self> + '_ {
        self.sets().map(|set| Self::alone(Arc::clone(set)))
    }

    /// HMAC-SHA256 over `parts` by the current key; see [`Keys::made`].
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        mac(self.current.key(purpose), parts)
    }

    /// Whether any key of the ring gave `proof`, the beginning of [`Keys::mac`] over `parts`, at
    /// least 16 bytes; compared in constant time.
    pub fn made(&self, purpose: Purpose, parts: &[&[u8]], proof: &[u8]) -> bool {
        self.maker(purpose, parts, proof).is_some()
    }

    /// The keys, by themselves, that gave `proof`.
    pub(crate) fn maker(&self, purpose: Purpose, parts: &[&[u8]], proof: &[u8]) -> Option<Self> {
        let is_maker = |set: &&Arc<Set>| {
            let mac = mac(set.key(purpose), parts);
            let given = mac.get(..proof.len()).filter(|_| proof.len() >= MIN_PROOF);
            given.is_some_and(|given| given.ct_eq(proof).into())
        };
        self.sets()
            .find(is_maker)
            .map(|set| Self::alone(Arc::clone(set)))
    }

    /// Seals `plaintext` for `purpose` as base64url text; `aad` must be given again to open it.
    pub fn seal(&self, purpose: Purpose, aad: &[u8], plaintext: &[u8], random: &Random) -> String {
        let key = self.current.key(purpose);
        to_text(&seal_with(key, b"text", aad, plaintext, random))
    }

    /// What [`Keys::seal`] of any key of the ring sealed, or `None` for anything else.
    pub fn open(&self, purpose: Purpose, aad: &[u8], text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = from_text(text)?;
        self.sets()
            .find_map(|set| open_with(set.key(purpose), b"text", aad, &sealed))
    }

    pub(crate) fn key(&self, purpose: Purpose) -> &KeyMaterial {
        self.current.key(purpose)
    }

    /// The storage key of this fingerprint.
    pub(crate) fn storage_key(&self, id: &str) -> Option<&KeyMaterial> {
        let set = self.sets().find(|set| set.id == id)?;
        Some(&set.storage)
    }

    fn alone(set: Arc<Set>) -> Self {
        Self {
            current: set,
            previous: Vec::new(),
        }
    }

    fn sets(&self) -> impl Iterator<Item = &Arc<Set>> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    fn change(self, change: impl FnOnce(&mut Set)) -> Self {
        let mut set = Arc::unwrap_or_clone(self.current);
        change(&mut set);
        Self {
            current: Arc::new(set),
            previous: self.previous,
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("id", &self.id())
            .field("previous", &self.ids().skip(1).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn fingerprint(storage: &KeyMaterial) -> String {
    hex(&mac(storage, &[b"fastmcp/1 fingerprint"])[..4])
}
