//! What strangers do to the metrics: nothing.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::json;
use tests::mcp::{Era, Mcp};

use crate::case::{cases, rounds};
use crate::outcome::{E, Status};
use crate::series::{self, Series};
use crate::setup::{S, Setup, registration};

cases! {
    "LOG-05" Alone strangers,
}

/// So many clients register themselves, unless `TESTS_ROUNDS` asks for others.
const STRANGERS: usize = 2000;
/// So many at a time.
const AT_ONCE: usize = 100;

/// A login, a refresh, good and bad calls, and all that a stranger can send in their place.
async fn life(s: &S, number: usize) {
    let strange = format!("strange-{number}");
    s.person(&format!("person-{number}"), json!({})).await;
    let c = s.c().await;
    let tokens = c.login().await;
    crate::refresh::renewed(&c, &tokens).await;
    E(400, "invalid_grant").of("a strange token", &c.refresh(&strange).await);
    let mcp = Mcp::connect_by(&s.http, &s.at("/mcp"), Era::Modern, Some(&tokens.access)).await;
    mcp.text("echo", json!({"text": strange})).await;
    Status(403).of(
        "no admin",
        &mcp.call("admin_tool", json!({"days": 1})).await,
    );
    mcp.call(&strange, json!({})).await;
    let page = json!({"uri": format!("desk://pages/{strange}")});
    Status(200).of("a page", &mcp.request("resources/read", page).await);
    let nowhere = json!({"uri": format!("{strange}://nowhere")});
    mcp.request("resources/read", nowhere).await;
    mcp.request(&format!("{strange}/method"), json!({})).await;
    s.get(&format!("/oauth/authorize?client_id={strange}"))
        .await;
    s.get(&format!("/oauth/callback?state={strange}&code={strange}"))
        .await;
}

async fn strangers(setup: Setup) {
    let s = setup.start().await;
    for number in 0..3 {
        life(&s, number).await;
    }
    register(&s, AT_ONCE).await;
    let before = apart_from_the_store(series::all());
    assert!(!before.is_empty(), "nothing is measured");
    let ids = register(&s, rounds(STRANGERS)).await;
    for number in 3..6 {
        life(&s, number).await;
    }
    let after = series::all();
    assert_eq!(apart_from_the_store(after.clone()), before);
    let mut count = BTreeMap::<_, usize>::new();
    for (name, labels) in &after {
        *count.entry(name).or_default() += 1;
        for (label, value) in labels {
            let is_strange = ids.contains(value) || value.contains("strange-");
            assert!(!is_strange, "{name}: {label} = {value}");
        }
    }
    // Five operations, and as many ends as there are.
    assert!(count.values().all(|count| *count <= 200), "{count:#?}");
    assert!(after.iter().all(|(name, _)| name.starts_with("fastmcp_")));
}

async fn register(s: &S, number: usize) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let body = registration(json!({}));
    while ids.len() < number {
        let answers = join_all((0..AT_ONCE).map(|_| s.register(&body))).await;
        for answer in answers {
            Status(201).of("registering", &answer);
            let id = answer.json()["client_id"].as_str().map(str::to_owned);
            ids.extend(id);
        }
    }
    ids
}

/// How an operation of the store ends may be a matter of luck.
fn apart_from_the_store(mut all: BTreeSet<Series>) -> BTreeSet<Series> {
    all.retain(|(name, _)| !name.contains("_store_"));
    all
}
