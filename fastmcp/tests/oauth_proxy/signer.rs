//! A client's own key pair, and what it signs with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use serde_json::{Value, json};

use crate::support::*;

/// What stands before the key of a 2,048-bit RSA key in PKCS #8.
const RSA_HEADER: usize = 26;
/// What stands before an Ed25519 key.
const ED_HEADER: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

pub(crate) struct Signer {
    pub(crate) kid: &'static str,
    name: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    /// A fresh pair for the algorithm of this name.
    pub(crate) fn new(name: &'static str, kid: &'static str) -> Self {
        let der = |algorithm| KeyPair::generate_for(algorithm).unwrap().serialize_der();
        let rsa = || EncodingKey::from_rsa_der(&der(&PKCS_RSA_SHA256)[RSA_HEADER..]);
        let (algorithm, key) = match name {
            "RS256" => (Algorithm::RS256, rsa()),
            "PS256" => (Algorithm::PS256, rsa()),
            "EdDSA" => {
                // Without the public half at its end, as RFC 8410 section 7 begins.
                let der = der(&PKCS_ED25519);
                let bare = [ED_HEADER, &der[ED_HEADER.len()..][..32]].concat();
                (Algorithm::EdDSA, EncodingKey::from_ed_der(&bare))
            }
            _ => {
                let der = der(&PKCS_ECDSA_P256_SHA256);
                (Algorithm::ES256, EncodingKey::from_ec_der(&der))
            }
        };
        Self {
            kid,
            name,
            algorithm,
            key,
        }
    }

    /// The public half as a JWK set.
    pub(crate) fn jwks(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = self.kid.into();
        jwk["use"] = "sig".into();
        json!({ "keys": [jwk] })
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": self.name, "kid": self.kid });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = crypto::sign(message.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }

    /// A good assertion of `client`.
    pub(crate) fn assertion(&self, client: &str, jti: &str) -> String {
        self.sign(&claims(client, jti))
    }
}

/// What a good assertion of `client` says, at the time when a server of these tests begins.
pub(crate) fn claims(client: &str, jti: &str) -> Value {
    json!({"iss": client, "sub": client, "aud": BASE, "exp": 1_800_000_060_u64, "jti": jti})
}
