//! A user who is looked at again: once, with the newest tokens, and for everybody to see.

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::ledger::{Looked, Renewed, Seen, Told};

const MARGIN: Duration = Duration::from_mins(1);

/// The `n`-th tokens of a provider, which end at `ends`.
fn tokens(n: u32, ends: u64) -> UpstreamTokens {
    UpstreamTokens {
        access_token: Secret::from(format!("access {n}")),
        refresh_token: Some(Secret::from(format!("refresh {n}"))),
        expires_at: Some(ends),
        scopes: None,
        refresh_expires_at: None,
    }
}

fn seen(role: &str) -> Seen {
    Seen {
        roles: BTreeSet::from([role.to_owned()]),
        claims: None,
        told: Told::default(),
    }
}

fn behind(grant: &Grant) -> bool {
    grant.is_behind()
}

/// A grant whose upstream tokens were just refreshed, with an ID token beside them.
async fn refreshed(fixture: &Fixture) -> Grant {
    let new = NewGrant {
        upstream: Some(tokens(1, START + 30)),
        ..facts()
    };
    let grant = fixture.grant("t", new).await;
    fixture.wait(25);
    let renew = |_| async {
        Ok::<_, ()>(Renewed {
            tokens: tokens(2, START + 3600),
            id_token: Some(Secret::from("id")),
        })
    };
    let fresh = fixture.ledger.renewed_upstream(grant.id(), MARGIN, renew);
    assert!(matches!(fresh.await.unwrap(), Fresh::Token(_)));
    let grant = fixture.ledger.grant(grant.id()).await.unwrap().unwrap();
    assert!(grant.is_behind() && grant.id_token().is_some());
    grant
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_callers_one_looks_and_all_see() {
    let fixture = Fixture::new().await;
    let grant = refreshed(&fixture).await;
    let (looks, before) = (Arc::new(AtomicUsize::new(0)), fixture.ledger.changes());
    let answers = at_once(|| {
        let (ledger, id, looks) = (fixture.ledger.clone(), grant.id(), Arc::clone(&looks));
        async move {
            let look = |grant: Box<Grant>| async move {
                assert_eq!(grant.id_token(), Some(&Secret::from("id")));
                looks.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, ()>(Some(seen("member")))
            };
            ledger.look_again(id, behind, look).await.unwrap()
        }
    })
    .await;
    assert_eq!(looks.load(Ordering::SeqCst), 1);
    for answer in answers {
        let Looked::Known(grant) = answer else {
            panic!("{answer:?}");
        };
        assert!(grant.facts().roles.contains("member"));
        assert!(!grant.is_behind() && grant.id_token().is_none());
    }
    assert!(fixture.ledger.changes() > before, "sessions look again");
}

#[tokio::test]
async fn a_look_that_fails_changes_nothing_and_is_tried_again() {
    let fixture = Fixture::new().await;
    let id = refreshed(&fixture).await.id();
    let look = |_| async { Err::<Option<Seen>, _>("provider is down") };
    let answer = fixture.ledger.look_again(id, behind, look).await.unwrap();
    assert!(matches!(answer, Looked::Failed("provider is down")));
    let look = |grant: Box<Grant>| async move {
        assert!(grant.id_token().is_some());
        Ok::<_, ()>(None)
    };
    let answer = fixture.ledger.look_again(id, behind, look).await.unwrap();
    let Looked::Known(grant) = answer else {
        panic!("{answer:?}");
    };
    assert!(grant.facts().roles.is_empty() && !grant.is_behind());
}

#[tokio::test]
async fn what_was_seen_with_old_tokens_does_not_land() {
    let fixture = Fixture::new().await;
    let id = refreshed(&fixture).await.id();
    // Another node: the same records, locks of its own.
    let other = fixture.ledger.with_lifetimes(Lifetimes::default());
    for fails in [false, true] {
        let look = |_| async {
            // So slow that its lease ends, and another one refreshes.
            fixture.wait(4000);
            let ends = fixture.ledger.now() + 3600;
            let renew = |_| async { Ok::<_, ()>(tokens(3, ends)) };
            let renewed = other.fresh_upstream(id, MARGIN, renew).await.unwrap();
            assert!(matches!(renewed, Fresh::Token(_)));
            if fails {
                Err("the old token is not honoured")
            } else {
                Ok(Some(seen("member")))
            }
        };
        let answer = fixture.ledger.look_again(id, |_| true, look).await.unwrap();
        let Looked::Known(grant) = answer else {
            panic!("{answer:?}");
        };
        assert!(grant.is_behind() && grant.facts().roles.is_empty());
    }
}
