//! A node that is late with an upstream token: what it writes then is refused.

use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::database::Engine;
use tests::idp::{Fault, Knobs};
use tests::link::Wire;

use crate::twins::Twins;

/// The longest that an upstream request may take; the lease is five seconds longer.
const UPSTREAM: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_comes_too_late_is_refused() {
    for engine in [Engine::Redis, Engine::Postgres] {
        let configure = |server: fastmcp::server::Server| server.upstream_request_timeout(UPSTREAM);
        let Some(twins) = Twins::start(engine, configure).await else {
            continue;
        };
        let late = Fault {
            delay_ms: 500,
            times: Some(1),
            ..Fault::default()
        };
        let knobs = Knobs {
            expires_in: json!(1),
            refreshed_expires_in: json!(3600),
            faults: [("refresh".to_owned(), late)].into(),
            ..Knobs::default()
        };
        twins.idp.turn(&knobs).await;
        let attempt = twins.client.begin();
        let browser = Browser::new();
        let called = browser.agree(attempt.url.as_str(), REDIRECT, |_| {}).await;
        let code = twins.client.code(&attempt, &called);
        let tokens = Tokens::read(&twins.client(0).redeem(&code, &attempt.verifier).await);
        let made = tests::now();
        while tests::now() <= made {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }

        let refreshing = |node: usize| {
            let (client, token) = (twins.client(node), tokens.refresh.clone());
            tokio::spawn(async move { client.refresh(&token).await })
        };
        let first = refreshing(0);
        while twins.idp.count("refresh").await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // It has the lease and asks the provider; what it learns it cannot write down. On Redis it
        // still reads the grant, and it is the write that hangs in the wire.
        twins.wires[0].turn(match engine {
            Engine::Redis => Wire::HeldAfter(1),
            Engine::Postgres => Wire::Held,
        });
        let second = Tokens::read(&refreshing(1).await.expect("an answer"));
        assert_eq!(
            twins.idp.count("refresh").await,
            2,
            "the lease was taken over"
        );
        let issued = twins.idp.issued().await;
        let [.., stale, fresh] = issued.as_slice() else {
            panic!("two upstream tokens: {issued:?}")
        };
        let first = first.await.expect("an answer");
        assert_eq!(first.status, 503, "it could not write: {first:?}");

        twins.wires[0].turn(Wire::Late(Duration::ZERO));
        let mut tokens = second;
        for node in [0, 1, 0, 1] {
            let answer = loop {
                let answer = twins.client(node).refresh(&tokens.refresh).await;
                if answer.status != 503 {
                    break answer;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            };
            tokens = Tokens::read(&answer);
            let mcp = twins.mcp(node, &tokens.access);
            let hint = mcp.text("upstream_hint", json!({})).await;
            assert!(fresh.starts_with(&hint), "{engine:?}: not the newest token");
            assert!(
                !stale.starts_with(&hint),
                "{engine:?}: the late write landed"
            );
        }
        assert_eq!(twins.idp.count("refresh").await, 2);
    }
}
