//! The disk fails at one operation after the other.

use super::faults::{Disk, FAR, Known, Power, key};
use super::*;

/// More operations than the work below takes.
const MOST: u64 = 1000;

/// Commits note the pages in use: always, and never.
const NOTED_FROM: [u64; 2] = [0, u64::MAX];

/// Fails at operation `n` and for a while, then works again.
async fn survives(n: u64, power: Power, noted_from: u64) -> bool {
    let (disk, mut known) = (Disk::new(Vec::new(), noted_from), Known::default());
    disk.fail_at(n, power);
    let store = disk.store();
    known.work(&store).await;
    let failed = disk.has_failed();
    disk.set(Power::On);
    let when = format!("{power:?} at {n}, noted from {noted_from}");
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
    let ways = [Power::Full, Power::Off].map(|power| NOTED_FROM.map(|from| (power, from)));
    for (power, noted_from) in ways.into_iter().flatten() {
        let mut first = 1;
        loop {
            assert!(first < MOST, "the work is never done");
            // Each waits before it opens the file again, so some go together.
            let some = (first..first + 32).map(|n| tokio::spawn(survives(n, power, noted_from)));
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
    for noted_from in NOTED_FROM {
        let took = cut_everywhere(noted_from).await;
        assert!(took > 64, "hardly anything was written");
    }
}

/// Gives the number of operations.
async fn cut_everywhere(noted_from: u64) -> u64 {
    for n in 1..MOST {
        let (disk, mut known) = (Disk::new(Vec::new(), noted_from), Known::default());
        disk.fail_at(n, Power::Off);
        let store = disk.store();
        known.work(&store).await;
        let over = !disk.has_failed();
        // The writes that were on their way: none of them arrived, or all, or some.
        let kept: [fn(usize) -> bool; 4] = [|_| false, |_| true, |n| n % 2 == 0, |n| n % 2 == 1];
        for (way, kept) in kept.into_iter().enumerate() {
            let when = format!("a cut at {n}, way {way}, noted from {noted_from}");
            let left = disk.with(disk.after_a_cut(kept));
            match left.slot() {
                Ok(slot) => known.check(&DiskStore::start(slot).unwrap(), &when).await,
                // It was cut while it was made.
                Err(_) => assert_eq!(known.acknowledged(), 0, "{when}"),
            }
        }
        drop(store);
        if over {
            return n;
        }
    }
    panic!("the work is never done");
}

#[tokio::test]
async fn after_a_kill_a_noted_file_is_opened_without_reading_it() {
    let opening = async |noted_from| {
        let disk = Disk::new(Vec::new(), noted_from);
        let store = disk.store();
        let puts = (0..1000).map(async |n| {
            let (key, value) = (key(n), vec![7; 1000]);
            let put = store.put(&key, value, FAR, Expected::Absent).await;
            assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
        });
        futures_util::future::join_all(puts).await;
        // As `kill -9` leaves it: all that was written is there, and it was not closed.
        let left = disk.with(disk.after_a_cut(|_| true));
        drop(left.slot().ok().unwrap());
        left.read_bytes()
    };
    let [noted, whole] = [opening(0).await, opening(u64::MAX).await];
    assert!(whole > 1_000_000, "{whole} bytes were read");
    assert!(noted < 100_000, "{noted} bytes were read");
}
