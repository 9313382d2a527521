//! Rights that the provider takes away after the login.

use fastmcp::provider::Admission;
use serde_json::json;
use tests::client::Tokens;
use tests::idp::{Fault, Knobs};

use crate::acl::{login_as, may_admin};
use crate::admits::{entra, with_roles};
use crate::case::cases;
use crate::outcome::E;
use crate::party::Party;
use crate::setup::{S, Setup};

cases! {
    "ACL-13" Each rights_that_were_taken,
}

async fn rights_that_were_taken(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    assert!(may_admin(&s, &tokens.access).await);
    s.person("ada", json!({"roles": []})).await;
    s.wait(3700);
    let next = Tokens::read(&c.refresh(&tokens.refresh).await);
    assert!(
        !may_admin(&s, &next.access).await,
        "the right outlives token and refresh"
    );
    // With the next refresh, although the provider's token is good for another while.
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    s.person("ada", json!({"roles": []})).await;
    s.wait(200);
    let before = s.idp.count("refresh").await;
    let next = Tokens::read(&c.refresh(&tokens.refresh).await);
    assert!(!may_admin(&s, &next.access).await, "the next refresh");
    assert_eq!(s.idp.count("refresh").await, before, "without a new token");
    // A provider that cannot say costs nothing, and gives nothing either.
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    let down = Fault {
        status: Some(500),
        ..Fault::default()
    };
    let silent = |claims: serde_json::Value| Knobs {
        user: "ada".into(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        faults: [("userinfo".to_owned(), down.clone())].into(),
        ..Knobs::default()
    };
    s.turn(silent(json!({"roles": []}))).await;
    s.wait(200);
    let next = Tokens::read(&c.refresh(&tokens.refresh).await);
    assert!(may_admin(&s, &next.access).await, "its last word counts");
    s.wait(3700);
    let answer = c.refresh(&next.refresh).await;
    E(503, "temporarily_unavailable").of("not for ever", &answer);
    s.person("ada", json!({"roles": []})).await;
    s.wait(20);
    let last = Tokens::read(&c.refresh(&next.refresh).await);
    assert!(!may_admin(&s, &last.access).await, "when it speaks again");
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    over_there(&s, &c, &tokens).await;
    setup.forget(&s);
    not_any_more(&setup).await;
    by_id_token(&setup).await;
}

/// A provider that tells roles in its ID token alone, with each refresh or at the login only.
async fn by_id_token(setup: &Setup) {
    let s = setup
        .start_with(|server| server.provider(entra(&setup.idp)))
        .await;
    let c = s.c().await;
    for id_token_again in [false, true] {
        s.turn(with_roles(json!(["admin"]))).await;
        let tokens = c.login_with(&[("scope", "openid")]).await;
        s.turn(Knobs {
            id_token_again,
            ..with_roles(json!([]))
        })
        .await;
        s.wait(3700);
        s.provider_follows().await;
        let next = Tokens::read(&c.refresh(&tokens.refresh).await);
        let told = "as far as the provider tells";
        assert_eq!(may_admin(&s, &next.access).await, !id_token_again, "{told}");
    }
    setup.forget(&s);
}

/// The provider does not honour its token any more, and says so.
async fn over_there(s: &S, c: &Party, tokens: &Tokens) {
    let refusal = Fault {
        status: Some(401),
        ..Fault::default()
    };
    s.turn(Knobs {
        faults: [("userinfo".to_owned(), refusal)].into(),
        ..Knobs::default()
    })
    .await;
    s.wait(200);
    E(400, "invalid_grant").of("over there", &c.refresh(&tokens.refresh).await);
    s.turn(Knobs::default()).await;
    s.dead("over here", c, &[tokens]).await;
}

/// Somebody who may not log in any more is logged in no longer.
async fn not_any_more(setup: &Setup) {
    let rule = || Admission::check(|person| !person.claims.contains_key("left"));
    let s = setup.start_with(|server| server.admits(rule())).await;
    let c = s.c().await;
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    let before = s.idp.count("revoke").await;
    s.person("ada", json!({"roles": ["admin"], "left": true}))
        .await;
    s.wait(200);
    E(400, "invalid_grant").of("left", &c.refresh(&tokens.refresh).await);
    s.dead("left", &c, &[&tokens]).await;
    crate::admits::given_back(&s, before + 1, "left").await;
}
