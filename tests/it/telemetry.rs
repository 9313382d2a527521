//! What arrives at a collector of OpenTelemetry, and the trace that a call is part of.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use serde_json::json;
use tests::client::Tokens;
use tests::http::{FORM, Http, encode};
use tests::idp::Knobs;
use tests::mcp::Era;
use tests::server::{Server, Storage};
use tests::world::{Kind, World};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long something may take to arrive.
const LIMIT: Duration = Duration::from_mins(1);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const IN_BODY: &str = "2af7651916cd43dd8448eb211c80319e";
const OTHER: &str = "1bf7651916cd43dd8448eb211c80319d";

/// What it was sent: a path, and the bytes of Protocol Buffers.
type Received = Vec<(String, Bytes)>;

struct Collector {
    url: String,
    received: watch::Receiver<Received>,
}

impl Collector {
    async fn start() -> Self {
        let (sender, received) = watch::channel(Received::new());
        let router = Router::new().fallback(take).with_state(Arc::new(sender));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    /// Waits until something was sent to that path that has all of `parts` in it.
    async fn has(&mut self, path: &str, parts: &[&[u8]]) {
        let found = self.received.wait_for(|received| {
            let mut there = received.iter().filter(|(to, _)| to == path);
            there.any(|(_, bytes)| parts.iter().all(|part| contains(bytes, part)))
        });
        let found = tokio::time::timeout(LIMIT, found).await;
        let parts: Vec<_> = parts
            .iter()
            .map(|part| String::from_utf8_lossy(part))
            .collect();
        assert!(found.is_ok(), "{path} never had {parts:?}");
    }

    fn all(&self) -> Received {
        self.received.borrow().clone()
    }
}

async fn take(State(sender): State<Arc<watch::Sender<Received>>>, to: Uri, body: Bytes) {
    sender.send_modify(|received| received.push((to.path().to_owned(), body)));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The number of a trace as it travels: sixteen bytes.
fn number(trace: &str) -> Vec<u8> {
    u128::from_str_radix(trace, 16)
        .expect("hex")
        .to_be_bytes()
        .to_vec()
}

#[tokio::test]
async fn a_call_is_part_of_its_clients_trace_and_what_it_asks_the_provider_is_too() {
    let mut collector = Collector::start().await;
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
    ];
    let world = World::start_with(Kind::Memory, &environment).await;
    let short = |seconds| Knobs {
        expires_in: seconds,
        ..Knobs::default()
    };
    world.idp.turn(&short(json!(1))).await;
    let tokens = world.login().await;
    world.idp.turn(&short(json!(3600))).await;
    // The provider's token is over.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let form = encode(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", &tokens.refresh),
        ("client_id", &world.client.id),
    ]);
    let headers = [("content-type", FORM), ("traceparent", &parent)];
    let endpoint = world.server.at("/oauth/token");
    let answer = Http::new().send("POST", &endpoint, &headers, form).await;
    let tokens = Tokens::read(&answer);
    let refreshes = world.idp.calls("refresh").await;
    let told = refreshes.last().and_then(|call| call.traceparent.clone());
    let told = told.expect("a trace");
    assert!(told.contains(TRACE), "{told}");
    assert_ne!(told, parent, "the span in between is left out");
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    let of_body = format!("00-{IN_BODY}-00f067aa0ba902b7-01");
    let params = json!({
        "name": "upstream_token_hint", "arguments": {}, "_meta": {"traceparent": of_body},
    });
    let answer = mcp.request("tools/call", params).await;
    assert_eq!(answer.status, 200, "{answer:?}");

    let trace = number(TRACE);
    for span in ["POST /oauth/token", "provider refresh"] {
        let parts: [&[u8]; 3] = [&trace, span.as_bytes(), b"Custom"];
        collector.has("/v1/traces", &parts).await;
    }
    let call: &[u8] = b"tools/call upstream_token_hint";
    let parts = [&number(IN_BODY), call];
    collector.has("/v1/traces", &parts).await;
    for name in [
        "fastmcp_call_duration_seconds",
        "fastmcp_audit_events_total",
        "fastmcp_provider_duration_seconds",
        "fastmcp_store_duration_seconds",
        "fastmcp_connections",
        "upstream_token_hint",
        "code_redeemed",
        "refresh",
    ] {
        collector.has("/v1/metrics", &[name.as_bytes()]).await;
    }
    for (path, bytes) in collector.all() {
        for secret in [&tokens.access, &tokens.refresh, &world.client.id] {
            assert!(!contains(&bytes, secret.as_bytes()), "a secret at {path}");
        }
    }
}

#[tokio::test]
async fn the_trace_of_the_http_request_counts_where_the_message_tells_none() {
    let mut collector = Collector::start().await;
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*collector.url),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_SERVICE_NAME", "of-the-environment"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let server = Server::start("everything", &Storage::Memory, environment.into()).await;
    let parent = format!("00-{OTHER}-00f067aa0ba902b7-01");
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2025-11-25"),
        ("traceparent", &parent),
    ];
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "test_simple_text", "arguments": {}},
    });
    let answer = Http::new()
        .send("POST", &server.mcp(), &headers, body.to_string())
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // What is left is sent when the process is told to stop.
    server.signal("-TERM");
    let trace = number(OTHER);
    let call: &[u8] = b"tools/call test_simple_text";
    collector
        .has("/v1/traces", &[&trace, call, b"of-the-environment"])
        .await;
    assert!(collector.all().iter().all(|(path, _)| path == "/v1/traces"));
}
