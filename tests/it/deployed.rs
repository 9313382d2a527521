//! Behind a proxy, below a path, on https: every address that goes out is the configured one.

use serde_json::json;
use tests::browser::Browser;
use tests::client::{Client, REDIRECT, Tokens, discover};
use tests::http::{Answer, Http};
use tests::idp::Idp;
use tests::mcp::{Era, Mcp};
use tests::server::{Server, Storage};

use crate::support::free_port;

async fn start(idp: &Idp, base: &str, port: u16) -> Server {
    let mut environment = idp.environment();
    environment.push(("FASTMCP_BASE_URL".into(), base.into()));
    environment.push(("FASTMCP_BIND".into(), format!("127.0.0.1:{port}")));
    Server::start("custom-provider", &Storage::Memory, environment).await
}

#[tokio::test]
async fn a_server_below_a_path_is_found_by_every_client() {
    let idp = Idp::start().await;
    let port = free_port();
    let origin = format!("http://localhost:{port}");
    let base = format!("{origin}/t1");
    let _server = start(&idp, &base, port).await;
    let http = Http::new();
    for path in [
        "/.well-known/oauth-authorization-server/t1",
        "/.well-known/openid-configuration/t1",
        "/t1/.well-known/openid-configuration",
        "/t1/.well-known/oauth-authorization-server",
    ] {
        let answer = http.get(&format!("{origin}{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.json()["issuer"], json!(base), "{path}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
    }
    for path in ["/.well-known/oauth-protected-resource/t1/mcp"] {
        let answer = http.get(&format!("{origin}{path}")).await;
        assert_eq!(
            answer.json()["resource"],
            json!(format!("{base}/mcp")),
            "{path}"
        );
        assert_eq!(
            answer.json()["authorization_servers"],
            json!([base]),
            "{path}"
        );
    }
    let wrong = http
        .get(&format!(
            "{origin}/.well-known/oauth-authorization-server/t2"
        ))
        .await;
    assert_eq!(wrong.status, 404);

    let mcp = format!("{base}/mcp");
    let client = Client::register(discover(&mcp).await).await;
    let attempt = client.begin();
    let called = Browser::new()
        .agree(attempt.url.as_str(), REDIRECT, |_| {})
        .await;
    let code = client.code(&attempt, &called);
    let tokens = Tokens::read(&client.redeem(&code, &attempt.verifier).await);
    for era in Era::ALL {
        let mcp = Mcp::connect(&mcp, era, Some(&tokens.access)).await;
        assert_eq!(mcp.text("echo", json!({"text": "below"})).await, "below");
    }
}

/// What a TLS-terminating proxy sends on: plain http with the public host's name.
async fn forwarded(method: &str, port: u16, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![
        ("host", "s.test"),
        ("accept", "text/html, application/json"),
    ];
    headers.extend(more);
    Http::new()
        .send(
            method,
            &format!("http://127.0.0.1:{port}{path}"),
            &headers,
            "",
        )
        .await
}

#[tokio::test]
async fn on_https_cookies_are_bound_to_the_host() {
    let idp = Idp::start().await;
    let port = free_port();
    let _server = start(&idp, "https://s.test", port).await;
    let body = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"});
    let headers = [("host", "s.test"), ("content-type", "application/json")];
    let url = format!("http://127.0.0.1:{port}/oauth/register");
    let registered = Http::new()
        .send("POST", &url, &headers, body.to_string())
        .await;
    assert_eq!(registered.status, 201, "{registered:?}");
    let id = registered.json()["client_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let challenge = "a".repeat(43);
    let query = tests::http::encode(&[
        ("response_type", "code"),
        ("client_id", &id),
        ("redirect_uri", REDIRECT),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let page = forwarded("GET", port, &format!("/oauth/authorize?{query}"), &[]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().collect();
    assert!(!cookies.is_empty(), "the page is bound to its browser");
    for cookie in cookies {
        let cookie = cookie.to_str().expect("text");
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        let attributes: Vec<_> = cookie.split(';').skip(1).map(str::trim).collect();
        for wanted in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&wanted), "{cookie}");
        }
        assert!(
            !attributes.iter().any(|it| it.starts_with("Domain")),
            "{cookie}"
        );
        let age = attributes.iter().find_map(|it| it.strip_prefix("Max-Age="));
        let age: u32 = age.expect("Max-Age").parse().expect("a number");
        assert!(age <= 600, "{cookie}");
    }
}

#[tokio::test]
async fn headers_of_a_request_never_change_what_goes_out() {
    let idp = Idp::start().await;
    let port = free_port();
    let _server = start(&idp, "https://s.test", port).await;
    let evil: &[&[(&str, &str)]] = &[
        &[("x-forwarded-host", "evil.test")],
        &[("x-forwarded-proto", "http")],
        &[("forwarded", "host=evil.test;proto=http")],
        &[("x-original-url", "/evil.test")],
    ];
    for headers in evil {
        for path in [
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-protected-resource/mcp",
            "/oauth/callback?state=x&code=y",
        ] {
            let answer = forwarded("GET", port, path, headers).await;
            let text = format!("{answer:?}");
            assert!(
                !text.contains("evil.test") && !text.contains("http://s.test"),
                "{text}"
            );
        }
        let answer = forwarded("POST", port, "/mcp", headers).await;
        assert!(
            !format!("{:?}", answer.headers).contains("evil.test"),
            "{answer:?}"
        );
    }
    let host = [("accept", "application/json"), ("host", "evil.test")];
    let url = format!("http://127.0.0.1:{port}/.well-known/oauth-authorization-server");
    let answer = Http::new().send("GET", &url, &host, "").await;
    assert!(!answer.body.contains("evil.test"), "{answer:?}");
}

#[tokio::test]
async fn only_the_one_spelling_of_a_path_is_served() {
    let idp = Idp::start().await;
    let server = Server::start("custom-provider", &Storage::Memory, idp.environment()).await;
    let port = server.base().rsplit_once(':').expect("a port").1.to_owned();
    for path in [
        "/oauth//token",
        "/oauth/token/",
        "/oauth/%74oken",
        "/oauth/token;x=1",
        "/OAUTH/token",
        "/x/..%2foauth/token",
        "/oauth",
        "/metrics",
        "/.env",
    ] {
        let url = format!("http://localhost:{port}{path}");
        let answer = Http::new().send("POST", &url, &[], "").await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let http = Http::new();
    assert_eq!(http.get(&server.at("/health")).await.status, 200);
    assert_eq!(http.get(&server.at("/ready")).await.status, 200);
}
