//! Registration: everything but the redirect URIs.

use fastmcp::oauth::Registration;
use serde_json::{Value, json};

use crate::case::cases;
use crate::outcome::{E, Status};
use crate::setup::{S, Setup, registration};

cases! {
    "REG-17" Each methods,
    "REG-18" Each chosen_by_the_client,
    "REG-19" Once links,
    "REG-21" Once names,
    "REG-22" Once not_json,
    "REG-29" Once other_methods,
    "REG-30" Once software_statement,
}

/// Each of these bodies is `invalid_client_metadata`.
pub(crate) async fn no_metadata(s: &S, changes: impl IntoIterator<Item = Value>) {
    for changes in changes {
        let body = registration(changes);
        let case = body.to_string();
        s.expect(&case, s.register(&body), E(400, "invalid_client_metadata"))
            .await;
    }
}

async fn methods(setup: Setup) {
    let s = setup.start().await;
    let body = registration(json!({ "token_endpoint_auth_method": null }));
    let issued = s.register(&body).await;
    Status(201).of("omitted", &issued);
    let issued = issued.json();
    assert_eq!(issued["token_endpoint_auth_method"], "client_secret_basic");
    let secret = issued["client_secret"].as_str().unwrap_or_default();
    assert!(secret.len() >= 43, "256 bits: {issued}");
    assert_eq!(
        issued["client_secret_expires_at"], 0,
        "RFC 7591 asks for it"
    );
    let issued = s.register(&registration(json!({}))).await;
    assert!(issued.json().get("client_secret").is_none(), "{issued:?}");
    let wrong = [
        json!("client_secret_jwt"),
        json!("foo"),
        json!("private_key_jwt"),
        json!(7),
    ];
    no_metadata(
        &s,
        wrong.map(|it| json!({ "token_endpoint_auth_method": it })),
    )
    .await;
}

async fn chosen_by_the_client(setup: Setup) {
    let s = setup.start().await;
    let body = registration(json!({
        "token_endpoint_auth_method": "client_secret_post",
        "client_id": "mine", "client_secret": "mine", "client_id_issued_at": 1,
        "registration_access_token": "mine", "registration_client_uri": "https://x.test/",
        "unknown": "kept?", "scope_of_evil": ["kept?"],
    }));
    let answer = s.register(&body).await;
    Status(201).of("chosen", &answer);
    let issued = answer.json();
    for name in ["client_id", "client_secret", "client_id_issued_at"] {
        assert_ne!(issued[name], body[name], "{name}");
    }
    for word in ["mine", "kept?", "x.test"] {
        assert!(!answer.body.contains(word), "{word} in {answer:?}");
    }
}

async fn links(setup: Setup) {
    let s = setup.start().await;
    let wrong = [
        json!({"logo_uri": "javascript:alert(1)"}),
        json!({"client_uri": "data:text/html,x"}),
        json!({"policy_uri": "file:///etc/passwd"}),
        json!({"tos_uri#de": "javascript:alert(1)"}),
        json!({"client_uri#fr-CA": "JavaScript:alert(1)"}),
        json!({"client_uri": ["https://c.test/"]}),
        json!({"logo_uri": "//c.test/logo"}),
    ];
    no_metadata(&s, wrong).await;
    let body =
        registration(json!({"client_uri": "https://c.test/", "tos_uri#de": "https://c.test/"}));
    Status(201).of("good links", &s.register(&body).await);
}

async fn names(setup: Setup) {
    let s = setup.start().await;
    let long = "n".repeat(129);
    let wrong = [
        json!(long),
        json!("a\u{202e}b"),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("   "),
        json!("\u{2066}a"),
        json!("\u{200b}"),
        json!(7),
    ];
    no_metadata(&s, wrong.map(|name| json!({ "client_name": name }))).await;
    let body = registration(json!({ "client_name": "<b>\"'&" }));
    Status(201).of("inert", &s.register(&body).await);
}

async fn not_json(setup: Setup) {
    let s = setup.start().await;
    let good = registration(json!({})).to_string();
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let cases = [
        ("a form", "redirect_uris=http://127.0.0.1/cb".to_owned()),
        ("an array", "[]".into()),
        ("nothing", String::new()),
        (
            "a depth of 1000",
            format!(r#"{{"redirect_uris":["http://127.0.0.1/cb"],"x":{deep}}}"#),
        ),
        (
            "a key twice",
            r#"{"redirect_uris":["http://127.0.0.1/a"],"redirect_uris":["http://127.0.0.1/b"]}"#
                .into(),
        ),
        ("trailing bytes", format!("{good} x")),
        ("NaN", good.replace("\"none\"", "NaN")),
    ];
    for (case, body) in &cases {
        s.expect(
            case,
            s.register_raw(body),
            E(400, "invalid_client_metadata"),
        )
        .await;
    }
    let latin = [
        good.trim_end_matches('}').as_bytes(),
        b",\"client_name\":\"\xff\"}",
    ]
    .concat();
    let url = s.at("/oauth/register");
    let json = [("content-type", "application/json")];
    let send = s.http.send("POST", &url, &json, latin);
    s.expect("invalid UTF-8", send, E(400, "invalid_client_metadata"))
        .await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let headers = [("content-type", kind)];
        let send = s.send("POST", "/oauth/register", &headers, good.clone());
        s.expect(kind, send, E(400, "invalid_client_metadata"))
            .await;
    }
}

async fn software_statement(setup: Setup) {
    let s = setup.start().await;
    let statements = [
        "eyJhbGciOiJub25lIn0.eyJzb2Z0d2FyZV9pZCI6IngifQ.",
        "eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6ImFkbWluIn0.c2ln",
    ];
    for statement in statements {
        let body = registration(json!({ "software_statement": statement }));
        let answer = s.register(&body).await;
        Status(201).of("a statement", &answer);
        assert!(!answer.body.contains("software"), "{answer:?}");
        assert!(!answer.body.contains("admin"), "{answer:?}");
    }
}

async fn other_methods(setup: Setup) {
    let s = setup.start().await;
    for method in ["GET", "PUT", "HEAD", "DELETE", "PATCH"] {
        let answer = s.expect(
            method,
            s.send(method, "/oauth/register", &[], ""),
            Status(405),
        );
        assert_eq!(answer.await.header("allow"), Some("POST"), "{method}");
    }
    let off = setup
        .start_with(|server| server.registration(Registration::Off))
        .await;
    for method in ["POST", "GET", "OPTIONS"] {
        let body = registration(json!({})).to_string();
        let headers = [("content-type", "application/json")];
        let sent = off.send(method, "/oauth/register", &headers, body);
        off.expect(method, sent, Status(404)).await;
    }
    for document in ["oauth-authorization-server", "openid-configuration"] {
        let answer = off.get(&format!("/.well-known/{document}")).await;
        Status(200).of(document, &answer);
        let said = answer.json();
        assert!(said.get("registration_endpoint").is_none(), "{said}");
    }
    // No baseline there: a fresh client could not register.
    setup.forget(&off);
}
