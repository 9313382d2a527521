//! Servers on Redis and on PostgreSQL: how they start, and what one node may rely on another for.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::client::{Client, Tokens, discover};
use tests::database::{Database, Engine, skip};
use tests::http::Answer;
use tests::idp::Idp;
use tests::mcp::Era;
use tests::process::Process;
use tests::server::{Server, Storage};
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

/// A Redis of this test's own, which can be paused; it ends with this value.
struct Redis {
    child: Child,
    port: u16,
    _directory: tempfile::TempDir,
}

impl Redis {
    fn start() -> Option<Self> {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        drop(socket);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
        command.args([
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ]);
        command.current_dir(&directory).stdout(Stdio::null());
        let Ok(child) = command.spawn() else {
            skip("this machine lacks `redis-server`");
            return None;
        };
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self {
            child,
            port,
            _directory: directory,
        })
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("`kill` runs").success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn while_the_database_is_paused_clients_are_told_to_come_back_and_lose_nothing() {
    let Some(redis) = Redis::start() else { return };
    let mut world = World::start(Kind::Memory).await;
    let mut environment = world.idp.environment();
    environment.push((
        "FASTMCP_SECRET".into(),
        "an excellent secret of the operator".into(),
    ));
    let storage = Storage::Database(format!("redis://127.0.0.1:{}", redis.port));
    world.server = Server::start("custom-provider", &storage, environment).await;
    world.client = Client::register(discover(&world.server.mcp()).await).await;
    let tokens = world.login().await;
    let (attempt, code) = world.code().await;

    redis.signal("-STOP");
    let start = Instant::now();
    for answer in [
        world.client.refresh(&tokens.refresh).await,
        world.client.redeem(&code, &attempt.verifier).await,
    ] {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    redis.signal("-CONT");

    let refreshed = again(async || world.client.refresh(&tokens.refresh).await).await;
    let mcp = world.mcp(Era::Modern, &refreshed.access).await;
    assert_eq!(mcp.text("echo", json!({"text": "back"})).await, "back");
    again(async || world.client.redeem(&code, &attempt.verifier).await).await;
    world.check_good_flow().await;
}

/// As a client does that is told to come back.
async fn again(request: impl AsyncFn() -> Answer) -> Tokens {
    let mut answer = request().await;
    for _ in 0..50 {
        if answer.status != 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        answer = request().await;
    }
    Tokens::read(&answer)
}
