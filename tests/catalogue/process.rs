//! Cases about the process itself: how it stops, and by whom it speaks to the world.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tests::client::Tokens;
use tests::mcp::Era;
use tests::world::{Kind, World};
use tokio::net::TcpListener;

use crate::case::cases;
use crate::setup::Setup;

cases! {
    "TOK-30" Once stops,
    "CIM-22" Once proxies,
}

async fn stops(setup: Setup) {
    let mut world = World::start(Kind::Disk).await;
    let mut codes = Vec::new();
    for _ in 0..16 {
        codes.push(world.code().await);
    }
    let exchanges = codes.clone().into_iter().map(|(attempt, code)| {
        let client = world.client.clone();
        tokio::spawn(async move {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("code_verifier", &attempt.verifier),
                ("redirect_uri", tests::client::REDIRECT),
            ];
            client.try_token(&form).await.ok()
        })
    });
    let exchanges: Vec<_> = exchanges.collect();
    world.server.signal("TERM");
    let mut answers = Vec::new();
    for exchange in exchanges {
        answers.push(exchange.await.expect("an exchange"));
    }
    world.server.restart().await;
    for ((attempt, code), answer) in codes.iter().zip(answers) {
        let tokens = if let Some(answer) = answer {
            Tokens::read(&answer)
        } else {
            // The connection broke: the code is good once, or was spent without a word.
            let again = world.client.redeem(code, &attempt.verifier).await;
            if again.status != 200 {
                assert_eq!(again.outcome(), (400, Some("invalid_grant".into())));
                continue;
            }
            Tokens::read(&again)
        };
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        let list = mcp.request("tools/list", serde_json::json!({})).await;
        assert_eq!(list.status, 200, "{list:?}");
    }
    drop(setup);
}

async fn proxies(setup: Setup) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let recorder = tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
    ];
    let environment = names.map(|name| (name, address.as_str()));
    let world = World::start_with(Kind::Memory, &environment).await;
    world.check_good_flow().await;
    let published = [("client_id", "https://client.invalid/client.json")];
    let attempt = world.client.begin_with(&published);
    let page = tests::browser::Browser::new()
        .get(attempt.url.as_str())
        .await;
    assert_eq!(page.status, 400, "{page:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "a proxy was asked");
    recorder.abort();
    drop(setup);
}
