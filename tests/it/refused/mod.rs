//! What the attribute refuses is refused at start when it comes by builder method: in the words of
//! the compiler, which `trybuild/fail` holds, and with every place where it could be put right.

mod admits;
mod only;
mod twins;

use std::path::Path;
use std::time::Duration;

use fastmcp::error::Problem;
use fastmcp::provider::{self, Identity, Provider};
use fastmcp::server::{AuthDeclaration, Server, ServerDeclaration};
use fastmcp::token::claims::Passthrough;

use self::admits::ADMITS;
use self::only::ONLY;
use self::twins::{KEYS, LOGINS, URLS};

const CANARY: &str = "canary-of-the-client";

const OPEN: ServerDeclaration = ServerDeclaration {
    name: "Notes",
    title: None,
    version: "1",
    instructions: "",
    auth: None,
    roles: &[],
    scopes: &[],
    roles_from: None,
    admits: None,
    anonymous: false,
};

fn nobody(_: &Identity) -> Vec<String> {
    Vec::new()
}

fn of(declaration: ServerDeclaration) -> Server {
    Server::new((), declaration)
}

fn open() -> Server {
    of(OPEN)
}

fn google() -> Server {
    let auth = Some(AuthDeclaration::Provider(provider::google));
    let server = of(ServerDeclaration { auth, ..OPEN });
    server
        .upstream_client_id("id")
        .upstream_client_secret(CANARY)
}

fn dev() -> Server {
    let auth = Some(AuthDeclaration::Provider(provider::dev));
    of(ServerDeclaration { auth, ..OPEN })
}

fn at(provider: Provider) -> Server {
    google().provider(provider)
}

fn endpoints() -> (&'static str, &'static str) {
    (
        "https://id.example.com/authorize",
        "https://id.example.com/token",
    )
}

fn custom() -> Provider {
    let (authorization, token) = endpoints();
    provider::custom(authorization, token)
}

fn patterns(pattern: &'static str) -> Server {
    google().allowed_redirect_uri_patterns([pattern])
}

fn claims(claims: Passthrough) -> Server {
    google().custom_claims_passthrough(claims)
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the start says, without what it says of the other tests' tools.
async fn problems(server: Server) -> Vec<Problem> {
    let error = server.router().await.expect_err("it must not start");
    let of_tools = |problem: &&Problem| problem.code().starts_with("FM06");
    let found = error.problems().iter();
    let found = found.filter(|problem| !of_tools(problem)).cloned();
    found.collect()
}

/// The first lines of what the compiler says of a case: fault and code.
fn of_the_build(case: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../trybuild/fail");
    let text = std::fs::read_to_string(folder.join(case).with_extension("stderr"));
    let text = text.unwrap_or_else(|error| panic!("{case}: {error}"));
    let fault = |line: &str| {
        let line = line.strip_prefix("error")?.split_once(": ")?.1;
        let line = line.strip_prefix("evaluation panicked: ").unwrap_or(line);
        line.ends_with(']').then(|| line.to_owned())
    };
    text.lines().filter_map(fault).collect()
}

#[tokio::test]
async fn what_the_build_refuses_the_start_refuses_in_the_same_words() {
    let mut wrong = Vec::new();
    for (case, server) in [URLS, KEYS, LOGINS, ADMITS].concat() {
        let found = problems(server()).await;
        let told: Vec<_> = found
            .iter()
            .map(|problem| format!("{} [{}]", problem.fault(), problem.code()))
            .collect();
        for fault in of_the_build(case) {
            if !told.contains(&fault) {
                wrong.push(format!("{case}\n  build: {fault}\n  start: {told:?}"));
            }
        }
        for problem in &found {
            let silent = problem.help().is_empty();
            let secret = format!("{problem:?}").contains(CANARY);
            if silent || secret || problem.places().is_none() {
                wrong.push(format!(
                    "{case}: no help, no place or a secret: {problem:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_only_the_builder_can_say_is_judged_too() {
    let mut wrong = Vec::new();
    for (code, words, place, server) in ONLY {
        let found = problems(server()).await;
        let is_it = |problem: &&Problem| {
            let places = problem.places().unwrap_or_default();
            problem.code() == *code && problem.fault().contains(words) && places.contains(place)
        };
        let secret = format!("{found:?}").contains(CANARY);
        if !found.iter().any(|problem| is_it(&problem)) || secret {
            wrong.push(format!("{code} {words} {place}: {found:#?}"));
        }
        let mut codes: Vec<_> = found.iter().map(Problem::fault).collect();
        codes.dedup();
        if codes.len() < found.len() {
            wrong.push(format!("{code} {words}: told twice: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn where_dev_stands_in_for_local_work_the_settings_may_stay() {
    let server = google().upstream_request_timeout(seconds(5));
    let server = server
        .extra_authorization_params([("hd", "example.com")])
        .provider(provider::dev());
    let error = server.router().await.err();
    let found = error.iter().flat_map(fastmcp::Error::problems);
    let codes: Vec<_> = found.map(Problem::code).collect();
    assert!(
        codes.iter().all(|code| code.starts_with("FM06")),
        "{codes:?}"
    );
}
