//! An OpenID provider's key: publishes itself and signs ID tokens, good and bad.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::stub::parts;
use crate::secret::Secret;
use crate::token::JwtIssuer;

// Made for these tests alone.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfHurmxJnaFEA54Kb
GDnnnqXyJ7JpUBpI9g1RIb+FxE6hRANCAAQsNd3DHnBqGsTidVYwrnmlmtvGOFZY
p6dag9lmaBMt5+RR5do+h7Op1RSGbeOKsdeCXMfdhjB3cG2V92ZE2Kqf
-----END PRIVATE KEY-----";

/// The key set document.
pub(super) fn key_set() -> Value {
    let issuer = JwtIssuer::es256(&Secret::from(PEM), "x", &parts()).unwrap();
    issuer.jwks().unwrap()
}

/// `claims` as a genuine token.
pub(super) fn sign(claims: &Value) -> String {
    let header = json!({ "alg": "ES256", "kid": key_set()["keys"][0]["kid"], "typ": "JWT" });
    let message = format!("{}.{}", encode(&header), encode(claims));
    let der: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    let key = EncodingKey::from_ec_der(&STANDARD.decode(der).unwrap());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::ES256).unwrap();
    format!("{message}.{signature}")
}

/// `claims` with `"alg": "none"`.
pub(super) fn unsigned(claims: &Value) -> String {
    format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(claims))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
