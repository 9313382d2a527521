//! A fetched JWK set (RFC 7517): the usable public keys in it.
//!
//! Keys that cannot be used (symmetric, for encryption, of unknown type, malformed) are left out
//! one by one, so that a provider may add a kind of key that we do not know.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, crypto};
use serde_json::Value;

use super::jws::Compact;

/// Keys beyond this number are not looked at.
const MAX_KEYS: usize = 100;

/// What a signed token's header may name as `alg`: public-key algorithms only.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    })
}

pub(crate) struct KeySet(Vec<PublicKey>);

struct PublicKey {
    kid: Option<String>,
    /// The one algorithm that the set allows for it, if it says so.
    algorithm: Option<String>,
    key: DecodingKey,
}

impl KeySet {
    /// Reads a JWK set; `None` if it is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        Self::of(serde_json::from_slice(bytes).ok()?)
    }

    /// The same of a set that was read.
    pub(crate) fn of(mut set: Value) -> Option<Self> {
        let Some(Value::Array(keys)) = set.get_mut("keys").map(Value::take) else {
            return None;
        };
        Some(Self(
            keys.into_iter()
                .take(MAX_KEYS)
                .filter_map(public_key)
                .collect(),
        ))
    }

    /// Whether no key of it can be used.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the keys is called `kid`; any set has what is not named.
    pub(crate) fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none() || self.0.iter().any(|key| key.kid.as_deref() == kid)
    }

    /// Whether one of the keys that may have signed did.
    pub(super) fn verifies(&self, jws: Compact<'_>, kid: Option<&str>, alg: &str) -> bool {
        let Some(algorithm) = algorithm(alg) else {
            return false;
        };
        let candidates = self.0.iter().filter(|key| {
            (kid.is_none() || key.kid.as_deref() == kid)
                && key.algorithm.as_deref().is_none_or(|only| only == alg)
                && key.key.family() == algorithm.family()
        });
        // Without a name, only so many keys are tried.
        candidates.take(8).any(|key| {
            let message = jws.message.as_bytes();
            matches!(
                crypto::verify(jws.signature, message, &key.key, algorithm),
                Ok(true)
            )
        })
    }
}

fn public_key(value: Value) -> Option<PublicKey> {
    let algorithm = value.get("alg").and_then(Value::as_str).map(str::to_owned);
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let signs = matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    );
    let symmetric = matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_));
    if !signs || symmetric {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let public = key.family() != AlgorithmFamily::Hmac;
    public.then_some(PublicKey {
        kid: jwk.common.key_id,
        algorithm,
        key,
    })
}
