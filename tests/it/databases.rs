//! Servers on Redis and on PostgreSQL: how they start, and what one node may rely on another for.

use serde_json::json;
use tests::client::Tokens;
use tests::database::{Database, Engine};
use tests::idp::Idp;
use tests::mcp::Era;
use tests::process::Process;
use tests::world::{Kind, World};

/// Starts a server that must not start; gives what it said.
async fn refused(idp: &Idp, store: &str, secret: Option<&str>) -> String {
    let mut environment = idp.environment();
    environment.push(("FASTMCP_BIND".into(), "127.0.0.1:0".into()));
    environment.push(("FASTMCP_STORE".into(), store.into()));
    environment.extend(secret.map(|secret| ("FASTMCP_SECRET".into(), secret.into())));
    match Process::try_start("example-custom-provider", &environment).await {
        Ok(process) => panic!("it started:\n{}", process.output()),
        Err(output) => output,
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_and_its_password_is_not() {
    let idp = Idp::start().await;
    for store in [
        "redis://:hunter2@127.0.0.1:1",
        "rediss://user:hunter2@127.0.0.1:1/0",
        "redis://:hunter2@127.0.0.1:1/hunter2",
        "postgres://user:hunter2@127.0.0.1:1/x",
        "postgresql://user:hunter2@127.0.0.1:hunter2/x",
        "mysql://user:hunter2@127.0.0.1/x",
    ] {
        let output = refused(&idp, store, Some("an excellent secret of the operator")).await;
        assert!(output.contains("FASTMCP_STORE"), "{store}:\n{output}");
        assert!(!output.contains("hunter2"), "{store}:\n{output}");
    }
}

#[tokio::test]
async fn a_database_needs_a_secret_for_its_keys() {
    let idp = Idp::start().await;
    for engine in [Engine::Redis, Engine::Postgres] {
        if engine.is_there() {
            let database = Database::new(engine);
            let output = refused(&idp, &database.address(), None).await;
            assert!(output.contains("FASTMCP_SECRET"), "{engine:?}:\n{output}");
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_over_a_database_is_told() {
    for engine in [Engine::Redis, Engine::Postgres] {
        if !engine.is_there() {
            continue;
        }
        let world = World::start(Kind::One(engine)).await;
        let environment = world.server.environment();
        let store = environment.iter().find(|(name, _)| name == "FASTMCP_STORE");
        let (_, store) = store.expect("a store");
        let output = refused(&world.idp, store, Some("the secret of another server")).await;
        assert!(output.contains("key"), "{engine:?}:\n{output}");
        world.check_good_flow().await;
    }
}

#[tokio::test]
async fn logins_go_on_when_every_process_was_killed_and_on_the_node_that_is_left() {
    for engine in [Engine::Redis, Engine::Postgres] {
        if !engine.is_there() {
            continue;
        }
        let mut world = World::start(Kind::One(engine)).await;
        let tokens = world.login().await;
        world.server.restart().await;
        let tokens = Tokens::read(&world.client.refresh(&tokens.refresh).await);
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "again"})).await, "again");

        let mut world = World::start(Kind::Two(engine)).await;
        let (attempt, code) = world.code().await;
        let tokens = world.login().await;
        world.server.kill().await;
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "left"})).await, "left");
        Tokens::read(&world.client.refresh(&tokens.refresh).await);
        Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
        world.check_good_flow().await;
    }
}
