//! Those who ask too often, hold connections open, or register where nobody may: a real server in
//! a process of its own, with the limits that it has by itself.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use fastmcp::audit::{AuditEntry, AuditEvent};
use http::Request;
use serde_json::json;
use tests::client::REDIRECT;
use tests::http::{Answer, Http};
use tests::idp::Idp;
use tests::server::{Server, Storage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use crate::local::{self, Running};

async fn server(changes: &[(&str, &str)]) -> (Idp, Server) {
    let idp = Idp::start().await;
    let mut environment = idp.environment();
    let usual = [("FASTMCP_RATE_LIMITS", "")].into_iter();
    let changes = usual.chain(changes.iter().copied());
    environment.extend(changes.map(|(name, value)| (name.into(), value.into())));
    let server = Server::start("custom-provider", &Storage::Memory, environment).await;
    (idp, server)
}

async fn register(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"});
    let headers = [&[("content-type", "application/json")], headers].concat();
    let url = server.at("/oauth/register");
    Http::new()
        .send("POST", &url, &headers, body.to_string())
        .await
}

#[tokio::test]
async fn registrations_are_limited_by_the_address_of_the_socket() {
    let (_idp, server) = server(&[]).await;
    let mut refused = 0;
    for number in 0..40 {
        let spoofed = format!("203.0.113.{number}");
        let answer = register(&server, &[("x-forwarded-for", &spoofed)]).await;
        if answer.status == 201 {
            continue;
        }
        refused += 1;
        assert_eq!(
            answer.outcome(),
            (429, Some("temporarily_unavailable".into()))
        );
        let wait = answer
            .header("retry-after")
            .and_then(|wait| wait.parse::<u64>().ok());
        assert!(
            wait.is_some_and(|wait| (1..=60).contains(&wait)),
            "{answer:?}"
        );
    }
    assert!(refused >= 10, "{refused} of 40 were refused");
    assert!(
        server.output().contains("trusted_proxies"),
        "{}",
        server.output()
    );
    assert_eq!(Http::new().get(&server.at("/health")).await.status, 200);
}

#[tokio::test]
async fn a_trusted_proxy_says_who_asks() {
    let (_idp, server) = server(&[("FASTMCP_TRUSTED_PROXIES", "127.0.0.0/8, ::1")]).await;
    for number in 0..40 {
        let client = format!("198.51.100.1, 203.0.113.{number}");
        let answer = register(&server, &[("x-forwarded-for", &client)]).await;
        assert_eq!(answer.status, 201, "{number}: {answer:?}");
    }
}

#[tokio::test]
async fn registration_and_clients_come_from_the_environment() {
    let clients =
        json!([{"client_id": "desk", "redirect_uris": [REDIRECT], "client_name": "Desk"}]);
    let (_idp, server) = server(&[
        ("FASTMCP_REGISTRATION", "off"),
        ("FASTMCP_CLIENTS", &clients.to_string()),
    ])
    .await;
    assert_eq!(register(&server, &[]).await.status, 404);
    let metadata = server.at("/.well-known/oauth-authorization-server");
    let metadata = Http::new().get(&metadata).await.json();
    assert!(
        metadata.get("registration_endpoint").is_none(),
        "{metadata}"
    );
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", "desk"),
            ("redirect_uri", REDIRECT),
            ("code_challenge_method", "S256"),
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
        ])
        .finish();
    let page = Http::new()
        .get(&server.at(&format!("/oauth/authorize?{query}")))
        .await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("Desk"), "{page:?}");
}

#[tokio::test]
async fn slow_heads_are_closed_after_ten_seconds_and_hold_up_nobody() {
    let (_idp, server) = server(&[]).await;
    let address = server.base().trim_start_matches("http://").to_owned();
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream
            .write_all(b"GET /health HTTP/1.1\r\nx: ")
            .await
            .expect("a beginning");
        slow.push(stream);
    }
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(Http::new().get(&server.at("/health")).await.status, 200);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    for mut stream in slow {
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest));
        assert!(
            closed.await.is_ok(),
            "still open after {:?}",
            begun.elapsed()
        );
    }
    assert!(
        begun.elapsed() >= Duration::from_secs(8),
        "a slow one may take its time"
    );
}

#[tokio::test]
async fn every_answer_below_https_says_to_stay_there() {
    let idp = Idp::start().await;
    for (base, strict) in [("https://s.test", true), ("http://localhost:8000", false)] {
        let router = local::configured(&idp, base)
            .router()
            .await
            .expect("good settings");
        for path in [
            "/mcp",
            "/oauth/authorize",
            "/oauth/token",
            "/oauth/jwks",
            "/.well-known/oauth-authorization-server",
            "/nothing",
        ] {
            let request = Request::get(path).header("host", base.rsplit('/').next().unwrap());
            let request = request.body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let told = answer.headers().get("strict-transport-security");
            assert_eq!(told.is_some(), strict, "{base}{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn the_servers_own_code_hears_of_every_decision() {
    let heard = Arc::new(Mutex::new(Vec::<AuditEntry>::new()));
    let listener = Arc::clone(&heard);
    let running = Running::start(|server| {
        server.on_audit(move |entry| listener.lock().unwrap().push(entry.clone()))
    })
    .await;
    let tokens = running.login().await;
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.call("secret_of_admins", json!({})).await.status, 403);
    running.client.refresh(&tokens.refresh).await;
    running.client.revoke(&tokens.refresh).await;
    let heard = heard.lock().unwrap();
    let names: Vec<_> = heard.iter().map(|entry| entry.event.name()).collect();
    assert_eq!(
        names,
        [
            "registered",
            "consent_shown",
            "approved",
            "code_issued",
            "code_redeemed",
            "access_refused",
            "refreshed",
            "revoked"
        ]
    );
    let of_admins = |entry: &&AuditEntry| {
        matches!(
            entry.event,
            AuditEvent::AccessRefused {
                item: "secret_of_admins",
                reason: "forbidden",
                ..
            }
        )
    };
    assert!(heard.iter().any(|entry| of_admins(&entry)), "{heard:?}");
    let text = format!("{heard:?}");
    for secret in [&tokens.access, &tokens.refresh, &running.client.id] {
        assert!(!text.contains(secret.as_str()), "{text}");
    }
}
