//! `GET /oauth/authorize`: a page while client or redirect are in doubt, a redirect afterwards.

use tests::browser::Browser;
use tests::client::{Client, REDIRECT};
use tests::http::{Answer, Http, parameter};
use tests::world::{Kind, World};

use super::{assert_page, assert_page_headers};

async fn get(url: &str) -> Answer {
    Http::new()
        .send("GET", url, &[("accept", "text/html")], "")
        .await
}

#[tokio::test]
async fn a_client_or_redirect_in_doubt_gets_a_page() {
    let world = World::start(Kind::Memory).await;
    let (upstream_id, _) = tests::idp::upstream_client();
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("unknown client", &[("client_id", "unknown")]),
        (
            "the upstream client",
            &[
                ("client_id", &upstream_id),
                ("redirect_uri", "https://x.test/cb"),
            ],
        ),
        ("no client", &[("client_id", "")]),
        ("no redirect", &[("redirect_uri", "")]),
        ("relative redirect", &[("redirect_uri", "/callback")]),
        ("null redirect", &[("redirect_uri", "null")]),
        ("foreign redirect", &[("redirect_uri", "https://x.test/cb")]),
        (
            "foreign redirect, more wrong",
            &[
                ("redirect_uri", "https://x.test/cb"),
                ("response_type", "token"),
            ],
        ),
        (
            "other loopback name",
            &[("redirect_uri", "http://localhost:33418/callback")],
        ),
        (
            "other loopback family",
            &[("redirect_uri", "http://[::1]:33418/callback")],
        ),
        (
            "https",
            &[("redirect_uri", "https://127.0.0.1:33418/callback")],
        ),
        (
            "neighbour",
            &[("redirect_uri", "http://127.0.0.2:33418/callback")],
        ),
        (
            "case",
            &[("redirect_uri", "http://127.0.0.1:33418/CALLBACK")],
        ),
        (
            "more path",
            &[("redirect_uri", "http://127.0.0.1:33418/callback/x")],
        ),
        (
            "query",
            &[("redirect_uri", "http://127.0.0.1:33418/callback?x=1")],
        ),
        ("port 0", &[("redirect_uri", "http://127.0.0.1:0/callback")]),
        (
            "port 65536",
            &[("redirect_uri", "http://127.0.0.1:65536/callback")],
        ),
        (
            "empty port",
            &[("redirect_uri", "http://127.0.0.1:/callback")],
        ),
        (
            "user info",
            &[("redirect_uri", "http://u@127.0.0.1:33418/callback")],
        ),
        (
            "port as user",
            &[("redirect_uri", "http://127.0.0.1:5@evil.test/callback")],
        ),
    ];
    for (case, changes) in cases {
        assert_page(
            case,
            &get(world.client.begin_with(changes).url.as_str()).await,
            400,
        );
    }
    for name in ["client_id", "redirect_uri", "state"] {
        let url = world.client.begin().url;
        let value = parameter(&url, name).expect("a parameter");
        let twice = format!("{url}&{}", tests::http::encode(&[(name, value.as_str())]));
        assert_page(&format!("{name} twice"), &get(&twice).await, 400);
    }
    assert!(world.idp.calls("authorize").await.is_empty());
    world.check_good_flow().await;
}

#[tokio::test]
async fn a_bad_request_of_a_known_client_goes_back_to_it() {
    let world = World::start(Kind::Memory).await;
    let challenge = "a".repeat(43);
    let long = "a".repeat(1025);
    let many = (0..65).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let evil = format!("{}-evil", world.server.mcp());
    let dots = world.server.at("/mcp/../x");
    let fragment = format!("{}#x", world.server.mcp());
    let cases: &[(&str, &str, &str)] = &[
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code token", "unsupported_response_type"),
        ("response_type", "CODE", "unsupported_response_type"),
        ("response_type", "none", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", &challenge[1..], "invalid_request"),
        (
            "code_challenge",
            &format!("{challenge}a"),
            "invalid_request",
        ),
        (
            "code_challenge",
            &format!("{}=", &challenge[1..]),
            "invalid_request",
        ),
        (
            "code_challenge",
            &format!("{}+", &challenge[1..]),
            "invalid_request",
        ),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("scope", "no:such:scope", "invalid_scope"),
        ("scope", "openid \"", "invalid_scope"),
        ("scope", "openid \\", "invalid_scope"),
        ("scope", &long, "invalid_scope"),
        ("scope", &many, "invalid_scope"),
        ("resource", "https://other.test/mcp", "invalid_target"),
        ("resource", &evil, "invalid_target"),
        ("resource", &dots, "invalid_target"),
        ("resource", &fragment, "invalid_target"),
        ("resource", "mcp", "invalid_target"),
        ("request", "a.b.c", "request_not_supported"),
        (
            "request_uri",
            "https://169.254.169.254/x",
            "request_uri_not_supported",
        ),
        ("prompt", "none", "interaction_required"),
    ];
    for (name, value, error) in cases {
        let attempt = world.client.begin_with(&[(name, value)]);
        assert_redirect(&world, &format!("{name}={value}"), &attempt, error).await;
    }
    for name in ["response_type", "code_challenge", "scope", "resource"] {
        let mut attempt = world.client.begin_with(&[("scope", "openid")]);
        let value = parameter(&attempt.url, name).expect("a parameter");
        attempt.url.query_pairs_mut().append_pair(name, &value);
        let error = if name == "resource" {
            "invalid_target"
        } else {
            "invalid_request"
        };
        assert_redirect(&world, &format!("{name} twice"), &attempt, error).await;
    }
    assert!(world.idp.calls("authorize").await.is_empty());
    world.check_good_flow().await;
}

async fn assert_redirect(world: &World, case: &str, attempt: &tests::client::Attempt, error: &str) {
    let answer = get(attempt.url.as_str()).await;
    assert!(matches!(answer.status, 302 | 303), "{case}: {answer:?}");
    let called = answer.location().expect("a redirect");
    assert!(called.as_str().starts_with(REDIRECT), "{case}: {called}");
    assert_eq!(
        parameter(&called, "error").as_deref(),
        Some(error),
        "{case}: {called}"
    );
    assert_eq!(
        parameter(&called, "state").as_deref(),
        Some(attempt.state.as_str()),
        "{case}"
    );
    assert_eq!(
        parameter(&called, "iss").as_deref(),
        Some(world.server.base()),
        "{case}"
    );
    assert_eq!(parameter(&called, "code"), None, "{case}");
}

#[tokio::test]
async fn what_is_only_unusual_is_accepted() {
    let world = World::start(Kind::Memory).await;
    let slash = format!("{}/", world.server.mcp());
    let loud = world
        .server
        .mcp()
        .replace("http://localhost", "HTTP://LOCALHOST");
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("no resource", &[("resource", "")]),
        ("resource with a slash", &[("resource", &slash)]),
        ("loud resource", &[("resource", &loud)]),
        ("no state", &[("state", "")]),
        ("port 1", &[("redirect_uri", "http://127.0.0.1:1/callback")]),
        (
            "port 65535",
            &[("redirect_uri", "http://127.0.0.1:65535/callback")],
        ),
        (
            "repeated scope tokens",
            &[("scope", "openid openid profile")],
        ),
        ("unknown parameter", &[("foo", "bar")]),
        ("header injection", &[("state", "x\r\nSet-Cookie: x=1")]),
    ];
    for (case, changes) in cases {
        let attempt = world.client.begin_with(changes);
        let page = get(attempt.url.as_str()).await;
        assert_eq!(page.status, 200, "{case}: {page:?}");
        assert_page_headers(case, &page);
    }
    let attempt = world.client.begin_with(&[("state", "")]);
    let called = Browser::new()
        .agree(attempt.url.as_str(), REDIRECT, |_| {})
        .await;
    assert_eq!(parameter(&called, "state"), None, "{called}");
    let port = "http://127.0.0.1:65535/callback";
    let attempt = world.client.begin_with(&[("redirect_uri", port)]);
    let called = Browser::new()
        .agree(attempt.url.as_str(), port, |_| {})
        .await;
    assert!(parameter(&called, "code").is_some(), "{called}");
}

#[tokio::test]
async fn a_name_is_inert_on_the_page() {
    let world = World::start(Kind::Memory).await;
    let name = "\"><script>alert(1)</script>{{7*7}}</textarea><img src=x>";
    let metadata = serde_json::json!({
        "client_name": name, "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
    });
    let client = Client::register_as(world.client.discovered.clone(), &metadata).await;
    let page = get(client.begin().url.as_str()).await;
    assert_eq!(page.status, 200);
    for raw in ["<script", "<img", "</textarea"] {
        assert!(!page.body.contains(raw), "{raw} in {}", page.body);
    }
    assert!(page.body.contains("{{7*7}}"), "shown as it is");
}

#[tokio::test]
async fn methods_are_limited() {
    let world = World::start(Kind::Memory).await;
    let url = world.client.begin().url;
    let answer = Http::new().send("HEAD", url.as_str(), &[], "").await;
    assert_eq!(answer.status, 405);
}
