//! `kill -9` at any moment: nothing that was acknowledged is lost.

use std::time::Duration;

use serde_json::json;
use tests::client::{Client, Tokens};
use tests::mcp::Era;
use tests::world::{Kind, World};

use crate::support::rounds;

/// How often the server is killed under load, unless `TESTS_ROUNDS` says otherwise.
const ROUNDS: u64 = 8;

#[tokio::test]
async fn the_same_tokens_go_on_after_kill_and_restart() {
    let mut world = World::start(Kind::Disk).await;
    let tokens = world.login().await;
    world.server.restart().await;
    for era in Era::ALL {
        let mcp = world.mcp(era, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "again"})).await, "again");
        assert_eq!(mcp.text("upstream_token_hint", json!({})).await.len(), 4);
    }
    let refreshed = Tokens::read(&world.client.refresh(&tokens.refresh).await);
    world.server.restart().await;
    let repeated = Tokens::read(&world.client.refresh(&tokens.refresh).await);
    assert_eq!(
        repeated.refresh, refreshed.refresh,
        "the grace window survives a crash"
    );
    world.check_good_flow().await;
}

#[tokio::test]
async fn a_code_survives_a_crash_and_a_spent_one_stays_spent() {
    let mut world = World::start(Kind::Disk).await;
    let (attempt, code) = world.code().await;
    world.server.restart().await;
    let tokens = Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
    world.server.restart().await;
    let replayed = world.client.redeem(&code, &attempt.verifier).await;
    assert_eq!(replayed.outcome(), (400, Some("invalid_grant".into())));
    world.server.restart().await;
    let dead = world.client.refresh(&tokens.refresh).await;
    assert_eq!(
        dead.outcome(),
        (400, Some("invalid_grant".into())),
        "revoked for ever"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_killed_under_load() {
    let mut world = World::start(Kind::Disk).await;
    let mut latest = world.login().await.refresh;
    for round in 0..rounds(ROUNDS) {
        let (client, first) = (world.client.clone(), latest.clone());
        let refreshing = tokio::spawn(async move { refresh_until_it_breaks(&client, first).await });
        let discovered = world.client.discovered.clone();
        let registering = tokio::spawn(async move { register_until_it_breaks(discovered).await });
        tokio::time::sleep(Duration::from_millis(40 + 37 * (round % 12))).await;
        world.server.kill().await;
        latest = refreshing.await.expect("the refresher ends");
        let registered = registering.await.expect("the registrar ends");
        world.server.restart().await;
        latest = Tokens::read(&world.client.refresh(&latest).await).refresh;
        for id in registered {
            let url = world.client.begin_with(&[("client_id", &id)]).url;
            let page = tests::browser::Browser::new().get(url.as_str()).await;
            assert_eq!(
                page.status, 200,
                "round {round}: client {id} is forgotten: {page:?}"
            );
        }
    }
}

/// Rotates as fast as it can; gives the last refresh token that was acknowledged.
async fn refresh_until_it_breaks(client: &Client, mut token: String) -> String {
    let url = client.discovered.endpoint("token_endpoint");
    loop {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
            ("client_id", client.id.as_str()),
        ];
        let headers = [("content-type", tests::http::FORM)];
        let body = tests::http::encode(&form);
        match tests::http::Http::new()
            .try_send("POST", &url, &headers, body)
            .await
        {
            Ok(answer) => token = Tokens::read(&answer).refresh,
            Err(_) => return token,
        }
    }
}

/// Registers as fast as it can; gives the ids that were acknowledged.
async fn register_until_it_breaks(discovered: tests::client::Discovered) -> Vec<String> {
    let url = discovered.endpoint("registration_endpoint");
    let headers = [("content-type", "application/json")];
    let body = json!({
        "redirect_uris": [tests::client::REDIRECT],
        "token_endpoint_auth_method": "none",
    });
    let mut ids = Vec::new();
    loop {
        let http = tests::http::Http::new();
        match http
            .try_send("POST", &url, &headers, body.to_string())
            .await
        {
            Ok(answer) if answer.status == 201 => {
                ids.push(
                    answer.json()["client_id"]
                        .as_str()
                        .expect("an id")
                        .to_owned(),
                );
            }
            Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(_) => return ids,
        }
    }
}
