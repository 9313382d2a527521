//! The opaque strings that leave the server: state, authorization code, refresh token.
//!
//! Each one names its record by id and proves by a MAC that this server made it, so a forged or
//! altered handle is refused before the store is asked, and nothing that is stored can be turned
//! back into one.
//!
//! | handle | bytes, in base64url | proof |
//! |---|---|---|
//! | state | login id 16, MAC 16 | a handle key of the server's ring over the id |
//! | code | login id 16, MAC 32 | a handle key of the server's ring over the id |
//! | refresh token | grant id 16, generation 4, MAC 32 | the grant's own secret over id and generation |
//!
//! A refresh token does not depend on the server's keys, so these can be exchanged without
//! logging anyone out; and the successor of a token can be computed again, which is what lets a
//! lost answer be answered again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::keys::{Keys, Purpose, framed};
use crate::secret::Secret;

const ID: usize = 16;

/// Id of a login, and of the grant that comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GrantId([u8; ID]);

impl GrantId {
    /// The id of the login whose sealed request carries `transaction`, which is random and secret.
    /// No key is in it, so that a page is decided once even while keys are exchanged.
    pub(super) fn of_transaction(transaction: &str) -> Self {
        let hash = Sha256::digest(framed(&[b"fastmcp login", transaction.as_bytes()]));
        let mut id = [0; ID];
        id.copy_from_slice(&hash[..ID]);
        Self(id)
    }

    /// The bytes under which the record is kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id of a record that is kept under `bytes`.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The id as text, for the grant claim of an access token.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads what [`GrantId::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        decode::<ID>(text).map(Self)
    }

    pub(super) fn state(self, keys: &Keys) -> Secret {
        let mac = keys.mac(Purpose::Handles, &[b"state", &self.0]);
        encode(&[&self.0, &mac[..16]])
    }

    pub(super) fn from_state(state: &str, keys: &Keys) -> Option<Self> {
        let bytes = decode::<{ ID + 16 }>(state)?;
        let id = Self::first(&bytes);
        id.state_maker(&bytes, keys).map(|_| id)
    }

    fn state_maker(self, state: &[u8], keys: &Keys) -> Option<Keys> {
        keys.maker(Purpose::Handles, &[b"state", &self.0], &state[ID..])
    }

    pub(super) fn code(self, keys: &Keys) -> Secret {
        let mac = keys.mac(Purpose::Handles, &[b"code", &self.0]);
        encode(&[&self.0, &mac])
    }

    pub(super) fn from_code(code: &str, keys: &Keys) -> Option<Self> {
        let bytes = decode::<{ ID + 32 }>(code)?;
        let id = Self::first(&bytes);
        keys.made(Purpose::Handles, &[b"code", &id.0], &bytes[ID..])
            .then_some(id)
    }

    fn first(bytes: &[u8]) -> Self {
        let mut id = [0; ID];
        id.copy_from_slice(&bytes[..ID]);
        Self(id)
    }
}

/// Those of `keys` that made `state`: what else was derived from it then can be derived again, even
/// if the keys were exchanged meanwhile.
pub fn keys_of_state(state: &str, keys: &Keys) -> Option<Keys> {
    let bytes = decode::<{ ID + 16 }>(state)?;
    GrantId::first(&bytes).state_maker(&bytes, keys)
}

/// A refresh token taken apart; not yet proven.
pub(super) struct RefreshHandle {
    pub(super) grant: GrantId,
    pub(super) generation: u32,
    proof: [u8; 32],
}

impl RefreshHandle {
    pub(super) fn parse(token: &str) -> Option<Self> {
        let bytes = decode::<{ ID + 4 + 32 }>(token)?;
        let (mut generation, mut proof) = ([0; 4], [0; 32]);
        generation.copy_from_slice(&bytes[ID..ID + 4]);
        proof.copy_from_slice(&bytes[ID + 4..]);
        Some(Self {
            grant: GrantId::first(&bytes),
            generation: u32::from_be_bytes(generation),
            proof,
        })
    }

    /// Whether the holder of the grant's `secret` made this token.
    pub(super) fn proven_by(&self, secret: &[u8]) -> bool {
        prove(secret, self.grant, self.generation)
            .is_some_and(|proof| proof.ct_eq(&self.proof).into())
    }
}

/// The refresh token of `generation`.
pub(super) fn refresh_token(secret: &[u8], grant: GrantId, generation: u32) -> Secret {
    let proof = prove(secret, grant, generation).unwrap_or_default();
    encode(&[&grant.0, &generation.to_be_bytes(), &proof])
}

fn prove(secret: &[u8], grant: GrantId, generation: u32) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(b"fastmcp refresh token");
    mac.update(&grant.0);
    mac.update(&generation.to_be_bytes());
    Some(mac.finalize().into_bytes().into())
}

fn encode(parts: &[&[u8]]) -> Secret {
    Secret::from(URL_SAFE_NO_PAD.encode(parts.concat()))
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    // Longer texts are refused unread.
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
