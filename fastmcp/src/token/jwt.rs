//! This server's access tokens: JWTs of one exact form (RFC 9068), minted and verified here.
//!
//! The header is a constant of the key: `alg`, `kid` and `typ: at+jwt`. A token is accepted only
//! if its first part is that constant to the byte, so there is no algorithm to choose, no `crit`
//! to honour, no URL to follow and no key id to look up. Then signature, then strict JSON, then
//! issuer, audience and dates; failing any of them is the same `None`.
//!
//! HS256 with the derived key needs nobody's public key; ES256 with a configured key pair
//! publishes a JWKS, and may go on accepting an earlier pair while tokens of it live.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::jws::{self, Compact, SKEW};
use super::{AccessClaims, Claims, claims, install_crypto_provider};
use crate::keys::{KeyError, KeyMaterial, Keys, Purpose, derive_key};
use crate::parts::{Clock, Parts};
use crate::secret::Secret;

/// Longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;
/// Most JSON in one payload; with header and signature the token then stays below 4 KiB.
const MAX_PAYLOAD: usize = 2_800;

/// Mints and verifies access tokens. Cheap to clone.
#[derive(Clone)]
pub struct JwtIssuer(Arc<Inner>);

struct Inner {
    issuer: String,
    clock: Clock,
    signing_key: EncodingKey,
    /// The current key first; then earlier ones whose tokens may still live.
    accepted: Vec<Accepted>,
}

#[derive(Clone)]
struct Accepted {
    algorithm: Algorithm,
    header: String,
    key: DecodingKey,
    jwk: Option<Value>,
}

impl JwtIssuer {
    /// An issuer that signs with the derived key of [`Purpose::Jwt`] and accepts what previous
    /// keys signed.
    pub fn hs256(keys: &Keys, issuer: &str, parts: &Parts) -> Self {
        install_crypto_provider();
        let signing_key = EncodingKey::from_secret(keys.key(Purpose::Jwt).bytes());
        let accepted = keys.each().map(|keys| accept_hs256(&keys)).collect();
        Self::new(issuer, parts, signing_key, accepted)
    }

    /// An issuer that signs with a P-256 private key in PKCS #8 (`-----BEGIN PRIVATE KEY-----`)
    /// and publishes its public half.
    ///
    /// # Errors
    /// The text is not such a key.
    pub fn es256(pem: &Secret, issuer: &str, parts: &Parts) -> Result<Self, KeyError> {
        install_crypto_provider();
        let der = der_of(pem.expose()).ok_or(KeyError::NotAKey)?;
        let signing_key = EncodingKey::from_ec_der(&der);
        let accepted = accept_es256(&signing_key).ok_or(KeyError::NotAKey)?;
        Ok(Self::new(issuer, parts, signing_key, vec![accepted]))
    }

    /// A signing key from a secret: PBKDF2-HMAC-SHA256 with `iterations`, for
    /// [`Keys::with_jwt_key`].
    ///
    /// The salt is the constant text `fastmcp/1 jwt_signing_key`, so that the same secret gives
    /// the same key on every node without a store. Against guessing, only the secret's own
    /// strength counts then; prefer [`Keys::derive`], whose salt is random and stored.
    ///
    /// # Errors
    /// A secret or an iteration count that is too weak (fewer than 100,000).
    pub fn derive_key(secret: &Secret, iterations: u32) -> Result<KeyMaterial, KeyError> {
        derive_key(secret, b"fastmcp/1 jwt_signing_key", iterations)
    }

    fn new(issuer: &str, parts: &Parts, signing_key: EncodingKey, accepted: Vec<Accepted>) -> Self {
        Self(Arc::new(Inner {
            issuer: issuer.to_owned(),
            clock: parts.clock.clone(),
            signing_key,
            accepted,
        }))
    }

    /// The same issuer, which also accepts (and publishes) the keys of an earlier one.
    #[must_use]
    pub fn also_accepting(self, earlier: &Self) -> Self {
        let accepted = [&self.0.accepted[..], &earlier.0.accepted[..]].concat();
        Self(Arc::new(Inner {
            issuer: self.0.issuer.clone(),
            clock: self.0.clock.clone(),
            signing_key: self.0.signing_key.clone(),
            accepted,
        }))
    }

    /// The public keys as a JWK set (RFC 7517 section 5), where there are any.
    pub fn jwks(&self) -> Option<Value> {
        let keys: Vec<_> = self
            .0
            .accepted
            .iter()
            .filter_map(|key| key.jwk.clone())
            .collect();
        (!keys.is_empty()).then(|| json!({ "keys": keys }))
    }

    /// The issuer that tokens name.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// A token that says `access`. Extra claims that would make it longer than 4 KiB are left out,
    /// with a warning in the log.
    ///
    /// # Errors
    /// The claims alone are too long, or the key cannot sign.
    pub fn mint(&self, access: &AccessClaims) -> Result<Secret, MintError> {
        let payload = serde_json::to_vec(&with_extra(access)).map_err(|_| MintError::Signing)?;
        let current = self.0.accepted.first().ok_or(MintError::Signing)?;
        let mut token = format!("{}.{}", current.header, URL_SAFE_NO_PAD.encode(payload));
        let signature = crypto::sign(token.as_bytes(), &self.0.signing_key, current.algorithm)
            .map_err(|_| MintError::Signing)?;
        token.push('.');
        token.push_str(&signature);
        if token.len() > MAX_TOKEN {
            return Err(MintError::TooLong);
        }
        Ok(Secret::from(token))
    }

    /// What `token` says, if it is a live access token of this issuer for `audience`.
    pub fn verify(&self, token: &str, audience: &str) -> Option<AccessClaims> {
        let jws = Compact::parse(token, MAX_TOKEN)?;
        let accepted = self
            .0
            .accepted
            .iter()
            .find(|accepted| accepted.header == jws.header)?;
        let message = jws.message.as_bytes();
        let genuine = crypto::verify(jws.signature, message, &accepted.key, accepted.algorithm);
        if !matches!(genuine, Ok(true)) {
            return None;
        }
        let object = jws::decode(jws.payload)?;
        let now = self.0.clock.now();
        let begun = jws::not_after(&object, "nbf", now.saturating_add(SKEW));
        let access = AccessClaims::from_object(object)?;
        let valid = begun
            && access.iss == self.0.issuer
            && access.aud == audience
            && access.iat <= now.saturating_add(SKEW)
            && access.exp > now;
        valid.then_some(access)
    }
}

impl fmt::Debug for JwtIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtIssuer")
            .field("issuer", &self.0.issuer)
            .finish_non_exhaustive()
    }
}

/// The first part of every token of one key.
fn header(algorithm: &str, kid: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(
        r#"{{"alg":"{algorithm}","kid":"{kid}","typ":"at+jwt"}}"#
    ))
}

fn with_extra(access: &AccessClaims) -> Claims {
    let mut object = access.own();
    let length = |value: &Value| serde_json::to_vec(value).map_or(usize::MAX, |json| json.len());
    let mut total = object
        .iter()
        .map(|(name, value)| name.len() + length(value) + 4)
        .sum::<usize>();
    for (name, value) in &access.extra {
        let more = length(value).saturating_add(name.len() + 4);
        if claims::is_protected(name) || object.contains_key(name) {
            continue;
        }
        if total.saturating_add(more) > MAX_PAYLOAD {
            tracing::warn!(
                claim = name,
                "claim left out: the access token would be too long"
            );
            continue;
        }
        total += more;
        object.insert(name.clone(), value.clone());
    }
    object
}

fn accept_hs256(keys: &Keys) -> Accepted {
    let kid = URL_SAFE_NO_PAD.encode(&keys.mac(Purpose::Jwt, &[b"kid"])[..8]);
    Accepted {
        algorithm: Algorithm::HS256,
        header: header("HS256", &kid),
        key: DecodingKey::from_secret(keys.key(Purpose::Jwt).bytes()),
        jwk: None,
    }
}

fn accept_es256(key: &EncodingKey) -> Option<Accepted> {
    let jwk = Jwk::from_encoding_key(key, Algorithm::ES256).ok()?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
    let AlgorithmParameters::EllipticCurve(point) = &jwk.algorithm else {
        return None;
    };
    Some(Accepted {
        algorithm: Algorithm::ES256,
        header: header("ES256", &kid),
        key: DecodingKey::from_ec_components(&point.x, &point.y).ok()?,
        jwk: Some(json!({
            "kty": "EC", "crv": "P-256", "x": point.x, "y": point.y,
            "alg": "ES256", "use": "sig", "kid": kid,
        })),
    })
}

/// The bytes between the lines of a PKCS #8 PEM.
fn der_of(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = pem.trim().strip_prefix("-----BEGIN PRIVATE KEY-----")?;
    let body = body.strip_suffix("-----END PRIVATE KEY-----")?;
    let mut text = Zeroizing::new(body.to_owned());
    text.retain(|c| !c.is_ascii_whitespace());
    STANDARD.decode(text.as_bytes()).ok().map(Zeroizing::new)
}

/// Why no token was minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MintError {
    /// Subject, scopes and the other claims of our own do not fit into a token.
    TooLong,
    /// The key did not sign.
    Signing,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the access token would be too long",
            Self::Signing => "the access token could not be signed",
        })
    }
}

impl std::error::Error for MintError {}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
