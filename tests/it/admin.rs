//! The operator's commands, as an operator types them.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tests::client::Tokens;
use tests::database::{Database, Engine};
use tests::mcp::Era;
use tests::process::run;
use tests::world::{Kind, World};

/// Runs a command over the world's store; a `disk:` store must not be in use.
async fn admin(world: &World, arguments: &[&str]) -> Output {
    admin_with(world, &[], arguments).await
}

async fn admin_with(world: &World, more: &[(&str, &str)], arguments: &[&str]) -> Output {
    let wanted = ["FASTMCP_STORE", "FASTMCP_SECRET"];
    let mut environment = world.server.environment().to_vec();
    environment.retain(|(name, _)| wanted.contains(&name.as_str()));
    environment.extend(
        more.iter()
            .map(|(name, value)| ((*name).into(), (*value).into())),
    );
    run("example-admin", &environment, arguments).await
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out
}

#[track_caller]
fn failed(output: &Output, code: i32) -> String {
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{err}");
    err
}

fn grants(output: &Output) -> Vec<Value> {
    let lines = said(output);
    let line = |line| serde_json::from_str(line).expect("a JSON object a line");
    lines.lines().map(line).collect()
}

async fn lives(world: &World, tokens: &Tokens) -> bool {
    let answer = world.client.refresh(&tokens.refresh).await;
    assert!(answer.status == 200 || answer.outcome() == (400, Some("invalid_grant".into())));
    answer.status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_listed_and_ended_while_servers_run_or_stand() {
    for kind in Kind::all().into_iter().filter(|kind| *kind != Kind::Memory) {
        let mut world = World::start(kind).await;
        let mut logins = Vec::new();
        for user in ["alice", "alice", "bob", "carol"] {
            world.person(user, &[]).await;
            logins.push(world.login().await);
        }
        world.person("alice", &[]).await;
        let (attempt, code) = world.code().await;
        if kind == Kind::Disk {
            let held = failed(&admin(&world, &["grants"]).await, 78);
            assert!(held.contains("process"), "{held}");
            world.server.kill().await;
        }
        let all = grants(&admin(&world, &["grants", "--json"]).await);
        assert_eq!(all.len(), 4, "{all:?}");
        assert_eq!(all[0]["client_id"], world.client.id.as_str());
        let text = said(&admin(&world, &["grants", "--subject", "bob"]).await);
        assert!(text.contains("bob") && text.contains("1 login"), "{text}");
        for tokens in &logins {
            let shown = format!("{all:?} {text}");
            assert!(!shown.contains(&tokens.access) && !shown.contains(&tokens.refresh));
        }
        let nobody = failed(&admin(&world, &["revoke"]).await, 1);
        assert!(nobody.contains("which logins"), "{nobody}");
        let ended = said(&admin(&world, &["revoke", "--subject", "alice"]).await);
        assert!(ended.contains("ended 3 logins"), "two and a code: {ended}");
        let carols = all.iter().find(|grant| grant["subject"] == "carol");
        let id = carols
            .and_then(|grant| grant["grant"].as_str())
            .expect("an id");
        let ended = said(&admin(&world, &["revoke", "--grant", id]).await);
        assert!(ended.contains("ended 1 login"), "{ended}");
        let none = said(&admin(&world, &["revoke", "--client", "nobody"]).await);
        assert!(none.contains("ended 0 logins"), "{none}");
        let left = grants(&admin(&world, &["grants", "--json"]).await);
        assert_eq!(left.len(), 1, "{left:?}");
        if kind == Kind::Disk {
            world.server.restart().await;
        }
        let late = world.client.redeem(&code, &attempt.verifier).await;
        assert_eq!(late.outcome(), (400, Some("invalid_grant".into())));
        for (tokens, is_bobs) in logins.iter().zip([false, false, true, false]) {
            assert_eq!(lives(&world, tokens).await, is_bobs, "{kind:?}");
        }
        world.check_good_flow().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_move_from_store_to_store_and_nobody_is_logged_out() {
    let secret = (
        "FASTMCP_SECRET",
        "an excellent secret that moves with its records",
    );
    let mut world = World::start_with(Kind::Disk, &[secret]).await;
    let tokens = world.login().await;
    world.server.kill().await;
    let file = world.directory.path().join("records");
    let file = file.to_str().expect("text");
    let out = said(&admin(&world, &["export", file]).await);
    assert!(out.contains("records written"), "{out}");
    let again = failed(&admin(&world, &["export", file]).await, 1);
    assert!(again.contains("exists"), "{again}");
    let whole = std::fs::read_to_string(file).expect("a file");
    assert!(!whole.contains(&tokens.refresh));

    let broken = world.directory.path().join("broken");
    let store = |name: &str| format!("disk:{}", world.directory.path().join(name).display());
    let lines: Vec<_> = whole.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n");
    let missing = [&lines[..2], &lines[3..]].concat().join("\n");
    for (content, words) in [
        (cut.as_str(), "is cut short"),
        (&missing, "was changed"),
        ("no", "is no file of `export`"),
        ("", "is cut short"),
    ] {
        std::fs::write(&broken, content).expect("a file");
        let arguments = [
            "--store",
            &store("new"),
            "import",
            broken.to_str().expect("text"),
        ];
        let refused = failed(&admin(&world, &arguments).await, 1);
        assert!(refused.contains(words), "{refused}");
        assert!(!Path::new(&world.directory.path().join("new")).exists());
    }

    let engines = [Engine::Redis, Engine::Postgres].into_iter();
    let databases: Vec<_> = engines
        .filter(|it| it.is_there())
        .map(Database::new)
        .collect();
    let mut targets = vec![store("other")];
    targets.extend(databases.iter().map(Database::address));
    for target in &targets {
        let arguments = ["--store", target, "import", file];
        said(&admin(&world, &arguments).await);
        // What was cut off can be run again.
        said(&admin(&world, &arguments).await);
        said(&admin(&world, &["--store", target, "check"]).await);
        world.server.set("FASTMCP_STORE", target);
        world.server.restart().await;
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "moved"})).await, "moved");
        // Each copy goes on from the same records: the same successor inside the window.
        Tokens::read(&world.client.refresh(&tokens.refresh).await);
        world.server.kill().await;
        let live = failed(&admin(&world, &arguments).await, 1);
        assert!(live.contains("import into an empty one"), "{live}");
    }
}

#[tokio::test]
async fn the_file_is_made_smaller_while_no_server_holds_it() {
    let mut world = World::start(Kind::Disk).await;
    let tokens = world.login().await;
    let held = failed(&admin(&world, &["compact"]).await, 78);
    let holder = format!("(pid {})", world.server.pid());
    assert!(held.contains("another process"), "{held}");
    assert!(
        held.contains(&holder) || !cfg!(target_os = "linux"),
        "{held}"
    );
    world.server.kill().await;
    let out = said(&admin(&world, &["compact"]).await);
    assert!(
        out.contains("MB before") && out.contains("MB after"),
        "{out}"
    );
    world.server.restart().await;
    assert!(lives(&world, &tokens).await);
    let other = ["--store", "redis://127.0.0.1:1", "compact"];
    let other = failed(&admin(&world, &other).await, 1);
    assert!(other.contains("only a `disk:` store"), "{other}");
}

#[tokio::test]
async fn a_key_file_is_exchanged_and_damage_is_told() {
    let mut world = World::start(Kind::Disk).await;
    let tokens = world.login().await;
    world.server.kill().await;
    let before = said(&admin(&world, &["check"]).await);
    assert!(before.contains("every record opens"), "{before}");
    let out = said(&admin(&world, &["rotate-key"]).await);
    assert!(out.contains("made a new key"), "{out}");
    // The login's own record is under way for some minutes more, so the old key stays.
    assert!(out.contains("the old key stays"), "{out}");
    let previous = world.directory.path().join("store/fastmcp.key.previous");
    assert!(previous.exists());
    world.server.restart().await;
    assert!(lives(&world, &tokens).await);
    world.server.kill().await;
    let secret = (
        "FASTMCP_SECRET",
        "another secret than the key of this store",
    );
    failed(&admin_with(&world, &[secret], &["check"]).await, 78);
    let other = failed(&admin_with(&world, &[secret], &["rotate-key"]).await, 1);
    assert!(other.contains("FASTMCP_SECRET"), "{other}");
    let again = said(&admin(&world, &["rotate-key"]).await);
    assert!(
        again.contains("going on with an earlier exchange"),
        "{again}"
    );
    let nowhere = ["--store", "disk:/no/such/directory", "grants"];
    let nowhere = failed(&admin(&world, &nowhere).await, 78);
    assert!(nowhere.contains("there is no store in"), "{nowhere}");
    let empty = world.directory.path().join("empty");
    std::fs::create_dir(&empty).expect("a directory");
    let address = format!("disk:{}", empty.display());
    for command in ["check", "grants", "seal-anew", "rotate-key"] {
        let refused = admin(&world, &["--store", &address, command]).await;
        assert!(!refused.status.success(), "{command}");
    }
    assert_eq!(std::fs::read_dir(&empty).expect("there").count(), 0);
    let memory = failed(&admin(&world, &["--store", "memory", "grants"]).await, 78);
    assert!(memory.contains("memory"), "{memory}");
    failed(&admin(&world, &["grant"]).await, 2);
}
