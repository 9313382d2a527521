//! Who sees a tool may call it; who may not call it does not see it.

use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens, quoted};
use tests::mcp::{Era, message};
use tests::world::{Kind, World};

const FOR_ALL: [&str; 3] = ["echo", "upstream_token_hint", "whoami"];

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// A login that asks for these scopes only.
async fn login(world: &World, scope: &str) -> Tokens {
    let attempt = world.client.begin_with(&[("scope", scope)]);
    let called = Browser::new()
        .agree(attempt.url.as_str(), REDIRECT, |_| {})
        .await;
    let code = world.client.code(&attempt, &called);
    Tokens::read(&world.client.redeem(&code, &attempt.verifier).await)
}

#[tokio::test]
async fn a_role_is_needed_to_see_and_to_call() {
    let world = World::start(Kind::Memory).await;
    world.person("bob", &["editor"]).await;
    let bob = world.login().await;
    world.person("ada", &["admin"]).await;
    let ada = world.login().await;
    for era in Era::ALL {
        let mcp = world.mcp(era, &ada.access).await;
        assert!(mcp.tools().await.contains(&"admin_only".into()));
        assert_eq!(mcp.text("admin_only", json!({})).await, "you are an admin");
        let mcp = world.mcp(era, &bob.access).await;
        assert!(!mcp.tools().await.contains(&"admin_only".into()), "{era:?}");
        for arguments in [json!({}), json!({"not": "an argument"})] {
            let refused = mcp.call("admin_only", arguments).await;
            assert_eq!(refused.status, 403, "{era:?}: {refused:?}");
            assert!(!refused.body.contains("you are an admin"));
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_before_the_arguments_are_read() {
    let world = World::start(Kind::Memory).await;
    let tokens = login(&world, "openid").await;
    assert_eq!(tokens.scope, "openid");
    for era in Era::ALL {
        let mcp = world.mcp(era, &tokens.access).await;
        assert_eq!(sorted(mcp.tools().await), FOR_ALL, "{era:?}");
        let refused = mcp.call("write_note", json!({"text": 7})).await;
        assert_eq!(refused.status, 403, "{era:?}: {refused:?}");
        let challenge = refused.header("www-authenticate").expect("a challenge");
        assert!(
            challenge.contains("error=\"insufficient_scope\""),
            "{challenge}"
        );
        let scope = quoted(challenge, "scope").expect("the scopes");
        assert!(
            scope.split(' ').any(|scope| scope == "notes:write"),
            "{challenge}"
        );
        assert!(
            quoted(challenge, "resource_metadata").is_some(),
            "{challenge}"
        );
    }
    let stepped_up = login(&world, "openid notes:write").await;
    let mcp = world.mcp(Era::Modern, &stepped_up.access).await;
    assert_eq!(
        mcp.text("write_note", json!({"text": "abc"})).await,
        "note 1 is written"
    );
}

#[tokio::test]
async fn lists_are_the_same_every_time_and_in_both_eras() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    let modern = world.mcp(Era::Modern, &tokens.access).await;
    let first = modern.tools().await;
    for era in Era::ALL {
        assert_eq!(world.mcp(era, &tokens.access).await.tools().await, first);
    }
}

#[tokio::test]
async fn a_role_claim_of_a_wrong_type_is_no_role() {
    let world = World::start(Kind::Memory).await;
    for claim in [
        json!("user,admin"),
        json!({"admin": true}),
        json!(true),
        json!([["admin"]]),
        json!("administrator"),
    ] {
        let knobs = tests::idp::Knobs {
            claims: serde_json::Map::from_iter([("roles".into(), claim.clone())]),
            ..Default::default()
        };
        world.idp.turn(&knobs).await;
        let tokens = world.login().await;
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        assert!(!mcp.tools().await.contains(&"admin_only".into()), "{claim}");
        assert_eq!(
            mcp.call("admin_only", json!({})).await.status,
            403,
            "{claim}"
        );
    }
    let knobs = tests::idp::Knobs {
        claims: serde_json::Map::from_iter([("roles".into(), json!("admin"))]),
        ..Default::default()
    };
    world.idp.turn(&knobs).await;
    let tokens = world.login().await;
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(
        mcp.text("admin_only", json!({})).await,
        "you are an admin",
        "a string is one role"
    );
}

#[tokio::test]
async fn names_that_only_look_like_a_tool_are_unknown() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    let mcp = world.mcp(Era::Legacy, &tokens.access).await;
    for name in ["Echo", "echo ", "echo\u{200b}", "%65cho", "no_such_tool"] {
        let answer = mcp.call(name, json!({"text": "x"})).await;
        assert_eq!(
            message(&answer)["error"]["code"],
            -32602,
            "{name:?}: {answer:?}"
        );
    }
}
