//! Keys as an operator sees them: exchanged without logging anyone out, and never mixed up.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::mcp::Era;
use tests::process::Process;
use tests::world::{Kind, World};

const OLD: &str = "the secret that was in force for years";
const NEW: &str = "the secret that takes its place today";

/// Waits until the log says it; a server has a minute for what it does in the background.
async fn logged(world: &World, words: &str) {
    let said = async {
        while !world.server.output().contains(words) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let limit = Duration::from_mins(2);
    let said = tokio::time::timeout(limit, said).await;
    assert!(said.is_ok(), "no `{words}` in:\n{}", world.server.output());
}

async fn works(world: &World, tokens: &Tokens) -> Tokens {
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(mcp.text("echo", json!({"text": "on"})).await, "on");
    assert_eq!(mcp.text("upstream_token_hint", json!({})).await.len(), 4);
    Tokens::read(&world.client.refresh(&tokens.refresh).await)
}

/// Name and hash of every file below `directory`.
fn fingerprints(directory: &Path) -> Vec<(String, String)> {
    let mut found: Vec<_> = std::fs::read_dir(directory)
        .expect("a store has a directory")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file can be read");
            let hash = format!("{:x?}", Sha256::digest(bytes));
            (path.display().to_string(), hash)
        })
        .collect();
    found.sort();
    found
}

/// Starts the server, which must refuse; gives what it said.
async fn refused(world: &World, changed: &[(&str, &str)]) -> String {
    let mut environment = world.server.environment().to_vec();
    environment.retain(|(name, _)| changed.iter().all(|(changed, _)| changed != name));
    let set = changed.iter().filter(|(_, value)| !value.is_empty());
    environment.extend(set.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let store = world.directory.path().join("store");
    let before = fingerprints(&store);
    let Err(output) = Process::try_start("example-custom-provider", &environment).await else {
        panic!("{changed:?} starts");
    };
    assert!(output.contains("exit code: 78"), "{output}");
    assert!(!output.contains(OLD) && !output.contains(NEW), "{output}");
    assert_eq!(
        fingerprints(&store),
        before,
        "{changed:?} changed the store"
    );
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_exchanged_and_nobody_notices() {
    for kind in Kind::all().into_iter().filter(|kind| *kind != Kind::Memory) {
        let mut world = World::start_with(kind, &[("FASTMCP_SECRET", OLD)]).await;
        let tokens = world.login().await;
        let (attempt, code) = world.code().await;
        // One user looks at the consent page, another one is at the provider.
        let (asked, reading) = (world.client.begin(), Browser::new());
        let page = reading.open(asked.url.as_str(), REDIRECT).await.page();
        let (signing_in, away) = (world.client.begin(), Browser::new());
        let shown = away.open(signing_in.url.as_str(), REDIRECT).await.page();
        let answer = away.press(&shown, Some("approve"), |_| {}).await;
        let callback = world.server.at("/oauth/callback");
        let back = away.follow(answer, &callback).await.client();

        world.exchange_secret(NEW, OLD).await;
        let tokens = works(&world, &tokens).await;
        let redeemed = world.client.redeem(&code, &attempt.verifier).await;
        let others = Tokens::read(&redeemed);
        let called = reading.press(&page, Some("approve"), |_| {}).await;
        let called = reading.follow(called, REDIRECT).await.client();
        let code = world.client.code(&asked, &called);
        Tokens::read(&world.client.redeem(&code, &asked.verifier).await);
        let answer = away.get(back.as_str()).await;
        let called = away.follow(answer, REDIRECT).await.client();
        let code = world.client.code(&signing_in, &called);
        Tokens::read(&world.client.redeem(&code, &signing_in.verifier).await);
        works(&world, &others).await;
        works(&world, &tokens).await;
        world.check_good_flow().await;
    }
}

#[tokio::test]
async fn the_previous_secret_is_needed_until_every_record_is_sealed_anew() {
    let mut world = World::start_with(Kind::Disk, &[("FASTMCP_SECRET", OLD)]).await;
    let tokens = world.login().await;
    world.server.kill().await;
    let output = refused(&world, &[("FASTMCP_SECRET", NEW)]).await;
    assert!(output.contains("key fingerprint mismatch"), "{output}");
    assert!(output.contains("FASTMCP_SECRET_PREVIOUS"), "{output}");
    refused(&world, &[("FASTMCP_SECRET", "")]).await;

    world.exchange_secret(NEW, OLD).await;
    // The login's own record is left to end by itself, so the old secret is still needed.
    logged(&world, "the previous one is still needed").await;
    world.server.kill().await;
    refused(&world, &[("FASTMCP_SECRET_PREVIOUS", "")]).await;
    world.server.restart().await;
    works(&world, &tokens).await;
}

#[tokio::test]
async fn a_store_with_a_key_file_takes_a_secret_instead() {
    let mut world = World::start(Kind::Disk).await;
    let tokens = world.login().await;
    world.server.kill().await;
    refused(&world, &[("FASTMCP_SECRET", NEW)]).await;
    let key = |name: &str| world.directory.path().join("store").join(name);
    let (key, previous) = (key("fastmcp.key"), key("fastmcp.key.previous"));
    std::fs::rename(&key, &previous).expect("the key file is there");
    refused(&world, &[]).await;
    let file = world.directory.path().join("secret");
    std::fs::write(&file, format!("{NEW}\n")).expect("a file");
    world
        .server
        .set("FASTMCP_SECRET_FILE", &file.display().to_string());
    world.server.restart().await;
    let tokens = works(&world, &tokens).await;
    world.server.restart().await;
    works(&world, &tokens).await;

    world.server.kill().await;
    let both = refused(&world, &[("FASTMCP_SECRET", OLD)]).await;
    assert!(both.contains("[FM0938]"), "{both}");
    let empty = refused(&world, &[("FASTMCP_SECRET_FILE", "/dev/null")]).await;
    assert!(empty.contains("empty"), "{empty}");
    let missing = refused(&world, &[("FASTMCP_SECRET_FILE", "/no/such/file")]).await;
    assert!(missing.contains("cannot be read"), "{missing}");
    refused(&world, &[("FASTMCP_SECRET_FILE", "")]).await;
}
