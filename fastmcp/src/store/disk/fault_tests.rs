//! The disk fails at one operation after the other.

use super::faults::{Disk, FAR, Known, Power, key};
use super::*;

/// More operations than the work below takes.
const MOST: u64 = 1000;

/// Fails at operation `n` and for a while, then works again.
async fn survives(n: u64, power: Power) -> bool {
    let (disk, mut known) = (Disk::new(Vec::new()), Known::default());
    disk.fail_at(n, power);
    let store = disk.store();
    known.work(&store).await;
    let failed = disk.has_failed();
    disk.set(Power::On);
    let when = format!("{power:?} at {n}");
    let healed = async {
        for probe in 1000.. {
            let put = store.put(&key(probe), vec![1], FAR, Expected::Absent).await;
            if put.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let healed = tokio::time::timeout(Duration::from_secs(20), healed).await;
    assert!(healed.is_ok(), "{when}: it does not work again");
    known.check(&store, &when).await;
    // And everything that the work asks for can be had now.
    drop(store);
    known.check(&disk.store(), &when).await;
    failed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_at_any_operation_loses_nothing_and_the_store_heals_unaided() {
    for power in [Power::Full, Power::Off] {
        let mut first = 1;
        loop {
            assert!(first < MOST, "the work is never done");
            // Each waits before it opens the file again, so some go together.
            let some = (first..first + 32).map(|n| tokio::spawn(survives(n, power)));
            let some = futures_util::future::join_all(some).await;
            let failed: Vec<_> = some.into_iter().map(Result::unwrap).collect();
            first += 32;
            if failed.contains(&false) {
                break;
            }
        }
        assert!(first > 64, "hardly anything was written");
    }
}

#[tokio::test]
async fn after_a_power_cut_at_any_operation_every_acknowledged_record_is_there() {
    for n in 1..MOST {
        let (disk, mut known) = (Disk::new(Vec::new()), Known::default());
        disk.fail_at(n, Power::Off);
        let store = disk.store();
        known.work(&store).await;
        let over = !disk.has_failed();
        // The writes that were on their way: none of them arrived, or all, or some.
        let kept: [fn(usize) -> bool; 4] = [|_| false, |_| true, |n| n % 2 == 0, |n| n % 2 == 1];
        for (way, kept) in kept.into_iter().enumerate() {
            let when = format!("a cut at {n}, way {way}");
            let left = Disk::new(disk.after_a_cut(kept));
            match left.slot() {
                Ok(slot) => known.check(&DiskStore::start(slot).unwrap(), &when).await,
                // It was cut while it was made.
                Err(_) => assert_eq!(known.acknowledged(), 0, "{when}"),
            }
        }
        drop(store);
        if over {
            assert!(n > 64, "hardly anything was written");
            return;
        }
    }
    panic!("the work is never done");
}
