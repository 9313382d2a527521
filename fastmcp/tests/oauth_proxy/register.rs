//! Registration: what is answered, and what is refused.

use axum::body::Body;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{Method, Request};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn the_answer_says_what_is_enforced() {
    let server = server().await;
    let public = json!({
        "redirect_uris": ["http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
        "client_id": "mine",
        "client_secret": "mine",
        "software_statement": "x",
        "unknown": 1,
    });
    let answer = server.register(&public).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let client = answer.json();
    assert_eq!(client["token_endpoint_auth_method"], "none");
    assert_eq!(
        client["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    for absent in ["client_secret", "unknown", "software_statement"] {
        assert!(client.get(absent).is_none(), "{absent}");
    }
    assert_eq!(client["scope"], "notes:write openid profile");
    assert_ne!(client["client_id"], "mine");
    assert!(client["client_id"].as_str().unwrap().len() >= 22);

    let answer = server
        .register(&json!({ "redirect_uris": [REDIRECT] }))
        .await
        .json();
    assert_eq!(answer["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(answer["client_secret_expires_at"], 0);
    assert!(answer["client_secret"].as_str().unwrap().len() >= 43);
    assert!(!answer.to_string().contains("upstream"));
}

#[tokio::test]
async fn foreign_redirect_uris_are_refused() {
    let server = server().await;
    for uri in [
        "https://evil.test/cb",
        "http://localhost:80@evil.test/cb",
        "http://0x7f.1/cb",
        "http://c.test/cb",
        "https://c.test/cb#x",
        "https://c.test/a/../b",
        "https://c.test/a/..;/b",
        "https://c.test/a/..;x=1/b",
        "https://c.test/a/.;/b",
        "https://c.test/a/..%3b/b",
        "https://c.test/cb?code=1",
        "cursor://anysphere.cursor-mcp/oauth/cb",
        "javascript:alert(1)",
    ] {
        let answer = server.register(&json!({ "redirect_uris": [uri] })).await;
        assert_eq!(
            answer.error(),
            (400, "invalid_redirect_uri".to_owned()),
            "{uri}"
        );
        assert!(!answer.body.contains(uri));
    }
}

#[tokio::test]
async fn bodies_that_are_no_registration_are_refused() {
    let server = server().await;
    let uris = r#"{"redirect_uris":["https://c.test/cb"]"#;
    let deep = format!("{uris},\"x\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    for body in [
        String::new(),
        "[]".to_owned(),
        "redirect_uris=x".to_owned(),
        format!("{uris},\"redirect_uris\":[\"https://x.test/cb\"]}}"),
        format!("{uris}}}{{}}"),
        deep,
    ] {
        let request = Request::post("/oauth/register")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.clone()))
            .unwrap();
        let answer = server.send(request).await;
        let metadata = (400, "invalid_client_metadata".to_owned());
        assert_eq!(answer.error(), metadata, "{body}");
    }
    let request = Request::post("/oauth/register").header(CONTENT_TYPE, FORM);
    let answer = server
        .send(request.body(Body::from(format!("{uris}}}"))).unwrap())
        .await;
    assert_eq!(answer.error().1, "invalid_client_metadata");
    let name = "x".repeat(64 * 1024);
    let long = server
        .register(&json!({ "redirect_uris": [REDIRECT], "client_name": name }))
        .await;
    assert_eq!(long.status, 413);
}

#[tokio::test]
async fn a_name_that_shows_nothing_or_something_else_is_refused() {
    let server = server().await;
    for name in [
        "   ",
        "\u{3164}",
        "\u{2800}\u{2800}",
        "\u{00ad}",
        "Cla\u{00ad}ude",
        "Claude\u{e0041}",
        "Claude\u{202e}",
        "Claude\u{200b}",
    ] {
        let body = json!({ "redirect_uris": [REDIRECT], "client_name": name });
        let refused = (400, "invalid_client_metadata".to_owned());
        assert_eq!(server.register(&body).await.error(), refused, "{name:?}");
    }
    for name in ["<b>\"'&", "日本語のアプリ", "Ünïcode café", "App;v1"] {
        let body = json!({ "redirect_uris": [REDIRECT], "client_name": name });
        assert_eq!(server.register(&body).await.status, 201, "{name:?}");
    }
    let plain = json!({ "redirect_uris": ["https://c.test/a;v=1/..x/b"] });
    assert_eq!(server.register(&plain).await.status, 201);
}

#[tokio::test]
async fn only_post() {
    let server = server().await;
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let answer = server.call(method, "/oauth/register").await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.headers[ALLOW], "POST");
    }
}
