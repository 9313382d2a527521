//! Locks and leases: who waits for whom, and for how long.

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout};

use super::upstream::{MARGIN, token, upstream, with_upstream};
use super::*;
use crate::ledger::lease::{Local, PAUSE};

/// A grant whose upstream token has ended, and whose lease is held by somebody dead.
async fn orphaned(fixture: &Fixture) -> GrantId {
    let tokens = upstream("first", Some(START), Some("r1"));
    let grant = fixture.grant("t", with_upstream(tokens)).await;
    fixture.ledger.seize(grant.id()).await.unwrap();
    grant.id()
}

#[tokio::test]
async fn a_lock_is_held_however_many_others_come_and_go() {
    let locks = Local::default();
    let id = |n: u32| GrantId::of_transaction(&n.to_string());
    let held = locks.lock(id(0)).await;
    for n in 1..=2000 {
        drop(locks.lock(id(n)).await);
    }
    assert!(locks.lock(id(0)).now_or_never().is_none());
    drop(held);
    assert!(locks.lock(id(0)).now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn who_waits_outlasts_the_lease_of_a_dead_holder() {
    let fixture = Fixture::new().await;
    let id = orphaned(&fixture).await;
    let ledger = fixture.ledger.clone();
    let waiting = tokio::spawn(async move {
        let refresh = |_| async { Ok::<_, ()>(upstream("second", None, None)) };
        ledger.fresh_upstream(id, MARGIN, refresh).await.unwrap()
    });
    sleep(Duration::from_secs(18)).await;
    assert!(!waiting.is_finished());
    fixture.wait(15);
    assert_eq!(token(&waiting.await.unwrap()), "second");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_for_a_holder_whose_clock_stands() {
    let fixture = Fixture::new().await;
    let id = orphaned(&fixture).await;
    let refresh = |_| async { Ok::<_, ()>(upstream("second", None, None)) };
    let fresh = fixture.ledger.fresh_upstream(id, MARGIN, refresh);
    let fresh = timeout(Duration::from_secs(25), fresh).await;
    assert!(fresh.expect("it gives up").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_a_dead_holder_waits_for_what_that_one_may_still_write() {
    // By then its lease is over, and by then it is forgotten.
    for (after, waits) in [(15, true), (29, true), (30, false)] {
        let fixture = Fixture::new().await;
        let id = orphaned(&fixture).await;
        fixture.wait(after);
        let begun = Instant::now();
        let refresh = |_| async { Err("invalid_grant") };
        let fresh = fixture.ledger.fresh_upstream(id, MARGIN, refresh).await;
        assert!(matches!(fresh.unwrap(), Fresh::Failed("invalid_grant")));
        assert_eq!(begun.elapsed() >= PAUSE, waits, "{after}");
    }
}
