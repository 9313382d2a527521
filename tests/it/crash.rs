//! `kill -9` at any moment: nothing that was acknowledged is lost.

use std::time::Duration;

use serde_json::json;
use tests::client::Tokens;
use tests::database::Engine;
use tests::mcp::Era;
use tests::own::Own;
use tests::server::Storage;
use tests::tally::Tally;
use tests::world::{Kind, World};

use crate::load::{Acknowledged, Load, check};
use crate::support::rounds;

/// How often each is killed under load, unless `TESTS_ROUNDS` says otherwise.
const ROUNDS: u64 = 4;
/// A database takes longer to start than a server.
const DATABASE_ROUNDS: u64 = 200;
/// The files of a database are large: they are looked through once in so many rounds.
const LOOK: u64 = 8;

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
async fn nothing_acknowledged_is_lost_when_the_server_is_killed_under_load() {
    let mut world = World::start(Kind::Disk).await;
    let load = Load::new(&world, Tally::new("kill -9 of the server, disk"));
    let anchor = world.login().await;
    let mut known = Acknowledged::default();
    for _ in 0..rounds(ROUNDS) {
        let fresh = load
            .during(async || {
                moment().await;
                world.server.kill().await;
            })
            .await;
        known = fresh.with(known);
        // It fails the test unless it starts.
        world.server.restart().await;
        let store = world.directory.path().join("store");
        check(&load, &mut known, Some(&store)).await;
        let mcp = world.mcp(Era::Modern, &anchor.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "here"})).await, "here");
        if !load.tally().round() {
            break;
        }
    }
    load.into_tally().finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_redis_is_killed_under_load() {
    database_killed(Engine::Redis).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_postgres_is_killed_under_load() {
    database_killed(Engine::Postgres).await;
}

async fn database_killed(engine: Engine) {
    let Some(mut database) = Own::start(engine).await else {
        return;
    };
    let storage = Storage::Database(database.address(database.port()));
    let world = World::over(&[storage], &[]).await;
    let load = Load::new(&world, Tally::new(format!("kill -9 of {engine:?}")));
    let mut known = Acknowledged::default();
    let count = rounds(ROUNDS).min(DATABASE_ROUNDS);
    for round in 1..=count {
        let fresh = load
            .during(async || {
                moment().await;
                database.kill();
                moment().await;
                database.restart().await;
            })
            .await;
        known = fresh.with(known);
        let look = round % LOOK == 0 || round == count;
        let files = look.then(|| database.directory());
        check(&load, &mut known, files).await;
        if !load.tally().round() {
            break;
        }
    }
    load.into_tally().finish();
}

/// Any moment of the first half second.
async fn moment() {
    let chance = u64::from(getrandom::u32().expect("the system has randomness"));
    tokio::time::sleep(Duration::from_millis(chance % 500)).await;
}
