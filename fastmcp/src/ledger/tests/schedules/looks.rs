//! The explorer itself: it looks everywhere, and finds what it should.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::store::{Expected, Put};

/// Adds one to a counter, which begins absent.
async fn add(ledger: &Ledger, compares: bool) -> Result<(), Error> {
    loop {
        let live = ledger.read::<u64>("counter", b"").await?;
        let (count, expected) = live.map_or((0, Expected::Absent), |live| {
            (live.value, Expected::Version(live.version))
        });
        let (ends, more) = (ledger.now() + 60, count + 1);
        let put = ledger.sealed().put("counter", b"", &more, ends, expected);
        if let Put::Done(_) = put.await? {
            return Ok(());
        }
        if !compares {
            return Ok(());
        }
    }
}

/// Two nodes add to a counter that is there; gives how many schedules there were.
fn counting(compares: bool, scope: Scope) -> u64 {
    explore("a counter", scope, async |run| {
        add(&run.fixture.ledger, true).await.unwrap();
        let added = NODES.map(|node| {
            let ledger = run.node(node);
            run.spawn(node, "adds", async move { add(&ledger, compares).await })
        });
        run.finish().await;
        let ledger = &run.fixture.ledger;
        let count = ledger
            .read::<u64>("counter", b"")
            .await
            .unwrap()
            .unwrap()
            .value;
        let told = added
            .iter()
            .filter(|added| matches!(added.get(), Some(Ok(()))))
            .count();
        assert!(count > told as u64, "{count}");
        assert!(!run.is_faultless() || count == 3, "{count}");
    })
}

#[test]
fn every_order_is_tried_once() {
    // Two steps each, and two more for who comes second: 1·1, 1·2, 2·1, 2·2, 2·1, 1·2.
    assert_eq!(counting(true, Scope::orders(usize::MAX)), 6);
    // Without preemption: one after the other.
    assert_eq!(counting(true, Scope::orders(0)), 2);
}

#[test]
fn faults_are_tried_at_every_step() {
    // One after the other: each of the four steps fails before; a write also after. The order is
    // chosen once, at the start; and each schedule without a fault counts once.
    let scope = Scope::orders(0).one_of(FAILURES);
    assert_eq!(counting(true, scope), 2 * (1 + 2 * (1 + 2)));
    assert!(counting(true, Scope::orders(1).one_of(DEATHS)) > 20);
}

#[test]
fn a_lost_update_is_found() {
    let found = catch_unwind(AssertUnwindSafe(|| counting(false, Scope::orders(1))));
    assert!(found.is_err());
    // It takes a preemption to lose one.
    counting(false, Scope::orders(0));
}
