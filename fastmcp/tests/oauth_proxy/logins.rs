//! The server's own code lists logins and ends them.

use std::collections::BTreeMap;
use std::sync::Arc;

use fastmcp::ledger::Grant;
use fastmcp::oauth::Logins;
use fastmcp::store::MemoryStore;

use crate::faulty::Faulty;
use crate::refresh::tokens;
use crate::revoke::lives;
use crate::support::*;

/// All logins.
async fn all(logins: &Logins) -> Vec<Grant> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = logins.page(after.as_ref()).await.unwrap();
        all.extend(page.grants);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// How many logins each client has.
async fn listed(logins: &Logins) -> BTreeMap<String, usize> {
    let mut clients = BTreeMap::new();
    for grant in all(logins).await {
        assert_eq!(grant.facts().subject, "user-1");
        let client = grant.binding().client_id.clone();
        *clients.entry(client).or_default() += 1;
    }
    clients
}

#[tokio::test]
async fn logins_are_listed_and_ended_by_client_and_by_user() {
    let server = server().await;
    let (a, b) = (server.client().await, server.client().await);
    let logins = server.proxy.logins();
    let of_a = [tokens(&server, &a).await, tokens(&server, &a).await];
    let of_b = [tokens(&server, &b).await, tokens(&server, &b).await];
    let expected = BTreeMap::from([(a.clone(), 2), (b.clone(), 2)]);
    assert_eq!(listed(&logins).await, expected);

    let ended = logins.revoke_all(|login| login.client_id == a).await;
    assert_eq!(ended.unwrap().ended, 2);
    for tokens in &of_a {
        assert!(!lives(&server, &a, tokens).await);
    }
    let one = all(&logins).await[0].id();
    assert!(logins.revoke(one).await.unwrap());
    assert!(!logins.revoke(one).await.unwrap(), "it had ended");
    let alive = [
        lives(&server, &b, &of_b[0]).await,
        lives(&server, &b, &of_b[1]).await,
    ];
    assert_eq!(alive.iter().filter(|alive| **alive).count(), 1);

    let ended = logins
        .revoke_all(|login| login.subject == Some("user-2"))
        .await;
    assert_eq!(ended.unwrap().ended, 0);
    let ended = logins
        .revoke_all(|login| login.subject == Some("user-1"))
        .await;
    assert_eq!(ended.unwrap().ended, 1);
    assert_eq!(listed(&logins).await, BTreeMap::new());
    // Each of the four was given back to the provider.
    assert_eq!(server.upstream.returned(4).await.len(), 4);
}

#[tokio::test]
async fn the_logins_of_a_neighbour_are_its_own() {
    let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
    let own = server_over(store.clone(), &keys, |_| ()).await;
    let other = |options: &mut fastmcp::oauth::ProxyOptions| {
        "https://other.test".clone_into(&mut options.base_url);
    };
    let neighbour = server_over(store, &keys, other).await;
    let client = own.client().await;
    let tokens = tokens(&own, &client).await;
    let id = all(&own.proxy.logins()).await[0].id();
    let there = neighbour.proxy.logins();
    assert_eq!(listed(&there).await, BTreeMap::new());
    assert!(!there.revoke(id).await.unwrap());
    assert_eq!(there.revoke_all(|_| true).await.unwrap().ended, 0);
    assert!(lives(&own, &client, &tokens).await);
}

#[tokio::test]
async fn a_store_that_fails_is_told_and_ends_nothing() {
    let store = Faulty::new();
    let server = server_over(store.clone(), &fresh_keys(), |_| ()).await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    let logins = server.proxy.logins();
    let id = all(&logins).await[0].id();
    store.refuse(Some("grant"));
    assert!(logins.revoke(id).await.is_err());
    assert!(logins.revoke_all(|_| true).await.is_err());
    store.refuse(None);
    assert!(lives(&server, &client, &tokens).await);
}
