//! Clients hear of changes, as long as their login lives and as far as they may see.

use std::time::Duration;

use fastmcp::item::Control;
use serde_json::{Value, json};
use tests::client::Tokens;
use tests::idp::Knobs;
use tests::mcp::Era;

use crate::local::Running;

/// A stream that is read event by event.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    /// The next message; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let data = block.lines().find_map(|line| line.strip_prefix("data: "));
                if let Some(data) = data {
                    return Some(serde_json::from_str(data).expect("JSON"));
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let chunk = chunk.await.expect("in time").expect("a whole stream")?;
            self.text += std::str::from_utf8(&chunk).expect("UTF-8");
        }
    }
}

async fn opened(request: reqwest::RequestBuilder, tokens: &Tokens) -> Stream {
    let request = request.bearer_auth(&tokens.access);
    let accept = "application/json, text/event-stream";
    let response = request.header("accept", accept).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), 200, "{response:?}");
    Stream {
        response,
        text: String::new(),
    }
}

/// `subscriptions/listen`, acknowledged.
async fn subscribed(running: &Running, tokens: &Tokens) -> Stream {
    let body = json!({
        "jsonrpc": "2.0", "id": 3, "method": "subscriptions/listen",
        "params": {
            "notifications": { "toolsListChanged": true },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let request = reqwest::Client::new()
        .post(running.at("/mcp"))
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "subscriptions/listen")
        .body(body.to_string());
    let mut stream = opened(request, tokens).await;
    let first = stream.next().await.expect("an acknowledgment");
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    stream
}

/// The standing stream of a session.
async fn standing(running: &Running, tokens: &Tokens) -> Stream {
    let url = running.at("/mcp");
    let mcp = tests::mcp::Mcp::connect(&url, Era::Legacy, Some(&tokens.access)).await;
    let session = mcp.session().expect("a session");
    let request = reqwest::Client::new()
        .get(url)
        .header("mcp-session-id", session);
    opened(request, tokens).await
}

async fn started() -> (Running, Control) {
    let mut control = None;
    let running = Running::start(|server| {
        control = Some(server.control());
        server
    });
    let running = running.await;
    (running, control.expect("a control"))
}

async fn login(running: &Running, user: &str, roles: &[&str]) -> Tokens {
    let knobs = Knobs {
        user: user.into(),
        claims: serde_json::Map::from_iter([("roles".to_owned(), json!(roles))]),
        ..Knobs::default()
    };
    running.idp.turn(&knobs).await;
    running.login().await
}

#[tokio::test]
async fn who_may_see_a_tool_hears_that_it_is_gone() {
    let (running, control) = started().await;
    let alice = login(&running, "alice", &["admin"]).await;
    let bob = login(&running, "bob", &[]).await;
    let mut hers = [
        subscribed(&running, &alice).await,
        standing(&running, &alice).await,
    ];
    let mut his = [
        subscribed(&running, &bob).await,
        standing(&running, &bob).await,
    ];
    control.disable_tool("secret_of_admins").expect("a tool");
    for stream in &mut hers {
        let heard = stream.next().await.expect("news");
        assert_eq!(heard["method"], "notifications/tools/list_changed");
    }
    let gone = running.mcp(&alice.access).await;
    assert!(!gone.tools().await.contains(&"secret_of_admins".to_owned()));
    let call = gone.call("secret_of_admins", json!({})).await;
    assert!(call.body.contains("unknown tool"), "{call:?}");
    // What he hears first is of the next change, which concerns him.
    control.disable_tool("name").expect("a tool");
    for stream in &mut his {
        stream.next().await.expect("news");
    }
    let his_tools = running.mcp(&bob.access).await.tools().await;
    assert!(!his_tools.contains(&"name".to_owned()));
    control.enable_tool("name").expect("a tool");
    let his_tools = running.mcp(&bob.access).await.tools().await;
    assert!(his_tools.contains(&"name".to_owned()));
}

#[tokio::test]
async fn a_stream_ends_with_the_login_behind_it() {
    let (running, control) = started().await;
    let alice = login(&running, "alice", &["admin"]).await;
    let other = login(&running, "alice", &["admin"]).await;
    let mut modern = subscribed(&running, &alice).await;
    let mut legacy = standing(&running, &alice).await;
    let mut lives = subscribed(&running, &other).await;
    assert_eq!(running.client.revoke(&alice.refresh).await.status, 200);
    control.tools_changed();
    let closing = modern.next().await.expect("a closing answer");
    assert_eq!(
        (&closing["id"], &closing["result"]["resultType"]),
        (&json!(3), &json!("complete"))
    );
    assert_eq!(modern.next().await, None);
    assert_eq!(legacy.next().await, None);
    let heard = lives.next().await.expect("news");
    assert_eq!(heard["method"], "notifications/tools/list_changed");
}

#[tokio::test]
async fn a_stream_ends_when_its_token_does() {
    let (running, control) = started().await;
    let alice = login(&running, "alice", &["admin"]).await;
    let mut stream = subscribed(&running, &alice).await;
    running.clock.by(3601);
    control.tools_changed();
    let closing = stream.next().await.expect("a closing answer");
    assert!(closing["result"].is_object(), "{closing}");
    assert_eq!(stream.next().await, None);
}
