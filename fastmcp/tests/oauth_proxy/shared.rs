//! Two servers over one store and one set of keys: neither honours what the other gave.

use std::sync::Arc;

use fastmcp::auth::Unauthenticated;
use fastmcp::store::MemoryStore;

use crate::support::*;

const OTHER: &str = "https://other.test";

#[tokio::test]
async fn what_one_server_gave_is_nothing_to_its_neighbour() {
    for swap in [true, false] {
        let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
        let own = server_over(store.clone(), &keys, |options| {
            options.enable_token_swap = swap;
        });
        let own = own.await;
        let neighbour = server_over(store, &keys, |options| {
            options.enable_token_swap = swap;
            options.base_url = OTHER.to_owned();
        });
        let neighbour = neighbour.await;
        let client = own.client().await;
        let browser = Browser::new(&own);
        let code = browser.login(&authorize_url(&client, &[])).await;
        let redemption = [
            ("grant_type", "authorization_code"),
            ("client_id", client.as_str()),
            ("code", &code),
            ("code_verifier", VERIFIER),
        ];
        let refused = (400, "invalid_grant".to_owned());
        assert_eq!(neighbour.token(&redemption).await.error(), refused);
        // Nothing was spent by that.
        let tokens = own.token(&redemption).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        let refresh = [
            ("grant_type", "refresh_token"),
            ("client_id", client.as_str()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        assert_eq!(neighbour.token(&refresh).await.error(), refused);
        let there = neighbour.proxy.authenticator();
        assert_eq!(
            there.authenticate(access).await.err(),
            Some(Unauthenticated::InvalidToken)
        );
        assert!(neighbour.proxy.load_upstream_tokens(access).await.is_err());
        let here = own.proxy.authenticator();
        assert!(here.authenticate(access).await.is_ok());
        assert_eq!(own.token(&refresh).await.status, 200);
    }
}

#[tokio::test]
async fn a_server_without_the_new_key_sends_nobody_away_for_good() {
    let (store, old) = (Arc::new(MemoryStore::new()), fresh_keys());
    let left_behind = server_over(store.clone(), &old, |_| ()).await;
    let before = left_behind.client().await;
    let new = fresh_keys().with_previous(&old);
    let current = server_over(store, &new, |_| ()).await;
    let client = current.client().await;
    let browser = Browser::new(&current);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let redemption = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    // It looks at the store's mark every minute.
    let looked = left_behind.proxy.ledger().wants_sealing_anew().await;
    assert!(looked.is_err() && left_behind.proxy.ledger().is_left_behind());
    let away = (503, "temporarily_unavailable".to_owned());
    assert_eq!(left_behind.token(&redemption).await.error(), away);
    let tokens = current.token(&redemption).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let there = left_behind.proxy.authenticator();
    let answer = there.authenticate(access).await.err();
    assert!(matches!(answer, Some(Unauthenticated::Unavailable { .. })));
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(left_behind.token(&refresh).await.error(), away);
    assert_eq!(current.token(&refresh).await.status, 200);
    let known = current.proxy.ledger().client(&before).await;
    assert!(
        known.unwrap().is_some(),
        "what it wrote before is known to all"
    );
}
