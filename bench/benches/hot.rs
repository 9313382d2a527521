//! The pieces that every call meets, each alone: `cargo bench -p bench`.
#![allow(missing_docs, reason = "made by a macro of criterion's")]
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use bench::inside::{Inside, signed_in};
use bench::message::{Era, Question};
use criterion::{Criterion, criterion_group, criterion_main};
use fastmcp::item::{Registry, Slots, ToolEntry};
use fastmcp::keys::Keys;
use fastmcp::mcp::{Endpoint, EndpointParts, MAX_BODY, Rounds, ServerInfo};
use fastmcp::parts::Parts;
use fastmcp::prelude::*;
use fastmcp::store::{Expected, MemoryStore, Put, Sealed};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Repeat a text.
#[tool(requires_auth, read_only)]
fn echo(text: String) -> String {
    text
}

/// A server with a login.
#[server(auth = custom)]
struct SignedIn;

fn calls(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let inside = runtime.block_on(signed_in(SignedIn.into_server()));
    let Inside {
        router,
        token,
        authenticator,
    } = inside.expect("a server that starts");
    criterion.bench_function("bearer check, warm", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let session = authenticator.authenticate(black_box(&token)).await;
            session.expect("a live token")
        });
    });
    let bearer = format!("Bearer {token}");
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.as_bytes();
    let (head, _) = split(&Question::Echo.request("localhost", Era::Legacy, &[]));
    criterion.bench_function("edge and frame alone (ping)", |bencher| {
        let bearer = [("authorization", bearer.as_str())];
        bencher
            .to_async(&runtime)
            .iter(|| ask(&router, &head, &bearer, ping));
    });
    for era in [Era::Legacy, Era::Modern] {
        let (head, body) = split(&Question::Echo.request("localhost", era, &[]));
        let name = format!("call of a tool, {}", era.version());
        criterion.bench_function(&name, |bencher| {
            let bearer = [("authorization", bearer.as_str())];
            bencher
                .to_async(&runtime)
                .iter(|| ask(&router, &head, &bearer, &body));
        });
    }
}

type Headers = Vec<(String, String)>;

/// Headers and body of a request in bytes.
fn split(request: &[u8]) -> (Headers, Vec<u8>) {
    let text = String::from_utf8_lossy(request);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let headers = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let owned = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    (owned.collect(), body.as_bytes().to_vec())
}

async fn ask(router: &Router, head: &Headers, more: &[(&str, &str)], body: &[u8]) -> usize {
    let mut request = Request::post("/mcp");
    for (name, value) in head.iter().filter(|(name, _)| name != "content-length") {
        request = request.header(name, value);
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_vec())).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    let body = to_bytes(response.into_body(), MAX_BODY).await;
    body.expect("a body").len()
}

fn arguments(criterion: &mut Criterion) {
    criterion.bench_function("arguments of a tool", |bencher| {
        bencher.iter(|| {
            let text = black_box(r#"{"days":30,"text":"a text of some length"}"#);
            let slots = Slots::read(Some(text), &["days", "text"]).expect("an object");
            let days: u32 = slots.decode(0).expect("a number");
            let text: String = slots.decode(1).expect("a text");
            (days, text)
        });
    });
}

fn list(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let template = Registry::collect().expect("one tool").tools()[0];
    let tools = (0..200).map(|number| {
        let name = Box::leak(format!("tool_{number:03}").into_boxed_str());
        let rule = fastmcp::auth::Rule::Public;
        &*Box::leak(Box::new(ToolEntry {
            name,
            rule,
            ..*template
        }))
    });
    let parts = Parts::system(Duration::from_secs(10)).expect("TLS");
    let endpoint = Endpoint::new(EndpointParts {
        around: Vec::new(),
        rounds: Rounds::of_process(&parts),
        tasks: None,
        registry: Registry::of(tools.collect()).expect("names that differ"),
        app: Arc::new(SignedIn),
        authenticator: None,
        anonymous: true,
        info: ServerInfo::default(),
        allowed_origins: Vec::new(),
        allowed_hosts: vec!["localhost".to_owned()],
        scopes_offered: BTreeSet::new(),
        max_body: MAX_BODY,
        parts,
    });
    let router = endpoint.router();
    let (head, body) = split(&Question::List.request("localhost", Era::Modern, &[]));
    criterion.bench_function("list of 200 tools", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| ask(&router, &head, &[], &body));
    });
}

fn records(criterion: &mut Criterion) {
    const FAR: u64 = 4_000_000_000;
    const ID: &[u8] = b"a record";
    let runtime = Runtime::new().expect("a runtime");
    let parts = Parts::system(Duration::from_secs(10)).expect("TLS");
    let keys = Keys::ephemeral(&parts.random);
    let store = Arc::new(MemoryStore::new());
    let sealed = runtime.block_on(Sealed::open(store, &keys, parts));
    let sealed = sealed.expect("an empty store");
    let value = "x".repeat(1000);
    criterion.bench_function("seal a record of 1 kB", |bencher| {
        let mut expected = Expected::Absent;
        bencher.iter(|| {
            let sealing = sealed.put("bench", ID, &value, FAR, expected);
            let put = runtime.block_on(sealing).expect("a store that works");
            let Put::Done(version) = put else {
                panic!("nobody else writes");
            };
            expected = Expected::Version(version);
        });
    });
    criterion.bench_function("open a record of 1 kB", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| sealed.get::<String>("bench", ID));
    });
}

criterion_group!(hot, calls, arguments, list, records);
criterion_main!(hot);
