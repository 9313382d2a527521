//! Forged access tokens: each is signed with our own key, so that only what is said decides.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tests::base64url;

use crate::case::cases;
use crate::met::KEY_PAIR;
use crate::outcome::{B401, Status};
use crate::setup::{S, Setup};
use crate::tok_request::parts;

cases! {
    "RES-05" Once algorithms,
    "RES-06" Once places_of_keys,
    "RES-07" Once kinds,
    "RES-10" Once dates,
    "DOS-06" Once large_tokens,
}

/// A server with a key pair, and header and payload of a good token.
async fn fixture(setup: &Setup) -> (S, String, Value, Value) {
    let s = setup
        .start_with(|server| server.jwt_key_pair(KEY_PAIR))
        .await;
    let c = s.c().await;
    let token = c.login().await.access;
    let (header, payload) = parts(&token);
    (s, token, header, payload)
}

fn joined(header: &str, payload: &str) -> String {
    format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(payload.as_bytes())
    )
}

/// Signed as our own tokens are.
fn signed(header: &str, payload: &str) -> String {
    let lines = KEY_PAIR.lines().filter(|line| !line.starts_with('-'));
    let der = STANDARD.decode(lines.collect::<String>()).expect("base64");
    let key = EncodingKey::from_ec_der(&der);
    let message = joined(header, payload);
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::ES256);
    format!("{message}.{}", signature.expect("a signature"))
}

fn with(value: &Value, name: &str, to: Value) -> String {
    let mut value = value.clone();
    value[name] = to;
    value.to_string()
}

fn without(value: &Value, name: &str) -> String {
    let mut value = value.clone();
    value.as_object_mut().expect("an object").remove(name);
    value.to_string()
}

async fn refused(s: &S, case: &str, token: &str) {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let answer = crate::res::list(s, "/mcp", &headers);
    s.expect(case, answer, B401("invalid_token")).await;
}

async fn algorithms(setup: Setup) {
    let (s, token, header, payload) = fixture(&setup).await;
    let text = payload.to_string();
    let good = signed(&header.to_string(), &text);
    s.heard("the forger's own good token", &good).await;
    for name in [
        "none", "NONE", "None", "RS256", "PS256", "ES384", "EdDSA", "unknown", "",
    ] {
        let header = with(&header, "alg", json!(name));
        refused(&s, name, &format!("{}.", joined(&header, &text))).await;
        refused(&s, name, &signed(&header, &text)).await;
    }
    let jwk = &s.get("/oauth/jwks").await.json()["keys"][0];
    let public = KEY_PAIR.as_bytes().to_vec();
    for key in [
        jwk.to_string().into_bytes(),
        public,
        jwk["x"].as_str().unwrap().into(),
    ] {
        let header = with(&header, "alg", json!("HS256"));
        let message = joined(&header, &text);
        let secret = EncodingKey::from_secret(&key);
        let mac = crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
        refused(&s, "HS256 with a public key", &format!("{message}.{mac}")).await;
    }
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts")
    };
    let other = base64url(with(&payload, "sub", json!("admin")).as_bytes());
    for (case, forged) in [
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{token}.{signature}")),
        ("another body", format!("{head}.{other}.{signature}")),
        ("zeros", format!("{head}.{body}.{}", base64url(&[0; 64]))),
        ("padding", format!("{token}=")),
    ] {
        refused(&s, case, &forged).await;
    }
    for (name, value) in [
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("b64", json!(false)),
    ] {
        refused(&s, name, &signed(&with(&header, name, value), &text)).await;
    }
}

async fn places_of_keys(setup: Setup) {
    let (s, _, header, payload) = fixture(&setup).await;
    let text = payload.to_string();
    let jwk = s.get("/oauth/jwks").await.json()["keys"][0].clone();
    for (name, value) in [
        ("jku", json!("https://keys.client.test/x")),
        ("x5u", json!("https://keys.client.test/x")),
        ("jwk", jwk),
        ("x5c", json!(["MIIB"])),
        ("kid", json!("../../k")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("")),
        ("kid", json!(7)),
        ("kid", json!("k".repeat(4096))),
    ] {
        refused(&s, name, &signed(&with(&header, name, value), &text)).await;
    }
    let huge = with(&header, "kid", json!("k".repeat(64 * 1024)));
    let bearer = format!("Bearer {}", signed(&huge, &text));
    let answer = crate::res::list(&s, "/mcp", &[("authorization", &bearer)]).await;
    assert!(matches!(answer.status, 401 | 431), "{answer:?}");
    s.no_fetch("places of keys");
    assert_eq!(
        s.idp.count("jwks").await,
        1,
        "the provider's keys, once, for the login"
    );
}

async fn kinds(setup: Setup) {
    let (s, _, header, payload) = fixture(&setup).await;
    let text = payload.to_string();
    for kind in [
        json!("JWT"),
        json!("logout+jwt"),
        json!("AT+JWT2"),
        json!(""),
        json!(null),
    ] {
        refused(&s, "typ", &signed(&with(&header, "typ", kind), &text)).await;
    }
    refused(&s, "no typ", &signed(&without(&header, "typ"), &text)).await;
    for issued in s.idp.issued().await {
        refused(&s, "the provider's", &issued).await;
    }
    let browser = s.browser();
    let c = s.c().await;
    browser.get(c.az(&[]).url.as_str()).await;
    let cookie = browser.cookies(&s.nodes_url()).unwrap();
    let value = cookie.split_once('=').unwrap().1.to_owned();
    refused(&s, "our cookie", &value).await;
    for (name, value) in [
        ("aud", json!("https://n.test/mcp")),
        ("aud", json!(["https://s.test/mcp", "https://n.test/mcp"])),
        ("aud", json!("https://s.test")),
        ("iss", json!("https://s.test/")),
        ("iss", json!("https://n.test")),
    ] {
        refused(
            &s,
            name,
            &signed(&header.to_string(), &with(&payload, name, value)),
        )
        .await;
    }
}

async fn dates(setup: Setup) {
    let (s, _, header, payload) = fixture(&setup).await;
    let header = header.to_string();
    let now = s.clocks[0].now();
    for (case, name, value) in [
        ("just past", "exp", json!(now)),
        ("past by a second", "exp", json!(now - 1)),
        ("a text", "exp", json!((now + 60).to_string())),
        ("negative", "exp", json!(-1)),
        ("a fraction", "exp", json!(1e300)),
        ("later", "nbf", json!(now + 61)),
        ("later", "iat", json!(now + 61)),
        ("a text", "iat", json!("now")),
    ] {
        let forged = signed(&header, &with(&payload, name, value));
        refused(&s, &format!("{name} {case}"), &forged).await;
    }
    refused(&s, "no exp", &signed(&header, &without(&payload, "exp"))).await;
    let text = payload.to_string();
    let exp = format!("\"exp\":{}", payload["exp"]);
    for (case, text) in [
        ("beyond numbers", text.replace(&exp, "\"exp\":1e400")),
        ("exp twice", text.replace(&exp, &format!("{exp},{exp}"))),
        ("sub twice", text.replacen('{', "{\"sub\":\"admin\",", 1)),
        ("a list", "[]".into()),
        ("a text", "\"x\"".into()),
        ("nothing", String::new()),
        ("more behind it", format!("{text} {{}}")),
    ] {
        refused(&s, case, &signed(&header, &text)).await;
    }
    let early = signed(&header, &with(&payload, "iat", json!(now + 59)));
    let bearer = format!("Bearer {early}");
    let answer = crate::res::list(&s, "/mcp", &[("authorization", &bearer)]).await;
    Status(200).of("iat 59 s ahead", &answer);
}

async fn large_tokens(setup: Setup) {
    let (s, _, header, payload) = fixture(&setup).await;
    let mut many = payload.clone();
    for number in 0..10_000 {
        many[format!("claim-{number}")] = json!(number);
    }
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let text = payload.to_string();
    let nested = text.replacen('{', &format!("{{\"x\":{deep},"), 1);
    for (case, payload) in [("many claims", many.to_string()), ("deep", nested)] {
        let bearer = format!("Bearer {}", signed(&header.to_string(), &payload));
        let began = std::time::Instant::now();
        let answer = crate::res::list(&s, "/mcp", &[("authorization", &bearer)]).await;
        assert!(matches!(answer.status, 401 | 431), "{case}: {answer:?}");
        assert!(
            began.elapsed().as_secs() < 2,
            "{case}: {:?}",
            began.elapsed()
        );
    }
}
