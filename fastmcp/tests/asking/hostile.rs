//! A memory that fails.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fastmcp::keys::Keys;
use fastmcp::mcp::{Once, Rounds, Unreachable};
use futures_util::future::BoxFuture;
use serde_json::json;
use tokio::sync::Semaphore;

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
async fn what_cannot_be_left_goes_on_nowhere() {
    let world = World::new();
    let node = world.node_with(Rounds::new(Keys::from_master([3; 32]), Arc::new(OneWay)));
    let tool = "test_input_required_result_multi_round";
    let (_, first) = node.call(tool, json!({})).await;
    let more = retry(
        &first,
        one(&asked(&first).0, accept(json!({ "name": "Ada" }))),
    );
    let (status, second) = node.call(tool, more).await;
    assert_eq!((status, &second["error"]["code"]), (503, &json!(503)));
}

/// Takes a permit for each step.
struct Slow {
    entered: Mutex<HashSet<[u8; 32]>>,
    leaving: AtomicBool,
    permits: Semaphore,
}

impl Slow {
    async fn permit(&self) {
        self.permits.acquire().await.unwrap().forget();
    }

    fn is_empty(&self) -> bool {
        self.entered.lock().unwrap().is_empty()
    }
}

impl Once for Slow {
    fn enter(&self, id: [u8; 32], _: u64) -> BoxFuture<'_, Result<bool, Unreachable>> {
        Box::pin(async move {
            let entered = self.entered.lock().unwrap().insert(id);
            self.permit().await;
            Ok(entered)
        })
    }

    fn leave(&self, id: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        Box::pin(async move {
            self.leaving.store(true, Ordering::SeqCst);
            self.permit().await;
            self.entered.lock().unwrap().remove(&id);
            Ok(())
        })
    }
}

/// Lets everything else run until `happened`.
async fn until(happened: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if happened() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it did not happen");
}

#[tokio::test]
async fn who_goes_away_while_the_memory_works_leaves_the_call_open() {
    let world = World::new();
    let slow = Arc::new(Slow {
        entered: Mutex::default(),
        leaving: AtomicBool::new(false),
        permits: Semaphore::new(0),
    });
    let node = world.node_with(Rounds::new(Keys::from_master([3; 32]), slow.clone()));
    let tool = "test_input_required_result_multi_round";
    let (_, first) = node.call(tool, json!({})).await;
    let name = accept(json!({ "name": "Ada" }));
    let more = retry(&first, one(&asked(&first).0, name));

    tokio::select! {
        biased;
        _ = node.call(tool, more.clone()) => unreachable!("it has no permit to enter"),
        () = until(|| !slow.is_empty()) => {}
    }
    slow.permits.add_permits(2);
    until(|| slow.is_empty()).await;

    slow.leaving.store(false, Ordering::SeqCst);
    slow.permits.add_permits(1);
    tokio::select! {
        biased;
        _ = node.call(tool, more.clone()) => unreachable!("it has no permit to leave"),
        () = until(|| slow.leaving.load(Ordering::SeqCst)) => {}
    }
    slow.permits.add_permits(1);
    until(|| slow.is_empty()).await;

    slow.permits.add_permits(2);
    let (_, second) = node.call(tool, more).await;
    assert_eq!(asked(&second).1["method"], "elicitation/create");
}
