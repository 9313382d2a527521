//! Upstream tokens: one refresh, whoever asks.

use std::sync::atomic::AtomicUsize;

use super::*;

pub(super) const MARGIN: Duration = Duration::from_mins(1);

pub(super) fn upstream(token: &str, ends: Option<u64>, refresh: Option<&str>) -> UpstreamTokens {
    UpstreamTokens {
        access_token: Secret::from(token),
        refresh_token: refresh.map(Secret::from),
        expires_at: ends,
        scopes: None,
        refresh_expires_at: None,
    }
}

pub(super) fn with_upstream(tokens: UpstreamTokens) -> NewGrant {
    NewGrant {
        upstream: Some(tokens),
        ..facts()
    }
}

async fn never(_: Secret) -> Result<UpstreamTokens, ()> {
    panic!("a fresh token needs no refresh")
}

pub(super) fn token<F: std::fmt::Debug>(fresh: &Fresh<F>) -> &str {
    match fresh {
        Fresh::Token(grant) => match &grant.facts().upstream {
            Some(tokens) => tokens.access_token.expose(),
            None => panic!("a token without tokens"),
        },
        other => panic!("a token was there: {other:?}"),
    }
}

#[tokio::test]
async fn a_fresh_token_is_given_as_it_is() {
    let fixture = Fixture::new().await;
    let ends = fixture.ledger.now() + 3600;
    let tokens = upstream("first", Some(ends), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    let fresh = fixture.ledger.fresh_upstream(grant.id(), MARGIN, never);
    assert_eq!(token(&fresh.await.unwrap()), "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_callers_with_an_expired_token_one_refreshes() {
    let fixture = Fixture::new().await;
    let ends = fixture.ledger.now() + 30;
    let tokens = upstream("first", Some(ends), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    let (calls, later) = (Arc::new(AtomicUsize::new(0)), ends + 30);
    fixture.wait(25);
    let answers = at_once(|| {
        let (ledger, id, calls) = (fixture.ledger.clone(), grant.id(), Arc::clone(&calls));
        async move {
            ledger
                .fresh_upstream(id, MARGIN, |old| async move {
                    assert_eq!(old.expose(), "r1");
                    calls.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Ok::<_, ()>(upstream("second", Some(later), None))
                })
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert!(answers.iter().all(|fresh| token(fresh) == "second"));
    // The provider left its refresh token out, so the old one stays.
    let kept = fixture.ledger.grant(grant.id()).await.unwrap().unwrap();
    let kept = kept.facts().upstream.clone().unwrap();
    assert_eq!(kept.refresh_token, Some(Secret::from("r1")));
}

#[tokio::test]
async fn a_short_life_is_fresh_for_most_of_it() {
    let fixture = Fixture::new().await;
    let tokens = upstream("short", Some(fixture.ledger.now() + 8), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    fixture.wait(5);
    let fresh = fixture.ledger.fresh_upstream(grant.id(), MARGIN, never);
    assert_eq!(token(&fresh.await.unwrap()), "short");
    fixture.wait(1);
    let renew = |_| async { Ok::<_, ()>(upstream("next", None, None)) };
    let fresh = fixture.ledger.fresh_upstream(grant.id(), MARGIN, renew);
    assert_eq!(token(&fresh.await.unwrap()), "next");
}

#[tokio::test]
async fn of_64_callers_one_tries_in_vain() {
    let fixture = Fixture::new().await;
    let tokens = upstream("first", Some(fixture.ledger.now()), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    let (calls, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let answers = at_once(|| {
        let (ledger, id) = (fixture.ledger.clone(), grant.id());
        let (calls, begun) = (Arc::clone(&calls), Arc::clone(&begun));
        async move {
            begun.fetch_add(1, Ordering::SeqCst);
            let refresh = |_| async move {
                calls.fetch_add(1, Ordering::SeqCst);
                // Until all the others wait for it.
                while begun.load(Ordering::SeqCst) < 64 {
                    tokio::task::yield_now().await;
                }
                for _ in 0..64 {
                    tokio::task::yield_now().await;
                }
                Err::<UpstreamTokens, _>("provider is down")
            };
            ledger.fresh_upstream(id, MARGIN, refresh).await
        }
    })
    .await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    let told = |fresh: &&Result<_, _>| matches!(fresh, Ok(Fresh::Failed("provider is down")));
    assert_eq!(answers.iter().filter(told).count(), 1);
    assert_eq!(answers.iter().filter(|fresh| fresh.is_err()).count(), 63);
}

#[tokio::test]
async fn a_failed_refresh_leaves_the_grant_as_it_was() {
    let fixture = Fixture::new().await;
    let tokens = upstream("first", Some(fixture.ledger.now()), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    for _ in 0..2 {
        let fresh = fixture
            .ledger
            .fresh_upstream(grant.id(), MARGIN, |_| async { Err("provider is down") });
        assert!(matches!(
            fresh.await.unwrap(),
            Fresh::Failed("provider is down")
        ));
    }
    let again = fixture
        .ledger
        .fresh_upstream(grant.id(), MARGIN, |old| async move {
            assert_eq!(old.expose(), "r1");
            Ok::<_, ()>(upstream("second", None, None))
        });
    assert_eq!(token(&again.await.unwrap()), "second");
}

#[tokio::test]
async fn without_a_refresh_token_the_end_is_the_end() {
    let fixture = Fixture::new().await;
    let ends = fixture.ledger.now() + 30;
    let tokens = upstream("only", Some(ends), None);
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    let near = fixture.ledger.fresh_upstream(grant.id(), MARGIN, never);
    assert_eq!(token(&near.await.unwrap()), "only");
    fixture.wait(30);
    let ended = fixture.ledger.fresh_upstream(grant.id(), MARGIN, never);
    assert!(matches!(ended.await.unwrap(), Fresh::Ended));
}

#[tokio::test(start_paused = true)]
async fn a_dead_holder_is_succeeded_when_its_lease_ends() {
    let fixture = Fixture::new().await;
    let tokens = upstream("first", Some(fixture.ledger.now()), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    fixture.ledger.seize(grant.id()).await.unwrap();
    let ledger = fixture.ledger.clone();
    let waiting = tokio::spawn(async move {
        let refresh = |_| async { Ok::<_, ()>(upstream("second", None, None)) };
        ledger
            .fresh_upstream(grant.id(), MARGIN, refresh)
            .await
            .unwrap()
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!waiting.is_finished());
    fixture.wait(15);
    assert_eq!(token(&waiting.await.unwrap()), "second");
}

#[tokio::test]
async fn a_holder_that_was_overtaken_is_not_believed() {
    let fixture = Fixture::new().await;
    let tokens = upstream("first", Some(fixture.ledger.now()), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    // Another node: the same records, locks of its own.
    let other = fixture.ledger.with_lifetimes(Lifetimes::default());
    let slow = fixture
        .ledger
        .fresh_upstream(grant.id(), MARGIN, |_| async {
            // So slow that its lease ends, and the other one comes first.
            fixture.wait(15);
            let renew = |_| async { Ok::<_, ()>(upstream("second", None, Some("r2"))) };
            let renewed = other.fresh_upstream(grant.id(), MARGIN, renew).await;
            assert_eq!(token(&renewed.unwrap()), "second");
            Err("invalid_grant: r1 was used before")
        });
    assert_eq!(token(&slow.await.unwrap()), "second");
}

#[tokio::test]
async fn tokens_that_come_after_the_end_are_handed_back_to_be_given_back() {
    let fixture = Fixture::new().await;
    let ends = fixture.ledger.now() + 30;
    let tokens = upstream("first", Some(ends), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    fixture.wait(25);
    let (revoking, id) = (fixture.ledger.clone(), grant.id());
    let fresh = fixture.ledger.fresh_upstream(id, MARGIN, |_| async move {
        let ended = revoking.revoke(id).await.unwrap().unwrap();
        let known = ended.facts().upstream.clone().unwrap();
        assert_eq!(known.refresh_token, Some(Secret::from("r1")));
        Ok::<_, ()>(upstream("second", Some(ends + 3600), Some("r2")))
    });
    match fresh.await.unwrap() {
        Fresh::Late(late) => assert_eq!(late.refresh_token, Some(Secret::from("r2"))),
        other => panic!("{other:?}"),
    }
    assert!(fixture.ledger.grant(id).await.unwrap().is_none());
}
