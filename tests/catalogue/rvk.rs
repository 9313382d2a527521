//! Revocation.

use tests::client::Tokens;
use tests::http::{FORM, encode};
use tests::random_token;

use crate::case::cases;
use crate::outcome::{E, Status};
use crate::setup::Setup;

cases! {
    "RVK-01" Each logins,
    "RVK-02" Each access_tokens,
    "RVK-03" Each strangers,
    "RVK-05" Each requests,
    "RVK-06" Each failing_stores,
}

async fn logins(setup: Setup) {
    let s = setup.start().await;
    for client in [s.c().await, s.k().await] {
        let first = client.login().await;
        let second = crate::refresh::renewed(&client, &first).await;
        let answer = client.revoke(&second.refresh).await;
        Status(200).of("revoked", &answer);
        assert_eq!(answer.body, "");
        s.dead("the login", &client, &[&first, &second]).await;
    }
    // In the background, as well as the provider takes it.
    for _ in 0..100 {
        if s.idp.count("revoke").await >= 2 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the provider was not told");
}

async fn access_tokens(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let other = c.login().await;
    Status(200).of("revoked", &c.revoke(&tokens.access).await);
    if s.ports.len() > 1 {
        s.wait(6);
    }
    s.unheard("it is over", &tokens.access).await;
    s.heard("another login", &other.access).await;
    let next = crate::refresh::renewed(&c, &tokens).await;
    s.heard("its own login", &next.access).await;
}

async fn strangers(setup: Setup) {
    let s = setup.start().await;
    let (c, x, k) = (s.c().await, s.x().await, s.k().await);
    let tokens = c.login().await;
    for stranger in [&x, &k] {
        for token in [&tokens.refresh, &tokens.access] {
            s.expect("a stranger", stranger.revoke(token), Status(200))
                .await;
        }
    }
    s.heard("alive", &tokens.access).await;
    crate::refresh::renewed(&c, &tokens).await;
}

async fn requests(setup: Setup) {
    let s = setup.start().await;
    let (c, k) = (s.c().await, s.k().await);
    let tokens = c.login().await;
    s.expect(
        "no token",
        c.post("/oauth/revoke", &[]),
        E(400, "invalid_request"),
    )
    .await;
    let token = [("token", tokens.refresh.as_str())];
    s.expect(
        "two",
        c.post("/oauth/revoke", &[token[0], token[0]]),
        E(400, "invalid_request"),
    )
    .await;
    let wrong = k.with_secret(Some(random_token()));
    let own = k.login().await;
    s.expect(
        "a wrong secret",
        wrong.revoke(&own.refresh),
        E(401, "invalid_client"),
    )
    .await;
    let query = format!("/oauth/revoke?{}", encode(&token));
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = s
            .expect(method, s.send(method, &query, &[], ""), Status(405))
            .await;
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let headers = [("content-type", FORM)];
    s.expect(
        "in the query",
        s.send("POST", &query, &headers, encode(&[("client_id", &c.id)])),
        E(400, "invalid_request"),
    )
    .await;
    s.expect("unknown", c.revoke("unknown"), Status(200)).await;
    for (token, hint) in [
        (&tokens.access, "refresh_token"),
        (&own.refresh, "no_such_hint"),
    ] {
        let owner = if hint == "refresh_token" { &c } else { &k };
        let form = [("token", token.as_str()), ("token_type_hint", hint)];
        Status(200).of(hint, &owner.post("/oauth/revoke", &form).await);
    }
    s.dead("whatever the hint", &k, &[&own]).await;
    let next = crate::refresh::renewed(&c, &tokens).await;
    s.heard("the access token alone", &next.access).await;
}

async fn failing_stores(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    s.home.store.away(true);
    for token in [&tokens.refresh, &tokens.access] {
        let answer = c.revoke(token).await;
        E(503, "temporarily_unavailable").of("the store is away", &answer);
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    s.home.store.away(false);
    let next = Tokens::read(&c.refresh(&tokens.refresh).await);
    Status(200).of("again", &c.revoke(&next.refresh).await);
    s.dead("in the end", &c, &[&tokens, &next]).await;
}
