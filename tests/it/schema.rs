//! A schema that is written by hand, as clients see it.

use serde_json::json;
use tests::mcp::{Era, Mcp};
use tests::server::{Server, Storage};

#[tokio::test]
async fn a_schema_that_is_written_by_hand_is_listed_to_the_letter() {
    let written = include_str!("../../examples/src/everything/json_schema_2020_12.json");
    // It has no white space inside its texts.
    let line: String = written.split_whitespace().collect();
    let server = Server::start("everything", &Storage::Memory, Vec::new()).await;
    for era in Era::ALL {
        let mcp = Mcp::connect(&server.mcp(), era, None).await;
        let listed = mcp.request("tools/list", json!({})).await;
        let schema = format!(r#""inputSchema":{line}"#);
        assert!(listed.body.contains(&schema), "{era:?}: {listed:?}");
        let arguments = json!({"phone": "1", "address": {"city": "Rome"}});
        let said = mcp.text("json_schema_2020_12_tool", arguments).await;
        assert_eq!(said, "Rome, 1", "{era:?}");
    }
}
