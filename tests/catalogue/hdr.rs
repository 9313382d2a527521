//! Headers of every answer.

use serde_json::json;
use tests::http::{Answer, Http, encode};

use crate::case::cases;
use crate::outcome::{h_set, no_cors};
use crate::party::C_CB;
use crate::setup::{S, Setup, registration};

cases! {
    "HDR-01" Each pages,
    "HDR-02" Each json_answers,
    "HDR-03" Once other_origins,
    "HDR-05" Once reflection,
    "HDR-06" Each referrers,
    "HDR-07" Once methods,
}

async fn pages(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let good = c.az(&[]);
    let good = format!("/oauth/authorize?{}", good.url.query().unwrap());
    let mut answers = Vec::new();
    for path in [
        good.as_str(),
        "/oauth/authorize",
        "/oauth/authorize?client_id=x",
        "/oauth/callback",
        "/oauth/callback?code=x&state=y",
        "/oauth/callback?error=x",
        "/oauth/nothing",
        "/oauth/",
        "/oauth/consent",
    ] {
        answers.push(s.get(path).await);
    }
    let form = [("content-type", tests::http::FORM), ("accept", "text/html")];
    answers.push(
        s.send("POST", "/oauth/consent", &form, "action=approve")
            .await,
    );
    answers.push(
        s.send("POST", "/oauth/consent", &form, "a=".repeat(100_000))
            .await,
    );
    s.home.store.away(true);
    answers.push(s.get(&good).await);
    s.home.store.away(false);
    assert!(
        answers.iter().any(|answer| answer.status == 503),
        "a fault has a page too"
    );
    let mut seen = 0;
    for answer in answers {
        let kind = answer.header("content-type").unwrap_or_default();
        if kind.starts_with("text/html") {
            h_set(answer.url.as_str(), &answer);
            seen += 1;
        } else {
            assert!(!answer.body.contains('<'), "{answer:?}");
        }
    }
    assert!(seen >= 9, "{seen} pages");
}

fn private(answer: &Answer) {
    assert_eq!(
        answer.header("cache-control"),
        Some("no-store"),
        "{answer:?}"
    );
    assert_eq!(
        answer.header("x-content-type-options"),
        Some("nosniff"),
        "{answer:?}"
    );
    if !answer.body.is_empty() {
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{answer:?}"
        );
    }
}

async fn json_answers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    private(&s.register(&registration(json!({}))).await);
    private(&s.register(&json!({})).await);
    let (attempt, code) = c.code().await;
    private(&c.redeem_with(&attempt, &code, &[("resource", "x")]).await);
    let answer = c.redeem(&attempt, &code).await;
    private(&answer);
    let refresh = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    private(&c.refresh("unknown").await);
    private(&c.refresh(&refresh).await);
    private(&c.post("/oauth/revoke", &[]).await);
    private(&c.revoke(&refresh).await);
    for path in ["/oauth/register", "/oauth/token", "/oauth/revoke"] {
        private(&s.send("GET", path, &[], "").await);
    }
    s.home.store.away(true);
    private(&c.refresh(&refresh).await);
    s.home.store.away(false);
}

async fn other_origins(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let good = c.az(&[]);
    let good = format!("/oauth/authorize?{}", good.url.query().unwrap());
    for path in [
        good.as_str(),
        "/oauth/authorize",
        "/oauth/consent",
        "/oauth/callback?code=x&state=y",
    ] {
        for origin in ["https://any.test", "null", "https://c.test"] {
            for method in ["GET", "POST", "OPTIONS"] {
                let headers = [
                    ("origin", origin),
                    ("accept", "text/html"),
                    ("access-control-request-method", "POST"),
                ];
                no_cors(path, &s.send(method, path, &headers, "").await);
            }
        }
    }
}

async fn reflection(setup: Setup) {
    let s = setup.start().await;
    let canary = "<script>canary</script>\"'&canary";
    for name in [
        "client_id",
        "redirect_uri",
        "state",
        "error",
        "error_description",
        "code",
        "x",
    ] {
        let query = encode(&[(name, canary)]);
        for path in [
            "/oauth/authorize",
            "/oauth/callback",
            "/oauth/consent",
            "/oauth/token",
            "/nothing",
        ] {
            for accept in ["text/html", "application/json"] {
                let path = format!("{path}?{query}");
                let answer = s.send("GET", &path, &[("accept", accept)], "").await;
                assert!(!answer.body.contains("canary"), "{answer:?}");
            }
        }
    }
}

async fn referrers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let attempt = c.az(&[]);
    let page = browser.get(attempt.url.as_str()).await;
    let approved = browser.press(&page, Some("approve"), |_| {}).await;
    let way = browser
        .follow(approved.clone(), &s.at("/oauth/callback"))
        .await
        .client();
    let back = browser.get(way.as_str()).await;
    assert!(back.location().unwrap().as_str().starts_with(C_CB));
    for answer in [&page, &approved, &back] {
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{answer:?}"
        );
    }
}

async fn status_of(s: &S, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    s.send(method, path, headers, "").await.status
}

async fn methods(setup: Setup) {
    let s = setup.start().await;
    for path in [
        "/oauth/token",
        "/oauth/authorize",
        "/oauth/consent",
        "/mcp",
        "/health",
    ] {
        for method in ["TRACE", "CONNECT", "FOO"] {
            // `CONNECT` has a form of target of its own; the client would not send this one.
            if method != "CONNECT" {
                let status = status_of(&s, method, path, &[]).await;
                assert!(
                    matches!(status, 401 | 405 | 501),
                    "{method} {path}: {status}"
                );
            }
        }
    }
    let answer = s
        .raw(b"OPTIONS * HTTP/1.1\r\nhost: s.test\r\nconnection: close\r\n\r\n")
        .await;
    assert!(
        (400..502).contains(&crate::raw::status(&answer)),
        "{answer}"
    );
    for header in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        let status = status_of(&s, "GET", "/oauth/token", &[(header, "POST")]).await;
        assert_eq!(status, 405, "{header}");
        let query = "/oauth/token?_method=POST";
        assert_eq!(status_of(&s, "GET", query, &[]).await, 405, "{header}");
    }
    let url = format!("http://127.0.0.1:{}/health", s.ports[0]);
    assert_eq!(Http::new().get(&url).await.status, 200);
}
