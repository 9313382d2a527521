//! Secrets stay where they belong: not on disk, not in a log, not in an answer.

use serde_json::json;
use tests::browser::Browser;
use tests::canary::Canaries;
use tests::client::{Client, REDIRECT, Tokens};
use tests::idp::{Knobs, RefreshTokens, upstream_client};
use tests::mcp::Era;
use tests::world::{Kind, World};

#[tokio::test]
async fn no_secret_on_disk_in_a_log_or_in_an_answer() {
    let mut world = World::start_with(Kind::Disk, &[("RUST_LOG", "trace")]).await;
    let refresh_tokens = RefreshTokens::Rotating;
    let knobs = Knobs {
        expires_in: json!(3),
        refresh_tokens,
        ..Knobs::default()
    };
    world.idp.turn(&knobs).await;
    let metadata =
        json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post"});
    let confidential = Client::register_as(world.client.discovered.clone(), &metadata).await;

    let browser = Browser::new();
    let attempt = world.client.begin();
    let called = browser.agree(attempt.url.as_str(), REDIRECT, |_| {}).await;
    let code = world.client.code(&attempt, &called);
    let first = Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
    world
        .idp
        .turn(&Knobs {
            refresh_tokens,
            ..Knobs::default()
        })
        .await;
    let mut answers = vec![called.to_string()];
    for era in Era::ALL {
        let mcp = world.mcp(era, &first.access).await;
        answers.push(mcp.call("whoami", json!({})).await.body);
        answers.push(mcp.call("upstream_token_hint", json!({})).await.body);
    }
    let answer = world.client.refresh(&first.refresh).await;
    let second = Tokens::read(&answer);
    answers.push(answer.body);
    // What goes wrong must not be told in full either.
    answers.push(world.client.redeem(&code, &attempt.verifier).await.body);
    answers.push(confidential.refresh(&second.refresh).await.body);
    answers.push(
        browser
            .get(
                called
                    .as_str()
                    .replace(REDIRECT, &world.server.at("/oauth/callback"))
                    .as_str(),
            )
            .await
            .body,
    );
    world.server.kill().await;

    let (_, upstream_secret) = upstream_client();
    let mut upstream = world.idp.issued().await;
    upstream.push(upstream_secret);
    let upstream = Canaries::of(upstream);
    for answer in answers {
        assert_eq!(upstream.within(answer.as_bytes()), None, "in an answer");
    }
    let output = world.server.output();
    assert!(
        output.contains("TRACE") || output.contains("DEBUG"),
        "the log is not at trace"
    );
    assert_eq!(
        upstream.within(output.as_bytes()),
        None,
        "upstream secrets in the log"
    );
    let store = world.directory.path();
    assert_eq!(upstream.below(store), None, "upstream secrets on disk");

    let ours = [
        first.access,
        first.refresh,
        second.access,
        second.refresh,
        code,
        attempt.verifier,
        confidential.secret.expect("a secret"),
    ];
    let ours = Canaries::of(ours);
    assert_eq!(
        ours.within(output.as_bytes()),
        None,
        "our secrets in the log"
    );
    assert_eq!(ours.below(store), None, "our secrets on disk");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::start(Kind::Disk).await;
    world.login().await;
    let store = world.directory.path().join("store");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path)
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&store), 0o700);
    for entry in std::fs::read_dir(&store).expect("the store") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
