//! What several test files need.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tests::http::{Answer, FORM, Http, encode};
use tests::mcp::{Era, Mcp};
use tests::world::Kind;
use tokio::sync::Barrier;

/// How many requests a race sends at once.
pub(crate) const RACERS: usize = 64;

/// A form with HTTP Basic credentials.
pub(crate) async fn with_basic(url: &str, id: &str, secret: &str, form: &[(&str, &str)]) -> Answer {
    let escape = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = STANDARD.encode(format!("{}:{}", escape(id), escape(secret)));
    let authorization = format!("Basic {credentials}");
    let headers = [
        ("content-type", FORM),
        ("authorization", authorization.as_str()),
    ];
    Http::new().send("POST", url, &headers, encode(form)).await
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("an address").port()
}

/// Runs `once` 64 times at the same moment, each with its number; every racer is ready before the
/// first one goes.
pub(crate) async fn race<F, T>(once: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(RACERS));
    let racers: Vec<_> = (0..RACERS)
        .map(|number| {
            let (barrier, run) = (Arc::clone(&barrier), once(number));
            tokio::spawn(async move {
                barrier.wait().await;
                run.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(RACERS);
    for racer in racers {
        answers.push(racer.await.expect("a racer finishes"));
    }
    answers
}

/// A `tools/list` (2026-07-28) with that token, as it was answered.
pub(crate) async fn bearer(mcp: &str, token: &str) -> Answer {
    let mcp = Mcp::connect(mcp, Era::Modern, Some(token)).await;
    mcp.request("tools/list", json!({})).await
}

/// How often to repeat what depends on luck: `TESTS_ROUNDS`, or so many times.
pub(crate) fn rounds(usual: u64) -> u64 {
    let asked = std::env::var("TESTS_ROUNDS").ok();
    asked
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(usual)
}

/// The stores to run over: those that `TESTS_STORES` names (`memory`, `disk`, `redis`,
/// `postgres`, with commas), or all that this machine can run.
pub(crate) fn stores() -> Vec<Kind> {
    let asked = std::env::var("TESTS_STORES").ok();
    let asked = asked
        .as_deref()
        .map(|names| names.split(',').collect::<Vec<_>>());
    let mut stores = Kind::all();
    stores.retain(|kind| {
        asked
            .as_ref()
            .is_none_or(|names| names.contains(&kind.name()))
    });
    stores
}

/// How long something is away that will come back: `TESTS_OUTAGE` seconds, or three.
pub(crate) fn outage() -> Duration {
    let asked = std::env::var("TESTS_OUTAGE").ok();
    let seconds = asked.and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}
