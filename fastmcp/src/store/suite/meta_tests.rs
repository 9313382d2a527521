//! That the suite notices: a store is built wrong in one way after the other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;

use super::broken::{Broken, Fault};
use super::*;

/// What the suite says to a store with this fault; nothing if it lets it pass.
async fn verdict(fault: Fault) -> Option<String> {
    let store = Arc::new(Broken::new(fault));
    let checked = async {
        check(store.clone()).await;
        check_reopened(async || Arc::new(store.reopened()) as Arc<dyn Store>).await;
    };
    let panic = AssertUnwindSafe(checked).catch_unwind().await.err()?;
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    Some(text.expect("a law in words").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_plain_store_passes() {
    assert_eq!(verdict(Fault::Nothing).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_is_caught_by_the_law_that_it_breaks() {
    for (fault, law) in [
        (Fault::CutsLargeValues, "values: 1048576 bytes"),
        (Fault::DropsExpiries, "values: a change is not seen"),
        (Fault::IgnoresKinds, "values: two keys meet"),
        (Fault::IgnoresExpectations, "expectations:"),
        (
            Fault::WritesOnConflict,
            "expectations: a conflict changed something",
        ),
        (
            Fault::DeletesAnyVersion,
            "expectations: a delete with a wrong version",
        ),
        (Fault::ReplacesWhatExpired, "expectations: Absent over"),
        (
            Fault::CountsVersionsPerKey,
            "versions: one came back after a delete",
        ),
        (Fault::KeepsVersions, "versions: a change kept the version"),
        (Fault::ForgetsVersionsOfTheSwept, "versions:"),
        (Fault::NeverSweeps, "sweeps: 0 were told, 21 had expired"),
        (Fault::SweepsOneSecondEarly, "sweeps: a live record went"),
        (
            Fault::SweepsByTheFirstExpiry,
            "sweeps: a prolonged record went",
        ),
        (Fault::SweepsMoreThanAllowed, "went where 2 were allowed"),
        (Fault::WalksByPosition, "walks: records were missed"),
        (
            Fault::WalkMissesTheLastOfAPage,
            "walks: a record is missed or changed",
        ),
        (
            Fault::WalkLeavesOutTheExpired,
            "walks: a record is missed or changed",
        ),
        (
            Fault::WalkShowsOldValues,
            "walks: a record is missed or changed",
        ),
        (Fault::WalkNeverEnds, "walks: one does not end"),
        (Fault::WalkShowsAllAtOnce, "in a page of 7"),
        (Fault::ComparesThenWrites, "races:"),
        (Fault::ReadsOldStates, ""),
        (
            Fault::GivesAVersionTwice,
            "versions: a change kept the version",
        ),
        (Fault::WritesInTwoSteps, ""),
        (
            Fault::ForgetsWhenClosed,
            "durability: lost when opened again",
        ),
        (
            Fault::ForgetsTheLastWriteWhenClosed,
            "durability: lost when opened again",
        ),
        (
            Fault::ForgetsDeletesWhenClosed,
            "durability: a deleted record came back",
        ),
        (
            Fault::CountsVersionsAnewWhenOpened,
            "versions: one came back when opened again",
        ),
    ] {
        let said = verdict(fault).await;
        let said = said.unwrap_or_else(|| panic!("{fault:?} passed"));
        assert!(said.contains(law), "{fault:?}: {said}");
    }
}
