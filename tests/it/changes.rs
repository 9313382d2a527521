//! Clients hear of changes, as long as their login lives and as far as they may see.

use fastmcp::item::Control;
use serde_json::json;
use tests::client::Tokens;
use tests::idp::Knobs;
use tests::mcp::Era;
use tests::stream::Stream;

use crate::local::Running;

/// `subscriptions/listen`, acknowledged.
async fn subscribed(running: &Running, tokens: &Tokens) -> Stream {
    let params = json!({ "notifications": { "toolsListChanged": true } });
    let (http, url) = (reqwest::Client::new(), running.at("/mcp"));
    let token = Some(tokens.access.as_str());
    let mut stream = Stream::modern(&http, &url, token, "subscriptions/listen", params).await;
    assert_eq!(stream.status(), 200);
    let first = stream.next().await.expect("an acknowledgment");
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    stream
}

/// The standing stream of a session.
async fn standing(running: &Running, tokens: &Tokens) -> Stream {
    let url = running.at("/mcp");
    let mcp = tests::mcp::Mcp::connect(&url, Era::Legacy, Some(&tokens.access)).await;
    let session = mcp.session().expect("a session");
    let bearer = format!("Bearer {}", tokens.access);
    let headers = [("mcp-session-id", session), ("authorization", &bearer)];
    let http = reqwest::Client::new();
    let stream = Stream::open(&http, reqwest::Method::GET, &url, &headers, String::new()).await;
    assert_eq!(stream.status(), 200);
    stream
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
