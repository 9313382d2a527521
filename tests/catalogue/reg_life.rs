//! Registrations: what they cost, how long they live, and what is told around them.

use fastmcp::limits::RateLimits;
use serde_json::json;
use tests::canary::Canaries;
use tests::idp::upstream_client;

use crate::case::cases;
use crate::log;
use crate::outcome::{E, Html, Page, Status};
use crate::party::C_CB;
use crate::setup::{Setup, registration};

cases! {
    "REG-02" Each our_credentials,
    "REG-23" Each large_bodies,
    "REG-26" Each idle_clients,
}

async fn our_credentials(setup: Setup) {
    let from = log::length();
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = crate::cbk::returning(&s, &c).await;
    let location = browser.get(way.as_str()).await.location().unwrap();
    let code = tests::http::parameter(&location, "code").expect("a code");
    Status(200).of("a login", &c.redeem(&attempt, &code).await);
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
        "/mcp",
        "/nothing",
        "/oauth/authorize",
        "/oauth/authorize?client_id=upstream",
        "/oauth/callback?code=x&state=x",
        "/oauth/token",
        "/health",
        "/ready",
    ] {
        s.get(path).await;
        s.send("POST", path, &[], "x").await;
    }
    s.register(&registration(json!({"redirect_uris": 7}))).await;
    let (id, secret) = upstream_client();
    let (both, secret) = (Canaries::of([&id, &secret]), Canaries::of([&secret]));
    let answers = s.diary.lock().unwrap().clone();
    assert!(answers.len() > 20);
    for answer in answers {
        // The provider is asked in our name, so the way there says our id, and nothing else does.
        let is_way = answer
            .location()
            .is_some_and(|to| to.as_str().starts_with(s.idp.url()));
        let ours = answer.url.as_str().starts_with(&s.base);
        let canaries = if is_way || !ours { &secret } else { &both };
        for (name, value) in &answer.headers {
            assert_eq!(
                canaries.within(value.as_bytes()),
                None,
                "{name} of {answer:?}"
            );
        }
        assert_eq!(canaries.within(answer.body.as_bytes()), None, "{answer:?}");
    }
    assert_eq!(both.within(log::since(from).as_bytes()), None, "in the log");
}

async fn large_bodies(setup: Setup) {
    let s = setup.start().await;
    for length in [64 * 1024 + 1, 2 << 20] {
        let body = registration(json!({"client_name": "n".repeat(length)})).to_string();
        let answer = s
            .expect("announced", s.register_raw(&body), Status(413))
            .await;
        assert_eq!(
            answer.error().as_deref(),
            Some("invalid_client_metadata"),
            "{answer:?}"
        );
        let before = s.home.store.writes();
        let chunks = body.as_bytes().chunks(16 * 1024);
        let chunks = chunks
            .map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        let head = "POST /oauth/register HTTP/1.1\r\nhost: s.test\r\ncontent-type: application/json\r\n\
            transfer-encoding: chunked\r\n\r\n";
        let request = [
            head.as_bytes(),
            &chunks.collect::<Vec<_>>().concat(),
            b"0\r\n\r\n",
        ]
        .concat();
        let answer = s.raw(&request).await;
        // A server that closes in the middle of what is sent may take its answer with it.
        assert!(matches!(crate::raw::status(&answer), 413 | 0), "{answer}");
        assert_eq!(s.home.store.writes(), before, "writes");
    }
    let exact = registration(json!({"x": "n".repeat(60 * 1024)}));
    Status(201).of("not too long", &s.register(&exact).await);
}

async fn idle_clients(setup: Setup) {
    let s = setup.start().await;
    let (hour, day) = (3600, 24 * 3600);
    let unused = s.c().await;
    s.wait(23 * hour);
    Html(200).of("after 23 h", &unused.open(&unused.az(&[])).await);
    s.wait(hour + 1);
    s.expect("after 24 h", unused.open(&unused.az(&[])), Page(400))
        .await;
    s.expect(
        "and the token endpoint",
        unused.refresh("x"),
        E(401, "invalid_client"),
    )
    .await;
    let used = s.party(json!({"redirect_uris": [C_CB]})).await;
    used.login().await;
    s.wait(89 * day);
    used.login().await;
    s.wait(91 * day);
    s.expect("after 91 idle days", used.open(&used.az(&[])), Page(400))
        .await;
    s.expect(
        "at the token endpoint",
        used.refresh("x"),
        E(401, "invalid_client"),
    )
    .await;
    too_many(&setup).await;
}

/// Of clients that nobody used the oldest makes room; used ones stay.
async fn too_many(setup: &Setup) {
    let usual = RateLimits::default().unused_registrations;
    assert_eq!(usual, Some(10_000));
    let limits = RateLimits {
        unused_registrations: Some(3),
        ..RateLimits::OFF
    };
    let s = setup.start_with(|server| server.rate_limits(limits)).await;
    let body = registration(json!({ "redirect_uris": [C_CB] })).to_string();
    let register = async || {
        let headers = [("content-type", "application/json")];
        let url = s.at("/oauth/register");
        // Each node bounds what it registered itself.
        let node = s.only(0);
        let answer = node.send("POST", &url, &headers, body.clone()).await;
        Status(201).of("one more", &answer);
        // Of two in one second either is the older one.
        s.wait(1);
        s.named(answer.json()["client_id"].as_str().expect("an id"))
    };
    let used = register().await;
    used.login().await;
    let mut unused = Vec::new();
    for _ in 0..4 {
        unused.push(register().await);
    }
    let oldest = &unused[0];
    s.expect("the oldest", oldest.open(&oldest.az(&[])), Page(400))
        .await;
    let refresh = oldest.refresh("x");
    s.expect("there too", refresh, E(401, "invalid_client"))
        .await;
    for client in unused[1..].iter().chain([&used]) {
        let page = client.open(&client.az(&[])).await;
        Html(200).of("there is room for it", &page);
    }
    used.login().await;
}
