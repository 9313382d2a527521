use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::spec::Scopes;

const NOW: u64 = 1_800_000_000;
const ISSUER: &str = "https://s.test";
const AUDIENCE: &str = "https://s.test/mcp";

// Made for these tests alone.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge392gENm8bu82COX
TN+poKbyq08RHBEzNcPjbyRK0sOhRANCAASZJ6nIQDnPCuMNwYyPq23QfPWD+zzu
sYuFa/NJZ+7nJb6B/HK686siVJq4N+e1s4oY5oQTfUKNp7boBS1+bujT
-----END PRIVATE KEY-----";
const OTHER_PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkcn0n9Qk+BpqoMu2
dPiPSJWxWJGu1iUajlSsEdcHqt+hRANCAAS03chwy4RY9VWPbupEi0SxuepGqrEF
IDzrSGc/HyKKIPyHsLr3FhFcLUdAi+tCDPcvEwzTRIYT4Qn06h3fWy1S
-----END PRIVATE KEY-----";

fn parts(now: u64) -> Parts {
    let mut parts = Parts::system(Duration::from_secs(1)).unwrap();
    parts.clock = Clock::new(move || UNIX_EPOCH + Duration::from_secs(now));
    parts
}

fn keys(byte: u8) -> Keys {
    Keys::from_master([byte; 32])
}

fn issuer() -> JwtIssuer {
    JwtIssuer::hs256(&keys(1), ISSUER, &parts(NOW))
}

fn access() -> AccessClaims {
    AccessClaims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: "alice".to_owned(),
        client_id: "client".to_owned(),
        scope: Scopes::parse("read write").unwrap(),
        jti: "jti".to_owned(),
        iat: NOW,
        exp: NOW + 300,
        grant: "grant".to_owned(),
        extra: Claims::new(),
    }
}

fn encode(part: &str) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// Signed with the issuer's own key, whatever header and payload are.
fn forge(header: &str, payload: &str) -> String {
    let message = format!("{header}.{}", encode(payload));
    let key = EncodingKey::from_secret(keys(1).key(Purpose::Jwt).bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn own_header() -> String {
    issuer().0.accepted[0].header.clone()
}

fn payload(change: impl FnOnce(&mut Claims)) -> String {
    let mut object = access().own();
    change(&mut object);
    serde_json::to_string(&object).unwrap()
}

#[test]
fn what_is_minted_is_verified() {
    let es256 = JwtIssuer::es256(&Secret::from(PEM), ISSUER, &parts(NOW)).unwrap();
    for issuer in [issuer(), es256] {
        let mut claims = access();
        claims.extra.insert("email".to_owned(), json!("a@b.test"));
        let token = issuer.mint(&claims).unwrap();
        assert_eq!(issuer.verify(token.expose(), AUDIENCE), Some(claims));
        let header = jws::decode(token.expose().split('.').next().unwrap()).unwrap();
        assert_eq!(header["typ"], "at+jwt");
        assert!(header["kid"].is_string());
    }
}

#[test]
fn audience_issuer_and_key_are_exact() {
    let token = issuer().mint(&access()).unwrap();
    for audience in [
        "https://s.test/mcp/",
        "https://s.test",
        "https://other.test/mcp",
        "",
    ] {
        assert_eq!(issuer().verify(token.expose(), audience), None);
    }
    let other = JwtIssuer::hs256(&keys(1), "https://b.test", &parts(NOW));
    assert_eq!(other.verify(token.expose(), AUDIENCE), None);
    let other = JwtIssuer::hs256(&keys(2), ISSUER, &parts(NOW));
    assert_eq!(other.verify(token.expose(), AUDIENCE), None);
    let list = payload(|claims| {
        claims.insert("aud".to_owned(), json!([AUDIENCE]));
    });
    assert_eq!(
        issuer().verify(&forge(&own_header(), &list), AUDIENCE),
        None
    );
}

#[test]
fn any_other_header_is_refused() {
    let issuer = issuer();
    let kid = URL_SAFE_NO_PAD.encode(&keys(1).mac(Purpose::Jwt, &[b"kid"])[..8]);
    let good = format!(r#"{{"alg":"HS256","kid":"{kid}","typ":"at+jwt"}}"#);
    let body = payload(|_| ());
    assert!(
        issuer
            .verify(&forge(&encode(&good), &body), AUDIENCE)
            .is_some()
    );
    let with = |extra: &str| good.replace("\"typ\"", &format!("{extra},\"typ\""));
    for header in [
        good.replace("HS256", "none"),
        good.replace("HS256", "NONE"),
        good.replace("HS256", "RS256"),
        good.replace("at+jwt", "JWT"),
        good.replace("at+jwt", "logout+jwt"),
        good.replace(",\"typ\":\"at+jwt\"", ""),
        good.replace(&kid, "../../k"),
        good.replace(&kid, "' OR 1"),
        good.replace(&kid, &"k".repeat(65_536)),
        with(r#""crit":["exp"]"#),
        with(r#""b64":false"#),
        with(r#""jku":"https://evil.test/jwks""#),
        with(r#""jwk":{"kty":"oct","k":"AA"}"#),
        with(r#""x5u":"https://evil.test""#),
        with(r#""alg":"none""#),
    ] {
        assert_eq!(
            issuer.verify(&forge(&encode(&header), &body), AUDIENCE),
            None,
            "{header:.80}"
        );
    }
    let token = issuer.mint(&access()).unwrap();
    let (message, _) = token.expose().rsplit_once('.').unwrap();
    for text in [
        format!("{message}."),
        message.to_owned(),
        format!("{}.x", token.expose()),
    ] {
        assert_eq!(issuer.verify(&text, AUDIENCE), None);
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let issuer = JwtIssuer::es256(&Secret::from(PEM), ISSUER, &parts(NOW)).unwrap();
    let jwk = serde_json::to_string(&issuer.jwks().unwrap()["keys"][0]).unwrap();
    let header = issuer.0.accepted[0].header.clone();
    for secret in [jwk.as_bytes(), PEM.as_bytes()] {
        for header in [header.clone(), super::header("HS256", "x")] {
            let message = format!("{header}.{}", encode(&payload(|_| ())));
            let key = EncodingKey::from_secret(secret);
            let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
            assert_eq!(
                issuer.verify(&format!("{message}.{signature}"), AUDIENCE),
                None
            );
        }
    }
}

#[test]
fn dates_are_whole_and_bounded() {
    let verify = |name: &'static str, value: Value| {
        let body = payload(|claims| {
            claims.insert(name.to_owned(), value);
        });
        issuer()
            .verify(&forge(&own_header(), &body), AUDIENCE)
            .is_some()
    };
    for (name, value, fine) in [
        ("exp", json!(NOW + 1), true),
        ("exp", json!(NOW), false),
        ("exp", json!(NOW - 1), false),
        ("exp", json!("1900000000"), false),
        ("exp", json!(-1), false),
        ("exp", json!(1.9e9), false),
        ("exp", json!(null), false),
        ("iat", json!(NOW + 59), true),
        ("iat", json!(NOW + 61), false),
        ("nbf", json!(NOW + 59), true),
        ("nbf", json!(NOW + 61), false),
        ("nbf", json!("0"), false),
    ] {
        assert_eq!(verify(name, value.clone()), fine, "{name} = {value}");
    }
}

#[test]
fn the_payload_says_everything_once() {
    let verify = |body: &str| issuer().verify(&forge(&own_header(), body), AUDIENCE);
    let good = payload(|_| ());
    assert!(verify(&good).is_some());
    let doubled = good.replacen('{', "{\"sub\":\"mallory\",", 1);
    assert_eq!(verify(&doubled), None);
    assert_eq!(verify(&good.replacen('{', "{\"x\":1,\"x\":1,", 1)), None);
    assert_eq!(
        verify(&good.replace(&(NOW + 300).to_string(), "1e400")),
        None
    );
    assert_eq!(verify("[]"), None);
    for name in [
        "iss",
        "aud",
        "sub",
        "client_id",
        "scope",
        "jti",
        "iat",
        "exp",
        "grant",
    ] {
        let body = payload(|claims| {
            claims.remove(name);
        });
        assert_eq!(verify(&body), None, "without {name}");
    }
}

#[test]
fn extra_claims_never_override_and_never_overflow() {
    let mut claims = access();
    for name in [
        "iss",
        "aud",
        "sub",
        "exp",
        "nbf",
        "scope",
        "client_id",
        "grant",
        "cnf",
        "act",
    ] {
        claims.extra.insert(name.to_owned(), json!("evil"));
    }
    for n in 0..10 {
        claims
            .extra
            .insert(format!("claim-{n}"), json!("x".repeat(1000)));
    }
    claims.extra.insert("z".to_owned(), json!("small"));
    let token = issuer().mint(&claims).unwrap();
    assert!(token.expose().len() <= 4096);
    let verified = issuer().verify(token.expose(), AUDIENCE).unwrap();
    assert_eq!(verified.sub, "alice");
    assert_eq!(
        verified.extra.keys().collect::<Vec<_>>(),
        ["claim-0", "claim-1", "z"]
    );
    claims.sub = "x".repeat(20_000);
    assert_eq!(issuer().mint(&claims), Err(MintError::TooLong));
}

#[test]
fn published_keys_are_public_and_rotate() {
    assert_eq!(issuer().jwks(), None);
    let old = JwtIssuer::es256(&Secret::from(OTHER_PEM), ISSUER, &parts(NOW)).unwrap();
    let token = old.mint(&access()).unwrap();
    let new = JwtIssuer::es256(&Secret::from(PEM), ISSUER, &parts(NOW)).unwrap();
    assert_eq!(new.verify(token.expose(), AUDIENCE), None);
    let both = new.also_accepting(&old);
    assert!(both.verify(token.expose(), AUDIENCE).is_some());
    assert!(
        both.verify(both.mint(&access()).unwrap().expose(), AUDIENCE)
            .is_some()
    );
    let set = both.jwks().unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0]["kid"], keys[1]["kid"]);
    for key in keys {
        let mut names: Vec<_> = key
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
}

#[test]
fn only_a_private_key_is_a_private_key() {
    for pem in [
        "",
        "x",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ] {
        assert!(JwtIssuer::es256(&Secret::from(pem), ISSUER, &parts(NOW)).is_err());
    }
}
