//! What the revocation of a token ends, and what it leaves alone.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::store::MemoryStore;
use serde_json::Value;

use crate::faulty::Faulty;
use crate::refresh::{refresh, renewed, text, tokens};
use crate::support::*;

pub(crate) async fn revoke(server: &Server, client: &str, token: &str) -> Answer {
    let form = [("client_id", client), ("token", token)];
    server.post_as("/oauth/revoke", None, &form).await
}

/// The one good answer: empty, and nobody's to keep.
#[track_caller]
pub(crate) fn good(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
}

/// Whether access and refresh token of a login are alive; never one without the other.
pub(crate) async fn lives(server: &Server, client: &str, tokens: &Value) -> bool {
    let access = server.proxy.authenticator();
    let access = access.authenticate(text(tokens, "access_token")).await;
    let answer = refresh(server, client, text(tokens, "refresh_token"), &[]).await;
    if answer.status != 200 {
        assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
    }
    assert_eq!(
        access.is_ok(),
        answer.status == 200,
        "{access:?} {answer:?}"
    );
    access.is_ok()
}

#[tokio::test]
async fn any_refresh_token_of_a_login_ends_the_whole_of_it() {
    let server = server().await;
    let client = server.client().await;
    let other = tokens(&server, &client).await;
    let cases = [
        (0, "refresh_token"),
        (1, "refresh_token"),
        (2, "refresh_token"),
    ];
    let hints = [None, Some("refresh_token"), Some("access_token"), Some("x")];
    for (case, hint) in cases.iter().zip(hints.iter().cycle()) {
        let authenticator = server.proxy.authenticator();
        let mut all = vec![tokens(&server, &client).await];
        for _ in 0..2 {
            let last = text(all.last().unwrap(), "refresh_token").to_owned();
            // Beyond the window, so that the first two are reused ones.
            server.wait(121);
            all.push(refresh(&server, &client, &last, &[]).await.json());
        }
        for tokens in &all {
            let access = text(tokens, "access_token");
            assert!(authenticator.authenticate(access).await.is_ok());
        }
        let token = text(&all[case.0], case.1);
        let mut form = vec![("client_id", client.as_str()), ("token", token)];
        form.extend(hint.map(|hint| ("token_type_hint", hint)));
        good(&server.post_as("/oauth/revoke", None, &form).await);
        for tokens in &all {
            let access = text(tokens, "access_token");
            assert!(authenticator.authenticate(access).await.is_err());
            assert!(!lives(&server, &client, tokens).await, "{case:?} {hint:?}");
        }
        good(&server.post_as("/oauth/revoke", None, &form).await);
    }
    let newest = refresh(&server, &client, text(&other, "refresh_token"), &[]).await;
    assert_eq!(newest.status, 200, "another login of the same client");
}

#[tokio::test]
async fn an_access_token_ends_alone() {
    let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
    let server = server_over(store.clone(), &keys, |_| ()).await;
    let second = server_over(store, &keys, |_| ()).await;
    let client = server.client().await;
    let first = tokens(&server, &client).await;
    let next = refresh(&server, &client, text(&first, "refresh_token"), &[]).await;
    let next = next.json();
    let (ended, other) = (text(&first, "access_token"), text(&next, "access_token"));
    let nodes = [server.proxy.authenticator(), second.proxy.authenticator()];
    for node in &nodes {
        assert!(node.authenticate(ended).await.is_ok());
    }
    good(&revoke(&server, &client, ended).await);
    assert!(nodes[0].authenticate(ended).await.is_err());
    assert!(server.proxy.load_upstream_tokens(ended).await.is_err());
    assert!(nodes[0].authenticate(other).await.is_ok());
    // The other node looks again after five seconds.
    second.wait(5);
    assert!(nodes[1].authenticate(ended).await.is_err());
    good(&revoke(&second, &client, ended).await);
    assert!(lives(&server, &client, &next).await);
    assert!(server.upstream.returned(0).await.is_empty());
}

#[tokio::test]
async fn a_passed_token_ends_its_login_too() {
    for name in ["access_token", "refresh_token"] {
        let server = server_with(|options| options.enable_token_swap = false).await;
        let client = server.client().await;
        let tokens = tokens(&server, &client).await;
        assert_eq!(text(&tokens, "access_token"), "upstream-access");
        assert!(lives(&server, &client, &tokens).await);
        good(&revoke(&server, &client, "upstream-other").await);
        assert!(lives(&server, &client, &tokens).await);
        good(&revoke(&server, &client, text(&tokens, name)).await);
        assert!(!lives(&server, &client, &tokens).await, "{name}");
    }
}

#[tokio::test]
async fn what_is_no_live_token_of_this_client_changes_nothing() {
    let server = server().await;
    let (client, other) = (server.client().await, server.client().await);
    let alive = tokens(&server, &client).await;
    let (access, token) = (text(&alive, "access_token"), text(&alive, "refresh_token"));
    for name in ["access_token", "refresh_token"] {
        good(&revoke(&server, &other, text(&alive, name)).await);
    }
    let end = if token.ends_with('A') { "B" } else { "A" };
    let flipped = format!("{end}{}", &token[1..]);
    let unproven = format!("{}{end}{}", &token[..60], &token[61..]);
    let (signed, _) = access.rsplit_once('.').unwrap();
    let unsigned = format!("{signed}.");
    let long = "x".repeat(60_000);
    let nonsense = ["x", " ", "é", &token[1..], &flipped, &unproven, signed];
    for wrong in nonsense.into_iter().chain([unsigned.as_str(), &long]) {
        if wrong != token {
            good(&revoke(&server, &client, wrong).await);
        }
    }
    let next = refresh(&server, &client, token, &[]).await.json();
    assert!(lives(&server, &client, &alive).await);
    // An access token that has expired ends nothing any more.
    server.wait(3601);
    server
        .upstream
        .answers(200, "application/json", renewed(3600));
    good(&revoke(&server, &client, access).await);
    let answer = refresh(&server, &client, text(&next, "refresh_token"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_neighbour_over_the_same_store_ends_nothing() {
    for swap in [true, false] {
        let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
        let own = server_over(store.clone(), &keys, |options| {
            options.enable_token_swap = swap;
        });
        let own = own.await;
        let neighbour = server_over(store, &keys, |options| {
            options.enable_token_swap = swap;
            "https://other.test".clone_into(&mut options.base_url);
        });
        let neighbour = neighbour.await;
        let client = own.client().await;
        let tokens = tokens(&own, &client).await;
        for name in ["access_token", "refresh_token"] {
            good(&revoke(&neighbour, &client, text(&tokens, name)).await);
        }
        assert!(lives(&own, &client, &tokens).await);
    }
}

#[tokio::test]
async fn a_store_that_fails_ends_nothing_by_half_and_asks_to_come_again() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    for (kind, name) in [("grant", "refresh_token"), ("revoked", "access_token")] {
        store.refuse(Some(kind));
        let answer = revoke(&server, &client, text(&tokens, name)).await;
        let out = (503, "temporarily_unavailable".to_owned());
        assert_eq!(answer.error(), out);
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(answer.headers.contains_key("retry-after"));
    }
    store.refuse(None);
    assert!(lives(&server, &client, &tokens).await);
    good(&revoke(&server, &client, text(&tokens, "refresh_token")).await);
    assert!(!lives(&server, &client, &tokens).await);
    // Nothing was given back before it had ended.
    assert_eq!(server.upstream.returned(1).await.len(), 1);
}

#[tokio::test]
async fn a_damaged_grant_holds_nobody_up() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    store.damage(Some("grant"));
    for name in ["access_token", "refresh_token"] {
        let answer = revoke(&server, &client, text(&tokens, name));
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        good(&answer.expect("an answer"));
    }
    assert!(store.has_failed());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_refreshes_beside_a_revocation_none_lives_on() {
    let server = Arc::new(server().await);
    let client = server.client().await;
    for round in 0..16 {
        let first = tokens(&server, &client).await;
        // In every other round the provider is asked too.
        if round % 2 == 1 {
            server.wait(3590);
            server
                .upstream
                .answers(200, "application/json", renewed(3600));
        }
        let racer = |number: usize| {
            let (server, client) = (Arc::clone(&server), client.clone());
            let token = text(&first, "refresh_token").to_owned();
            tokio::spawn(async move {
                if number == 32 {
                    revoke(&server, &client, &token).await
                } else {
                    refresh(&server, &client, &token, &[]).await
                }
            })
        };
        let racers: Vec<_> = (0..65).map(racer).collect();
        let mut given = Vec::new();
        for (number, racer) in racers.into_iter().enumerate() {
            let answer = racer.await.unwrap();
            if number == 32 {
                good(&answer);
            } else if answer.status == 200 {
                given.push(answer.json());
            } else {
                assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
            }
        }
        given.push(first);
        for tokens in &given {
            assert!(!lives(&server, &client, tokens).await, "round {round}");
        }
    }
}
