//! Registration: redirect URIs.

use serde_json::json;

use crate::case::cases;
use crate::outcome::{E, Status};
use crate::reg_metadata::no_metadata;
use crate::setup::{S, Setup, registration};

cases! {
    "REG-01" Each minimal,
    "REG-03" Once authorities,
    "REG-05" Once loopback,
    "REG-06" Once ways_out_of_a_path,
    "REG-07" Once fragments,
    "REG-09" Once clear_text,
    "REG-10" Once custom_schemes,
    "REG-11" Once letters,
    "REG-13" Once answers_in_our_place,
    "REG-14" Each lists,
    "REG-15" Once wide_patterns,
    "REG-27" Once web_clients,
}

/// Every one of these, alone and beside a good one, is `invalid_redirect_uri`.
async fn refused(s: &S, uris: &[&str]) {
    for uri in uris {
        for list in [json!([uri]), json!(["http://127.0.0.1/cb", uri])] {
            let body = registration(json!({ "redirect_uris": list }));
            s.expect(uri, s.register(&body), E(400, "invalid_redirect_uri"))
                .await;
        }
    }
}

async fn accepted(s: &S, uris: &[&str]) {
    for uri in uris {
        let body = registration(json!({ "redirect_uris": [uri] }));
        Status(201).of(uri, &s.register(&body).await);
    }
}

async fn minimal(setup: Setup) {
    let s = setup.start().await;
    let answer = s.register(&registration(json!({}))).await;
    Status(201).of("minimal", &answer);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    // 128 bits are 22 characters of base64url.
    assert!(
        body["client_id"].as_str().is_some_and(|id| id.len() >= 22),
        "{body}"
    );
    assert!(body.get("client_secret").is_none(), "{body}");
    assert_eq!(body["token_endpoint_auth_method"], "none");
    assert_eq!(body["redirect_uris"], json!(["http://127.0.0.1/cb"]));
    assert_eq!(body["response_types"], json!(["code"]));
    assert_eq!(
        body["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
}

async fn authorities(setup: Setup) {
    let misleading = [
        "http://localhost:80@evil.test/cb",
        "http://localhost:x@evil.test/",
        "http://127.0.0.1:1@evil.test/cb",
        "https://yourdomain.com@evil.test/",
        "https://u:p@yourdomain.com/cb",
        "http://127.0.0.1\\@evil.test/cb",
        "https://yourdomain.com.evil.test/cb",
    ];
    let loopback = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(loopback));
    refused(&s.await, &misleading).await;
    let patterns = [
        "https://yourdomain.com/*",
        "http://localhost:*",
        "http://127.0.0.1:*",
    ];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(patterns));
    refused(&s.await, &misleading).await;
}

async fn loopback(setup: Setup) {
    let s = setup.start().await;
    let others = [
        "http://0x7f.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.1/cb",
        "http://127.0.0.1./cb",
        "http://localhost./cb",
        "http://LOCALHOST/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://[::0001]/cb",
        "http://[::1%25lo]/cb",
        "http://0.0.0.0/cb",
        "http://[::]/cb",
        "http://127.0.0.2/cb",
    ];
    refused(&s, &others).await;
    accepted(
        &s,
        &[
            "http://localhost/cb",
            "http://127.0.0.1/cb",
            "http://[::1]/cb",
        ],
    )
    .await;
}

async fn ways_out_of_a_path(setup: Setup) {
    let s = setup.start_with(|server| {
        server.allowed_redirect_uri_patterns([
            "https://yourdomain.com/app/*",
            "https://c.test/cb",
            "http://127.0.0.1:*",
        ])
    });
    let s = s.await;
    for path in [
        "/app/../steal",
        "/app/%2e%2e/steal",
        "/app/%2E./steal",
        "/app/..%2fsteal",
        "/app/..%5csteal",
        "/app/%252e%252e/x",
        "/app\\..\\x",
        "/app/./x",
        "/app/x/..",
        "/app/x/.",
        "/application",
        "/App/x",
        "/app",
    ] {
        refused(&s, &[&format!("https://yourdomain.com{path}")]).await;
    }
    let good = [
        "https://yourdomain.com/app/a/b",
        "https://yourdomain.com/app/v1.2.3/cb",
    ];
    accepted(&s, &good).await;
}

async fn fragments(setup: Setup) {
    let s = setup.start().await;
    let wrong = [
        "https://c.test/cb#x",
        "https://c.test/cb#",
        // A path of its own, for which there is no pattern.
        "https://c.test/cb%23x",
    ];
    refused(&s, &wrong).await;
}

async fn clear_text(setup: Setup) {
    let s = setup.start().await;
    refused(
        &s,
        &[
            "http://c.test/cb",
            "http://c.test:80/cb",
            "HTTP://c.test/cb",
        ],
    )
    .await;
    not_started(&setup, "http://c.test/*").await;
}

async fn custom_schemes(setup: Setup) {
    let uri = "cursor://anysphere.cursor-mcp/oauth/cb";
    refused(&setup.start().await, &[uri]).await;
    let named = ["cursor://anysphere.cursor-mcp/*", "http://127.0.0.1:*"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(named));
    accepted(&s.await, &[uri]).await;
}

async fn letters(setup: Setup) {
    let s = setup.start().await;
    let mut strange = vec![
        "http://ｌocalhost/cb".to_owned(),
        "https://ｃ.test/cb".into(),
        "https://bücher.test/cb".into(),
        "https://xn--bcher-kva.test/cb".into(),
        "https://%63.test/cb".into(),
        "https://c%2etest/cb".into(),
    ];
    for c in [
        "\r", "\n", "\t", "\0", " ", "\u{2028}", "\u{3002}", "\u{7f}", "\u{feff}",
    ] {
        strange.push(format!("http://127.0.0.1/c{c}b"));
        strange.push(format!("http://127.0.0.1{c}/cb"));
        strange.push(format!("http://127.0.0.1/cb{c}"));
    }
    refused(&s, &strange.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let listed = ["https://xn--bcher-kva.test/cb", "http://127.0.0.1:*"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(listed));
    accepted(&s.await, &listed[..1]).await;
}

async fn answers_in_our_place(setup: Setup) {
    let s = setup.start().await;
    for name in [
        "code",
        "state",
        "iss",
        "error",
        "error_description",
        "c%6fde",
        "%63%6F%64%65",
        "x=1&code",
        "error_uri",
    ] {
        refused(&s, &[&format!("http://127.0.0.1/cb?{name}=1")]).await;
    }
    refused(
        &s,
        &["http://127.0.0.1/cb?code", "http://127.0.0.1/cb?a=b&state"],
    )
    .await;
}

async fn lists(setup: Setup) {
    let s = setup.start().await;
    let eleven = vec!["http://127.0.0.1/cb"; 11];
    let wrong = [
        json!(null),
        json!([]),
        json!("http://127.0.0.1/cb"),
        json!({}),
        json!([null]),
        json!([["x"]]),
        json!([7]),
        json!(eleven),
    ];
    no_metadata(&s, wrong.map(|list| json!({ "redirect_uris": list }))).await;
    let long = format!("http://127.0.0.1/{}", "a".repeat(2049 - 17));
    assert_eq!(long.len(), 2049);
    refused(&s, &[&long, "relative/cb", ""]).await;
    let ten = vec!["http://127.0.0.1/cb"; 10];
    let body = registration(json!({ "redirect_uris": ten }));
    Status(201).of("ten", &s.register(&body).await);
}

/// The server does not start with this pattern, and says which one it is.
async fn not_started(setup: &Setup, pattern: &str) {
    let server = crate::setup::configured(
        &setup.idp,
        &crate::desk::Touched::default(),
        "https://s.test",
    );
    let started = server
        .allowed_redirect_uri_patterns([pattern])
        .router()
        .await;
    let error = started
        .err()
        .unwrap_or_else(|| panic!("`{pattern}` was accepted"));
    assert!(
        error.to_string().contains(pattern),
        "`{pattern}` is not named: {error}"
    );
}

async fn wide_patterns(setup: Setup) {
    for pattern in [
        "*",
        "https://*",
        "https://*/*",
        "http://*:*",
        "https://*.com/*",
        "https://a*b.com/",
        "//x",
        "https://h/a*b",
        "*://c.test/cb",
        "javascript:*",
    ] {
        not_started(&setup, pattern).await;
    }
    let none: [&str; 0] = [];
    let s = setup
        .start_with(|server| server.allowed_redirect_uri_patterns(none))
        .await;
    refused(&s, &["http://127.0.0.1/cb", "https://c.test/cb"]).await;
    setup.forget(&s);
}

async fn web_clients(setup: Setup) {
    let s = setup.start().await;
    for uri in [
        "http://localhost/cb",
        "https://localhost/cb",
        "cursor://x/cb",
        "http://127.0.0.1/cb",
    ] {
        let body = registration(json!({"application_type": "web", "redirect_uris": [uri]}));
        s.expect(uri, s.register(&body), E(400, "invalid_redirect_uri"))
            .await;
    }
    for kind in [json!(null), json!("native")] {
        let body = registration(json!({ "application_type": kind }));
        Status(201).of("native", &s.register(&body).await);
    }
    let body =
        registration(json!({"application_type": "web", "redirect_uris": ["https://c.test/cb"]}));
    Status(201).of("web", &s.register(&body).await);
}
