//! Tokens that strangers hand in, against a second verifier.
//!
//! The second verifier computes the signature itself and reads the payload with the ordinary JSON
//! parser. It knows our key, so it also makes genuine tokens of any payload: what such a token must
//! say is the other half of the question.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::assertion::{ALGORITHMS, Assertion};
use super::json::parse_object;
use super::key_set::KeySet;
use super::{AccessClaims, Claims, JwtIssuer, unverified_claims};
use crate::keys::{Keys, Purpose};
use crate::parts::fuzz::{edited, is_unambiguous};
use crate::parts::{Clock, Parts};

const NOW: u64 = 1_800_000_000;
const ISSUER: &str = "https://s.test";
const AUDIENCE: &str = "https://s.test/mcp";

struct World {
    issuer: JwtIssuer,
    /// The first part of each token of ours.
    header: String,
    key: Keys,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let Ok(mut parts) = Parts::system(Duration::from_secs(1)) else {
            unreachable!("TLS is there");
        };
        parts.clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(NOW));
        let key = Keys::from_master([7; 32]);
        let issuer = JwtIssuer::hs256(&key, ISSUER, &parts);
        let minted = issuer.mint(&access());
        let header = minted.ok().and_then(|token| {
            let (header, _) = token.expose().split_once('.')?;
            Some(header.to_owned())
        });
        World {
            issuer,
            header: header.unwrap_or_default(),
            key,
        }
    })
}

fn access() -> AccessClaims {
    AccessClaims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: "alice".to_owned(),
        client_id: "client".to_owned(),
        scope: ["read", "write"].into_iter().collect(),
        jti: "jti".to_owned(),
        iat: NOW,
        exp: NOW + 300,
        grant: "grant".to_owned(),
        extra: Claims::new(),
    }
}

/// A byte that chooses: a whole token, a payload that we sign, or changes to a token of ours.
pub fn jwt(data: &[u8]) {
    let Some((chosen, rest)) = data.split_first() else {
        return;
    };
    match chosen % 3 {
        0 => {
            if let Ok(token) = std::str::from_utf8(rest) {
                same_verdict(token);
                let _ = unverified_claims(token);
            }
        }
        1 => same_verdict(&signed(rest)),
        _ => {
            let Ok(genuine) = world().issuer.mint(&access()) else {
                panic!("nothing was minted");
            };
            let changed = edited(genuine.expose().as_bytes(), rest);
            let is_genuine = changed == genuine.expose().as_bytes();
            if let Ok(token) = String::from_utf8(changed) {
                let verified = world().issuer.verify(&token, AUDIENCE);
                assert_eq!(verified, is_genuine.then(access), "{token}");
            }
        }
    }
}

/// A token of ours with this payload.
fn signed(payload: &[u8]) -> String {
    let message = format!("{}.{}", world().header, URL_SAFE_NO_PAD.encode(payload));
    let signature = signature(message.as_bytes());
    format!("{message}.{signature}")
}

fn signature(message: &[u8]) -> String {
    let key = world().key.key(Purpose::Jwt).bytes();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("a key of any length is one");
    };
    mac.update(message);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn same_verdict(token: &str) {
    let verified = world().issuer.verify(token, AUDIENCE);
    let expected = by_hand(token);
    let own = verified.as_ref().map(AccessClaims::own);
    assert_eq!(own, expected, "{token}");
    assert!(
        world()
            .issuer
            .verify(token, "https://s.test/other")
            .is_none()
    );
}

/// The claims of ours that the token holds, if it is one.
fn by_hand(token: &str) -> Option<Claims> {
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, proof] = parts[..] else {
        return None;
    };
    let is_genuine = header == world().header
        && proof == signature(format!("{header}.{payload}").as_bytes())
        && token.len() <= 16 * 1024;
    let json = URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .filter(|_| is_genuine)?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    let said = |name: &str| claims.get(name).and_then(Value::as_str);
    let date = |name: &str| claims.get(name).and_then(Value::as_u64);
    let scopes = said("scope")?.split(' ').filter(|scope| !scope.is_empty());
    let scopes: BTreeSet<_> = scopes.collect();
    let is_scope = |scope: &&str| {
        let mut letters = scope.chars();
        letters.all(|c| ('!'..='~').contains(&c) && c != '"' && c != '\\')
    };
    let begun = claims
        .get("nbf")
        .is_none_or(|nbf| nbf.as_u64().is_some_and(|nbf| nbf <= NOW + 60));
    let is_live = said("iss")? == ISSUER
        && said("aud")? == AUDIENCE
        && date("iat")? <= NOW + 60
        && date("exp")? > NOW
        && begun
        && scopes.iter().all(is_scope)
        && is_unambiguous(&json);
    let mut own = Claims::new();
    for name in ["iss", "aud", "sub", "client_id", "jti", "grant"] {
        own.insert(name.to_owned(), said(name)?.into());
    }
    let scopes: Vec<_> = scopes.into_iter().collect();
    own.insert("scope".to_owned(), scopes.join(" ").into());
    for name in ["iat", "exp"] {
        own.insert(name.to_owned(), date(name)?.into());
    }
    is_live.then_some(own)
}

/// A client's assertion, or behind a line feed a key set to judge it by.
pub fn assertion(data: &[u8]) {
    let mut halves = data.splitn(2, |b| *b == b'\n');
    let text = halves
        .next()
        .and_then(|line| std::str::from_utf8(line).ok());
    let keys = halves.next().and_then(KeySet::parse);
    json(data);
    let Some(text) = text else {
        return;
    };
    let Some(assertion) = Assertion::read(text) else {
        return;
    };
    let parts: Vec<_> = text.split('.').collect();
    let [header, payload, _] = parts[..] else {
        panic!("{text}");
    };
    let decoded = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let (Some(header), Some(payload)) = (decoded(header), decoded(payload)) else {
        panic!("{text}");
    };
    assert!(
        header["alg"]
            .as_str()
            .is_some_and(|alg| ALGORITHMS.contains(&alg))
    );
    assert!(header.get("crit").is_none() && header.get("b64").is_none());
    if let Some(client) = assertion.client() {
        assert!(payload["iss"] == client && payload["sub"] == client);
    }
    if let Some((id, ends)) = assertion.standing(&[ISSUER], NOW) {
        assert!(payload["jti"] == id && payload["exp"] == ends);
        assert!(payload["aud"] == ISSUER || payload["aud"] == Value::from(vec![ISSUER]));
        assert!((NOW + 1..=NOW + 360).contains(&ends));
    }
    if let Some(keys) = keys {
        // Nobody has the private halves of the keys in the corpus.
        assert!(!assertion.is_signed_by(&keys), "{text}");
    }
}

/// The strict parser takes what the ordinary one takes, unless a name stands twice.
fn json(data: &[u8]) {
    let ordinary: Option<Claims> = serde_json::from_slice(data).ok();
    let expected = ordinary.filter(|_| is_unambiguous(data));
    assert_eq!(parse_object(data), expected);
}
