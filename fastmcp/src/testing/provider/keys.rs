//! RS256 keys of a provider, new for each.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::base64url;

/// What precedes the PKCS#1 key in the PKCS#8 form of every RSA-2048 key.
const PKCS8_HEADER: usize = 26;

/// The published key and one that nobody knows.
pub(super) struct Keys {
    published: EncodingKey,
    /// Made when it is asked for: making one takes a while.
    foreign: OnceLock<EncodingKey>,
    set: Value,
}

impl Keys {
    pub(super) fn generate() -> Self {
        let published = generate();
        let key = Jwk::from_encoding_key(&published, Algorithm::RS256).expect("an RSA key");
        let mut key = serde_json::to_value(key).expect("a key is JSON");
        key["kid"] = json!("idp-1");
        key["use"] = json!("sig");
        let set = json!({ "keys": [key] });
        Self {
            published,
            foreign: OnceLock::new(),
            set,
        }
    }

    /// The JSON Web Key Set.
    pub(super) fn set(&self) -> &Value {
        &self.set
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        encode(&self.published, claims)
    }

    /// Says `idp-1`, but is signed by another key.
    pub(super) fn sign_with_foreign_key(&self, claims: &Value) -> String {
        encode(self.foreign.get_or_init(generate), claims)
    }
}

/// A token with `alg: none`.
pub(super) fn unsigned(claims: &Value) -> String {
    let header = base64url(br#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", base64url(claims.to_string().as_bytes()))
}

fn encode(key: &EncodingKey, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("idp-1".into());
    jsonwebtoken::encode(&header, claims, key).expect("an RSA key signs")
}

fn generate() -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("enough randomness for a key");
    let pkcs8 = pair.as_der().expect("a key has a DER form");
    EncodingKey::from_rsa_der(&pkcs8.as_ref()[PKCS8_HEADER..])
}
