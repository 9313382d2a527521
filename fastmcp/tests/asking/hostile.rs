//! A memory that fails.

use std::sync::Arc;

use fastmcp::keys::Keys;
use fastmcp::mcp::{Once, Rounds, Unreachable};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::fixture::{World, accept, asked, one, retry};

struct Down;

impl Once for Down {
    fn enter(&self, _: [u8; 32], _: u64) -> BoxFuture<'_, Result<bool, Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }

    fn leave(&self, _: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }
}

/// Lets everybody in and nobody out.
struct OneWay;

impl Once for OneWay {
    fn enter(&self, _: [u8; 32], _: u64) -> BoxFuture<'_, Result<bool, Unreachable>> {
        Box::pin(async { Ok(true) })
    }

    fn leave(&self, _: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }
}

#[tokio::test]
async fn without_a_memory_a_call_waits_and_its_state_stays_good() {
    let world = World::new();
    let keys = Keys::from_master([3; 32]);
    let down = world.node_with(Rounds::new(keys.clone(), Arc::new(Down)));
    let tool = "test_input_required_result_elicitation";
    let (_, first) = down.call(tool, json!({})).await;
    let more = retry(&first, one("user_name", accept(json!({ "name": "Ada" }))));
    let capabilities = json!({ "elicitation": {} });
    let refused = down.start(None, tool, more.clone(), capabilities).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(world.node().call(tool, more).await.0, 200);
}

#[tokio::test]
async fn what_cannot_be_left_goes_on_under_another_name() {
    let world = World::new();
    let node = world.node_with(Rounds::new(Keys::from_master([3; 32]), Arc::new(OneWay)));
    let tool = "test_input_required_result_multi_round";
    let (_, first) = node.call(tool, json!({})).await;
    let more = retry(
        &first,
        one(&asked(&first).0, accept(json!({ "name": "Ada" }))),
    );
    let (_, second) = node.call(tool, more).await;
    let more = retry(&second, one(&asked(&second).0, accept(json!({}))));
    let (status, done) = node.call(tool, more).await;
    assert_eq!((status, &done["result"]["isError"]), (200, &json!(false)));
}
