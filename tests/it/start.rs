//! What is wrong with a server is said when it starts, by the setting's name; nothing is touched.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use tests::http::Http;
use tests::idp::Idp;
use tests::mcp::Era;
use tests::process::Process;
use tests::server::{Server, Storage};
use tests::world::{Kind, World};

const SECRET: &str = "an excellent secret of the operator, number one";

/// Starts an example that must not start; gives what it said.
async fn refused(example: &str, environment: &[(String, String)]) -> String {
    let binary = format!("example-{example}");
    match Process::try_start(&binary, environment).await {
        Ok(process) => panic!("it started:\n{}", process.output()),
        Err(output) => output,
    }
}

fn with(base: &[(String, String)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = base.to_vec();
    all.push(("FASTMCP_BIND".into(), "127.0.0.1:0".into()));
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        if !value.is_empty() {
            all.push(((*name).into(), (*value).into()));
        }
    }
    all
}

/// Variables to set; an empty one is removed.
type Changes = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn a_fault_in_the_settings_is_named_before_anything_listens() {
    let idp = Idp::start().await;
    let good = idp.environment();
    let cases: &[(&str, Changes, &str)] = &[
        (
            "no client id",
            &[("OAUTH_CLIENT_ID", "")],
            "OAUTH_CLIENT_ID",
        ),
        (
            "no secret",
            &[("OAUTH_CLIENT_SECRET", "")],
            "OAUTH_CLIENT_SECRET",
        ),
        (
            "no endpoint",
            &[("OAUTH_TOKEN_ENDPOINT", "")],
            "OAUTH_TOKEN_ENDPOINT",
        ),
        (
            "cleartext base URL",
            &[("FASTMCP_BASE_URL", "http://s.test")],
            "FASTMCP_BASE_URL",
        ),
        (
            "base URL with a query",
            &[("FASTMCP_BASE_URL", "https://s.test/?x=1")],
            "FASTMCP_BASE_URL",
        ),
        (
            "base URL with user info",
            &[("FASTMCP_BASE_URL", "https://u@s.test")],
            "FASTMCP_BASE_URL",
        ),
        (
            "short secret",
            &[("FASTMCP_SECRET", "short")],
            "FASTMCP_SECRET",
        ),
        (
            "placeholder",
            &[("FASTMCP_SECRET", "changeme")],
            "FASTMCP_SECRET",
        ),
        (
            "zeros",
            &[("FASTMCP_SECRET", "00000000000000000000000000000000")],
            "FASTMCP_SECRET",
        ),
        (
            "unknown store",
            &[("FASTMCP_STORE", "floppy:a")],
            "FASTMCP_STORE",
        ),
        (
            "no way to register",
            &[("FASTMCP_REGISTRATION", "sometimes")],
            "FASTMCP_REGISTRATION",
        ),
        (
            "limited registration without a token",
            &[("FASTMCP_REGISTRATION", "limited")],
            "FASTMCP_INITIAL_ACCESS_TOKEN",
        ),
        (
            "clients that are none",
            &[("FASTMCP_CLIENTS", "[{\"client_id\": \"number one\"}]")],
            "FASTMCP_CLIENTS",
        ),
        (
            "limits that are none",
            &[("FASTMCP_RATE_LIMITS", "registrations=many")],
            "FASTMCP_RATE_LIMITS",
        ),
        (
            "a proxy by name",
            &[("FASTMCP_TRUSTED_PROXIES", "proxy.internal")],
            "FASTMCP_TRUSTED_PROXIES",
        ),
        (
            "bad address",
            &[("FASTMCP_BIND", "nowhere")],
            "FASTMCP_BIND",
        ),
    ];
    for (case, changes, setting) in cases {
        let output = refused("custom-provider", &with(&good, changes)).await;
        assert!(
            output.contains(setting),
            "{case}: `{setting}` is not named in:\n{output}"
        );
        assert!(!output.contains("listening on"), "{case}:\n{output}");
        assert!(output.contains("exit code: 78"), "{case}:\n{output}");
        for secret in ["changeme", "short", "number one"] {
            assert!(
                !output.contains(&format!("`{secret}`")),
                "{case} repeats it:\n{output}"
            );
        }
    }
}

#[tokio::test]
async fn every_problem_is_told_at_once_with_the_places_of_its_setting() {
    let folder = tempfile::tempdir().expect("a directory");
    let store = folder.path().join("store");
    let store = format!("disk:{}", store.display());
    let environment = with(
        &[],
        &[
            ("FASTMCP_BASE_URL", "http://s.test"),
            ("FASTMCP_SECRET", "changeme-changeme"),
            ("FASTMCP_STORE", &store),
            ("OAUTH_TOKEN_ENDPOINT", "http://id.s.test/token"),
            ("OAUTH_CLIENT_SECRET", "canary-of-the-client"),
        ],
    );
    let output = refused("custom-provider", &environment).await;
    for (code, words) in [
        (
            "FM0302",
            "set by: `base_url` in `#[server]`, `.base_url(…)`, `FASTMCP_BASE_URL`",
        ),
        ("FM0923", "OAUTH_AUTHORIZATION_ENDPOINT"),
        ("FM0302", "`token_endpoint` without TLS"),
        ("FM0921", "OAUTH_CLIENT_ID"),
        ("FM0933", "set by: `.secret(…)`, `FASTMCP_SECRET`"),
    ] {
        assert!(
            output.contains(code) && output.contains(words),
            "{code}:\n{output}"
        );
    }
    assert_eq!(output.matches("×").count(), 5, "{output}");
    for secret in ["changeme", "canary"] {
        assert!(!output.contains(secret), "it repeats a secret:\n{output}");
    }
    assert!(output.contains("exit code: 78"), "{output}");
    let made: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .collect();
    assert!(made.is_empty(), "something was opened: {made:?}");
}

#[tokio::test]
async fn the_environment_is_judged_as_the_builder_is_and_no_socket_is_opened_for_it() {
    let canary = "canary-of-the-client";
    let token = format!("https://id.test/token?client_secret={canary}");
    let issuer = format!("https://user:{canary}@id.test");
    let environment = [
        // No machine has this address (RFC 5737), so opening it would be a problem of its own.
        ("FASTMCP_BIND", "192.0.2.1:0"),
        ("FASTMCP_SECRET", "an excellent secret of the operator"),
        ("OAUTH_AUTHORIZATION_ENDPOINT", "https://id.test/authorize"),
        ("OAUTH_TOKEN_ENDPOINT", &token),
        ("OAUTH_ISSUER", &issuer),
        ("OAUTH_CLIENT_ID", " "),
        ("OAUTH_CLIENT_SECRET", "canary-of-the-client\n"),
        ("OAUTH_SCOPES", "openid openid"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = refused("custom-provider", &environment).await;
    for words in [
        "`token_endpoint` has `client_secret` in its query, where addresses are logged [FM0924]",
        "`issuer` with a user name in it [FM0303]",
        "`issuer` without `jwks_uri`, so no ID token can be verified [FM0210]",
        "`upstream_client_id` is blank [FM0921]",
        "`upstream_client_secret` has white space around it, so the provider would not know it \
         [FM0922]",
        "`openid` is in the list twice [FM0505]",
    ] {
        assert!(output.contains(words), "{words}\n{output}");
    }
    let problems = output.matches("×").count();
    assert_eq!(problems, 6, "{output}");
    assert_eq!(output.matches("help: ").count(), problems, "{output}");
    assert_eq!(output.matches("set by: ").count(), problems, "{output}");
    assert!(!output.contains(canary), "it repeats a secret:\n{output}");
    assert!(output.contains("exit code: 78"), "{output}");
}

#[tokio::test]
async fn an_address_that_is_none_hides_nothing_else() {
    let environment = with(&[], &[("FASTMCP_BIND", ":8000"), ("OAUTH_ISSUER", "x")]);
    let output = refused("custom-provider", &environment).await;
    for code in ["FM0913", "FM0921", "FM0922", "FM0923", "FM0301"] {
        assert!(output.contains(code), "{code}\n{output}");
    }
    assert_eq!(output.matches("FM0913").count(), 1, "{output}");
}

#[tokio::test]
async fn the_development_sign_in_never_leaves_this_machine() {
    let public = with(&[], &[("FASTMCP_BASE_URL", "https://s.test")]);
    let output = refused("quickstart", &public).await;
    assert!(output.contains("dev"), "{output}");
    assert!(
        !output.contains("Add this URL"),
        "it promises an address at which nothing listens:\n{output}"
    );

    let everywhere = vec![("FASTMCP_BIND".into(), "0.0.0.0:0".into())];
    let server = Server::start("quickstart", &Storage::Memory, everywhere).await;
    let port = server.base().rsplit_once(':').expect("a port").1;
    let Some(address) = outer_address() else {
        return;
    };
    let url = format!("http://{address}:{port}/oauth/dev");
    let host = format!("localhost:{port}");
    for headers in [vec![], vec![("host", host.as_str())]] {
        let answer = Http::new().send("GET", &url, &headers, "").await;
        assert!(matches!(answer.status, 403 | 421), "{answer:?}");
    }
    let near = Http::new().get(&server.at("/oauth/dev")).await;
    assert_eq!(
        near.status, 400,
        "reachable from here, but nothing was begun: {near:?}"
    );
}

#[tokio::test]
async fn a_public_server_that_will_forget_its_logins_says_so() {
    let idp = Idp::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let hint = "end with this process";
    for (base, storage, warned) in [
        ("https://s.test", Storage::Memory, true),
        ("https://s.test", Storage::disk(directory.path()), false),
        ("http://localhost:9", Storage::Memory, false),
    ] {
        let mut environment = idp.environment();
        environment.push(("FASTMCP_BASE_URL".into(), base.into()));
        let server = Server::start("custom-provider", &storage, environment).await;
        assert_eq!(
            server.output().contains(hint),
            warned,
            "{}",
            server.output()
        );
    }
}

/// This machine's address on its network, if it has one. Nothing is sent.
fn outer_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Every file below a folder, by path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read(&path).expect("a file"),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_wrong_key_over_existing_data_touches_nothing() {
    let mut world = World::start_with(Kind::Disk, &[("FASTMCP_SECRET", SECRET)]).await;
    let tokens = world.login().await;
    world.server.kill().await;
    let store = world.directory.path().join("store");
    let mut before = contents(&store);
    let mut environment = world.server.environment().to_vec();
    let other = "another excellent secret of the operator";
    for (wrong, damaged) in [(other, false), ("", false), (other, true), ("", true)] {
        if damaged {
            let path = store.join("fastmcp.redb");
            let bytes = std::fs::read(&path).expect("the database");
            std::fs::write(path, &bytes[..bytes.len() - 1]).expect("a damaged one");
            before = contents(&store);
        }
        environment.retain(|(name, _)| name != "FASTMCP_SECRET");
        if !wrong.is_empty() {
            environment.push(("FASTMCP_SECRET".into(), wrong.into()));
        }
        let output = refused("custom-provider", &environment).await;
        assert!(output.to_lowercase().contains("key"), "{output}");
        let after = contents(&store);
        let changed: Vec<_> = before
            .iter()
            .filter(|(path, bytes)| after.get(*path) != Some(bytes))
            .collect();
        let changed: Vec<_> = changed.iter().map(|(path, _)| path).collect();
        assert!(
            changed.is_empty(),
            "changed by a start with a wrong key: {changed:?}"
        );
        assert_eq!(before.len(), after.len(), "{:?}", after.keys());
    }
    world.server.restart().await;
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(
        mcp.text("echo", json!({"text": "still here"})).await,
        "still here"
    );
}

#[tokio::test]
async fn a_secret_over_data_of_a_kept_key_touches_nothing() {
    let mut world = World::start(Kind::Disk).await;
    let tokens = world.login().await;
    world.server.kill().await;
    let store = world.directory.path().join("store");
    let before = contents(&store);
    let environment = with(world.server.environment(), &[("FASTMCP_SECRET", SECRET)]);
    let output = refused("custom-provider", &environment).await;
    assert!(output.to_lowercase().contains("key"), "{output}");
    assert!(before == contents(&store), "changed by a wrong key");
    world.server.restart().await;
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(mcp.text("echo", json!({"text": "x"})).await, "x");
}

#[tokio::test]
async fn one_directory_serves_one_process() {
    let world = World::start(Kind::Disk).await;
    let output = refused("custom-provider", &with(world.server.environment(), &[])).await;
    assert!(output.contains("store"), "{output}");
    world.check_good_flow().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut world = World::start(Kind::Disk).await;
    world.server.kill().await;
    let store = world.directory.path().join("store");
    let key = store.join("fastmcp.key");
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&key, readable).expect("our own file");
    let output = refused("custom-provider", &with(world.server.environment(), &[])).await;
    assert!(output.contains("fastmcp.key"), "{output}");
}

#[tokio::test]
async fn a_secret_makes_the_same_keys_again_in_an_empty_memory() {
    let mut world = World::start_with(Kind::Disk, &[("FASTMCP_SECRET", SECRET)]).await;
    let tokens = world.login().await;
    world.server.restart().await;
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(mcp.text("echo", json!({"text": "x"})).await, "x");
    let store = world.directory.path().join("store");
    assert!(
        !store.join("fastmcp.key").exists(),
        "a derived key is not kept"
    );
}
