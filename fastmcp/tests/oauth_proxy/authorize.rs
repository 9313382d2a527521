//! The authorization endpoint: pages before client and redirect URI are known, redirects after.

use http::Method;
use http::header::SET_COOKIE;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn nothing_leads_to_an_address_that_was_not_registered() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let bad_too = ("response_type", Some("token"));
    for change in [
        ("client_id", Some("unknown")),
        ("client_id", Some("upstream-id")),
        ("client_id", None),
        ("client_id", Some("")),
        ("redirect_uri", None),
        ("redirect_uri", Some("")),
        ("redirect_uri", Some("/cb")),
        ("redirect_uri", Some("null")),
        ("redirect_uri", Some("https://x.test/cb")),
        ("redirect_uri", Some("https://c.test/cb/")),
        ("redirect_uri", Some("https://C.test/cb")),
        ("redirect_uri", Some("https://c.test/cb?x=1")),
        ("redirect_uri", Some("https://c.test:443/cb")),
    ] {
        let answer = browser
            .get(&authorize_url(&client, &[change, bad_too]))
            .await;
        answer.is_page(400);
    }
    for name in ["client_id=", "redirect_uri=", "st%61te=x", "state="] {
        let url = format!("{}&{name}", authorize_url(&client, &[]));
        browser.get(&url).await.is_page(400);
    }
    let program = server
        .call(Method::GET, &authorize_url("unknown", &[]))
        .await;
    assert_eq!(program.error(), (400, "invalid_client".to_owned()));
    assert_eq!(server.upstream.count(), 0);
}

#[tokio::test]
async fn what_is_wrong_goes_back_to_the_client() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let long = "a".repeat(1025);
    for (name, value, error) in [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", Some("CODE"), "unsupported_response_type"),
        (
            "response_type",
            Some("code token"),
            "unsupported_response_type",
        ),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some(""), "invalid_request"),
        ("code_challenge", Some(&CHALLENGE[1..]), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("scope", Some("admin"), "invalid_scope"),
        ("scope", Some("a\"b"), "invalid_scope"),
        ("scope", Some(&long), "invalid_scope"),
        ("resource", Some("https://x.test/mcp"), "invalid_target"),
        (
            "resource",
            Some("https://s.test/mcp-evil"),
            "invalid_target",
        ),
        (
            "resource",
            Some("https://s.test/mcp/../x"),
            "invalid_target",
        ),
        ("request", Some("x.y.z"), "request_not_supported"),
        (
            "request_uri",
            Some("https://169.254.169.254/x"),
            "request_uri_not_supported",
        ),
        ("prompt", Some("none"), "interaction_required"),
    ] {
        let answer = browser.get(&authorize_url(&client, &[(name, value)])).await;
        answer.is_redirect_with(error, Some("st a/te"));
        let silent = [(name, value), ("state", None)];
        let answer = browser.get(&authorize_url(&client, &silent)).await;
        answer.is_redirect_with(error, None);
    }
    let url = authorize_url(&client, &[]);
    let twice = browser.get(&format!("{url}&scope=openid&scope=")).await;
    twice.is_redirect_with("invalid_request", Some("st a/te"));
    let resource = "https%3A%2F%2Fs.test%2Fmcp";
    let twice = browser
        .get(&format!("{url}&resource={resource}&resource={resource}"))
        .await;
    twice.is_redirect_with("invalid_target", Some("st a/te"));
}

#[tokio::test]
async fn harmless_variations_reach_the_page() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    for change in [
        ("resource", Some("HTTPS://S.TEST/mcp")),
        ("resource", Some("https://s.test/mcp/")),
        ("resource", Some("https://s.test/mcp?client=x")),
        ("resource", None),
        ("scope", Some("openid openid notes:write")),
        ("scope", None),
        ("state", None),
        ("unknown", Some("x")),
    ] {
        let answer = browser.get(&authorize_url(&client, &[change])).await;
        answer.is_page(200);
        assert!(answer.body.contains("c.test") && answer.body.contains("A client"));
        assert!(answer.body.contains("https://s.test/mcp"));
    }
    assert_eq!(
        browser.cookies.lock().unwrap().len(),
        1,
        "one cookie for all pages"
    );
}

#[tokio::test]
async fn a_native_client_chooses_its_port() {
    let server = server().await;
    let body = json!({
        "redirect_uris": ["http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
    });
    let client = server.register(&body).await.json();
    let client = client["client_id"].as_str().unwrap();
    let browser = Browser::new(&server);
    for port in [1, 8080, 65535] {
        let uri = format!("http://127.0.0.1:{port}/cb");
        let url = authorize_url(client, &[("redirect_uri", Some(&uri))]);
        let page = browser.open(&url).await;
        let answer = browser.decide(&page, "deny").await;
        assert!(answer.location().starts_with(&uri), "{}", answer.location());
    }
    for uri in [
        "http://localhost:8080/cb",
        "http://[::1]:8080/cb",
        "https://127.0.0.1:8080/cb",
        "http://127.0.0.1:8080/CB",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:5@evil.test/cb",
    ] {
        let url = authorize_url(client, &[("redirect_uri", Some(uri))]);
        browser.get(&url).await.is_page(400);
    }
}

#[tokio::test]
async fn a_registered_scope_is_the_limit() {
    let server = server().await;
    let body = json!({ "redirect_uris": [REDIRECT], "scope": "openid" });
    let client = server.register(&body).await.json();
    let client = client["client_id"].as_str().unwrap();
    let browser = Browser::new(&server);
    let url = authorize_url(client, &[("scope", Some("openid notes:write"))]);
    browser
        .get(&url)
        .await
        .is_redirect_with("invalid_scope", Some("st a/te"));
    let url = authorize_url(client, &[]);
    let answer = browser.get(&url).await;
    answer.is_page(200);
    assert!(!answer.body.contains("notes:write"));
}

#[tokio::test]
async fn head_and_long_lines_do_nothing() {
    let server = server().await;
    let client = server.client().await;
    let url = authorize_url(&client, &[]);
    let head = server.call(Method::HEAD, &url).await;
    assert_eq!(head.status, 405);
    assert_eq!(head.headers["allow"], "GET");
    assert!(!head.headers.contains_key(SET_COOKIE));
    let long = format!("{url}&x={}", "x".repeat(9000));
    Browser::new(&server).get(&long).await.is_page(414);
}
