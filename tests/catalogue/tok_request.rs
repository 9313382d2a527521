//! The request to the token endpoint, and what its answer holds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastmcp::token::claims::Passthrough;
use serde_json::{Map, Value, json};
use tests::client::Tokens;
use tests::http::{FORM, encode, parameter};
use tests::idp::Knobs;

use crate::case::cases;
use crate::log;
use crate::outcome::{E, Status, red};
use crate::party::C_CB;
use crate::setup::{MCP, Setup};

cases! {
    "TOK-01" Each redemption,
    "TOK-17" Once queries_and_methods,
    "TOK-18" Once types,
    "TOK-19" Each twice,
    "TOK-21" Each grant_types,
    "TOK-26" Once access_tokens,
    "TOK-27" Once claims_of_the_provider,
}

/// Header and payload of a JWT.
pub(crate) fn parts(jwt: &str) -> (Value, Value) {
    let mut parts = jwt.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    });
    (
        parts.next().expect("a header"),
        parts.next().expect("a payload"),
    )
}

async fn redemption(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let answer = c.redeem(&attempt, &code).await;
    let tokens = Tokens::read(&answer);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let (_, payload) = parts(&tokens.access);
    let life = payload["exp"].as_u64().unwrap() - payload["iat"].as_u64().unwrap();
    assert_eq!(tokens.expires_in, life);
    assert!(!tokens.scope.is_empty(), "{answer:?}");
    let body = answer.json();
    let names: Vec<_> = body.as_object().unwrap().keys().collect();
    assert!(!names.iter().any(|name| *name == "id_token"), "{names:?}");
    for issued in s.idp.issued().await {
        assert!(
            !answer.body.contains(&issued),
            "the provider's token in {answer:?}"
        );
    }
}

async fn queries_and_methods(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", &attempt.verifier),
        ("client_id", &c.id),
    ];
    let target = format!("/oauth/token?{}", encode(&form));
    let from = log::length();
    let headers = [("content-type", FORM)];
    s.expect(
        "a query",
        s.send("POST", &target, &headers, ""),
        E(400, "invalid_request"),
    )
    .await;
    let beside = format!("/oauth/token?{}", encode(&form[1..2]));
    let body = encode(&form);
    s.expect(
        "beside the body",
        s.send("POST", &beside, &headers, body.clone()),
        E(400, "invalid_request"),
    )
    .await;
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = s
            .expect(method, s.send(method, &target, &[], ""), Status(405))
            .await;
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    assert!(!log::since(from).contains(&code), "the code is in the log");
    let good = s.send("POST", "/oauth/token", &headers, body).await;
    Status(200).of("in the body", &good);
}

async fn types(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let form = encode(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", &attempt.verifier),
        ("client_id", &c.id),
    ]);
    let json = json!({"grant_type": "authorization_code", "code": code}).to_string();
    for kind in [
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencodedX",
        "application/x-www-form-urlencoded; charset=utf-16",
        "",
    ] {
        for body in [&form, &json] {
            let headers = [("content-type", kind)];
            let headers = if kind.is_empty() {
                &[][..]
            } else {
                &headers[..]
            };
            s.expect(
                kind,
                s.send("POST", "/oauth/token", headers, body.clone()),
                E(400, "invalid_request"),
            )
            .await;
        }
    }
    let headers = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=UTF-8",
    )];
    Status(200).of(
        "UTF-8",
        &s.send("POST", "/oauth/token", &headers, form).await,
    );
}

async fn twice(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", &attempt.verifier),
        ("redirect_uri", C_CB),
        ("client_id", &c.id),
        ("resource", MCP),
        ("scope", "openid"),
        ("unknown", "x"),
    ];
    let body = encode(&form);
    let headers = [("content-type", FORM)];
    for (name, value) in form {
        for value in [value, "", "other"] {
            let twice = format!("{body}&{}", encode(&[(name, value)]));
            s.expect(
                name,
                s.send("POST", "/oauth/token", &headers, twice),
                E(400, "invalid_request"),
            )
            .await;
        }
    }
    for spelled in ["c%6fde=x", "%63ode=", "grant%5Ftype=refresh_token"] {
        s.expect(
            spelled,
            s.send(
                "POST",
                "/oauth/token",
                &headers,
                format!("{body}&{spelled}"),
            ),
            E(400, "invalid_request"),
        )
        .await;
    }
    Status(200).of(
        "once",
        &s.send("POST", "/oauth/token", &headers, body).await,
    );
}

async fn grant_types(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    for (kind, error) in [
        ("", "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("AUTHORIZATION_CODE", "unsupported_grant_type"),
        ("client_credentials", "unsupported_grant_type"),
        (
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "unsupported_grant_type",
        ),
    ] {
        s.expect(
            kind,
            c.redeem_with(&attempt, &code, &[("grant_type", kind)]),
            E(400, error),
        )
        .await;
    }
    let changes = json!({"redirect_uris": [C_CB], "grant_types": ["authorization_code"]});
    let once = s.party(changes).await;
    let (attempt, code) = once.code().await;
    let answer = once.redeem(&attempt, &code).await;
    Status(200).of("a client without refresh tokens", &answer);
    assert!(answer.json().get("refresh_token").is_none(), "{answer:?}");
    let tokens = c.login().await;
    let refresh = once.refresh(&tokens.refresh);
    s.expect("refresh", refresh, E(400, "unauthorized_client"))
        .await;
}

async fn access_tokens(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let (header, payload) = parts(&tokens.access);
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("at+jwt"), &json!("HS256"))
    );
    assert!(header["kid"].is_string(), "{header}");
    assert_eq!(payload["iss"], "https://s.test");
    assert_eq!(payload["aud"], MCP);
    assert_eq!(payload["client_id"], c.id.as_str());
    assert_eq!(payload["scope"], tokens.scope);
    for name in ["sub", "jti"] {
        assert!(
            payload[name].as_str().is_some_and(|it| !it.is_empty()),
            "{payload}"
        );
    }
    assert!(tokens.access.len() <= 4096);
    let again = Tokens::read(&c.refresh(&tokens.refresh).await);
    assert_ne!(parts(&again.access).1["jti"], payload["jti"]);
    let pair = setup
        .start_with(|server| server.jwt_key_pair(crate::met::KEY_PAIR))
        .await;
    let tokens = pair.c().await.login().await;
    assert_eq!(parts(&tokens.access).0["alg"], "ES256");
}

/// The names that only this server may give a meaning.
const OURS: [&str; 13] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "scope",
    "client_id",
    "typ",
    "cnf",
    "act",
    "azp",
    "__proto__",
];

async fn claims_of_the_provider(setup: Setup) {
    let groups: Vec<_> = (0..500).map(|n| format!("group-{n}")).collect();
    let of = |names: &[&str]| {
        let hostile = names
            .iter()
            .map(|name| ((*name).to_owned(), json!("canary")));
        let mut claims = hostile.collect::<Map<_, _>>();
        claims.insert("department".into(), json!("welding"));
        claims.insert("huge".into(), json!("h".repeat(10 * 1024)));
        claims.insert("groups".into(), json!(groups));
        claims
    };
    // Dates and `azp` like these make an ID token none; userinfo may say anything.
    let in_id_token = of(&[
        "jti",
        "scope",
        "client_id",
        "typ",
        "cnf",
        "act",
        "__proto__",
    ]);
    let mut in_userinfo = of(&OURS);
    in_userinfo.insert("larger".into(), json!("h".repeat(1 << 20)));
    let named = Passthrough {
        allowed_claims: Some(vec!["department".into()]),
        ..Passthrough::default()
    };
    let providers = [
        (crate::setup::upstream(&setup.idp), in_id_token, true),
        (
            crate::setup::without_id_token(&setup.idp),
            in_userinfo,
            false,
        ),
    ];
    for (provider, claims, is_in) in providers {
        for passthrough in [Passthrough::default(), named.clone()] {
            let by_name = passthrough.allowed_claims.is_some();
            let configure = |server: fastmcp::server::Server| {
                let server = server.provider(provider.clone());
                server.custom_claims_passthrough(passthrough.clone())
            };
            let s = setup.start_with(configure).await;
            let c = s.c().await;
            s.turn(Knobs {
                claims: claims.clone(),
                ..Knobs::default()
            })
            .await;
            let (browser, attempt, way) = crate::cbk::returning(&s, &c).await;
            let answer = browser.get(way.as_str()).await;
            let Some(code) = parameter(&answer.location().unwrap(), "code") else {
                // A description of a person that is a mebibyte long may be refused as a whole.
                assert!(!is_in, "{answer:?}");
                red("too long", &answer, &attempt, "server_error");
                continue;
            };
            let tokens = Tokens::read(&c.redeem(&attempt, &code).await);
            let (_, payload) = parts(&tokens.access);
            assert!(!payload.to_string().contains("canary"), "{payload}");
            assert_eq!(
                (&payload["aud"], &payload["iss"]),
                (&json!(MCP), &json!("https://s.test"))
            );
            assert!(payload.get("huge").is_none(), "{payload}");
            if is_in && by_name {
                assert_eq!(payload["department"], "welding");
                assert!(payload.get("groups").is_none(), "{payload}");
            }
            assert!(tokens.access.len() <= 4096, "{} bytes", tokens.access.len());
            s.heard("its own token", &tokens.access).await;
        }
    }
}
