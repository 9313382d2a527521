//! News over a pipe, in both eras.

use serde_json::json;

use super::{Client, meta};

#[tokio::test]
async fn a_legacy_peer_hears_what_changes() {
    let mut client = Client::start();
    let control = client.control.clone();
    client.greet().await;
    let set = client
        .ask("logging/setLevel", json!({ "level": "debug" }))
        .await;
    assert_eq!(set["result"], json!({}));
    control.disable_tool("work").unwrap();
    let heard = client.read().await;
    assert_eq!(heard["method"], "notifications/tools/list_changed");
    let unknown = client.ask("tools/call", json!({ "name": "work" })).await;
    assert_eq!(unknown["error"]["code"], -32602);
    // Nobody on a pipe sees this one, so it is no news.
    control.disable_tool("secret").unwrap();
    control.enable_tool("work").unwrap();
    assert_eq!(
        client.read().await["method"],
        "notifications/tools/list_changed"
    );
    let list = client.ask("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_modern_peer_subscribes() {
    let mut client = Client::start();
    let control = client.control.clone();
    let asked = json!({ "notifications": { "toolsListChanged": true, "promptsListChanged": true }, "_meta": meta() });
    let first = client.ask("subscriptions/listen", asked).await;
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    assert_eq!(
        first["params"]["notifications"],
        json!({ "toolsListChanged": true })
    );
    control.tools_changed();
    let heard = client.read().await;
    assert_eq!(heard["method"], "notifications/tools/list_changed");
    let id = &heard["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
    assert_eq!(*id, json!(1));
}
