//! A million records: how long things take then. `TESTS_MILLION=1` runs it and prints a table;
//! nothing is asserted about time.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastmcp::store::{DiskStore, Expected, Key, MemoryStore, Put, Store};
use futures_util::{StreamExt as _, stream};

const FAR: u64 = 4_000_000_000;
/// Half of the records are over at this time.
const OVER: u64 = 1000;

fn key(n: u64) -> Key {
    // Spread evenly, as MACs are.
    let mut id = [0; 32];
    let mut state = n;
    for word in id.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
    }
    Key::new("grant", id)
}

async fn fill(store: &dyn Store, from: u64, to: u64) {
    let puts = stream::iter(from..to).map(async |n| {
        let end = if n % 2 == 0 { OVER } else { FAR };
        let put = store
            .put(&key(n), vec![7; 1000], end, Expected::Absent)
            .await;
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    });
    puts.buffer_unordered(2000).for_each(async |()| ()).await;
}

struct Times(Vec<Duration>);

impl Times {
    fn at(&self, share: usize) -> String {
        let mut times = self.0.clone();
        times.sort();
        let time = times.get((times.len() * share / 1000).min(times.len() - 1));
        time.map_or_else(String::new, |time| format!("{time:.1?}"))
    }

    fn row(&self, name: &str) {
        let [half, most, all] = [500, 990, 1000].map(|share| self.at(share));
        println!("{name:<44} median {half:>9}  99 % {most:>9}  longest {all:>9}");
    }
}

async fn gets(store: &dyn Store, records: u64) -> Times {
    let mut times = Vec::new();
    for n in 0..2000 {
        let key = key(n * 7919 % records);
        let start = Instant::now();
        assert!(store.get(&key).await.expect("a store that works").is_some());
        times.push(start.elapsed());
    }
    Times(times)
}

/// One put after the other, until it is enough.
async fn puts(store: &dyn Store, first: u64, enough: impl Fn(usize) -> bool) -> Times {
    let mut times = Vec::new();
    while !enough(times.len()) {
        let key = key(first + times.len() as u64);
        let start = Instant::now();
        let put = store.put(&key, vec![7; 1000], FAR, Expected::Absent).await;
        times.push(start.elapsed());
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    }
    Times(times)
}

fn memory() -> String {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    format!("{} MB", pages.unwrap_or(0) * 4096 / 1_000_000)
}

fn timed<T>(name: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = act();
    println!("{name:<44} {:.1?}", start.elapsed());
    result
}

fn size(directory: &Path) -> u64 {
    let file = std::fs::metadata(directory.join("fastmcp.redb"));
    file.map_or(0, |file| file.len() / 1_000_000)
}

fn open(directory: &Path) -> Arc<DiskStore> {
    Arc::new(DiskStore::open(directory).expect("a store"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_records_on_disk() {
    let Some(records) = records() else { return };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("store");
    let store = open(&path);
    fill(&*store, 0, 1000).await;
    gets(&*store, 1000).await.row("get of 1,000");
    puts(&*store, 10_000_000, |n| n == 500)
        .await
        .row("put to 1,000");
    let start = Instant::now();
    fill(&*store, 1000, records).await;
    println!(
        "{:<44} {:.1?}",
        format!("filling up to {records}"),
        start.elapsed()
    );
    println!("{:<44} {}, file {} MB", "memory", memory(), size(&path));

    let killed = directory.path().join("killed");
    std::fs::create_dir(&killed).expect("a directory");
    std::fs::copy(path.join("fastmcp.redb"), killed.join("fastmcp.redb")).expect("a copy");
    drop(timed("opening after a kill", || open(&killed)));
    std::fs::remove_dir_all(&killed).expect("it goes");
    timed("closing", || drop(store));
    let store = timed("opening", || open(&path));
    gets(&*store, records).await.row("get of all");
    puts(&*store, 20_000_000, |n| n == 500)
        .await
        .row("put to all");

    let start = Instant::now();
    let mut cursor = None;
    let mut seen = 0;
    loop {
        let page = store
            .scan(cursor.as_ref(), 500)
            .await
            .expect("a store that works");
        seen += page.records.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    println!(
        "{:<44} {:.1?}",
        format!("walking over {seen}"),
        start.elapsed()
    );

    let over = Arc::new(AtomicBool::new(false));
    let (sweeping, done) = (store.clone(), over.clone());
    let sweep = tokio::spawn(async move {
        let start = Instant::now();
        let swept = sweeping.sweep(OVER, usize::MAX).await.expect("a sweep");
        done.store(true, Ordering::SeqCst);
        println!(
            "{:<44} {:.1?}",
            format!("sweeping {swept}"),
            start.elapsed()
        );
    });
    let beside = puts(&*store, 30_000_000, |_| over.load(Ordering::SeqCst)).await;
    sweep.await.expect("a sweep");
    beside.row("put beside the sweep");
    println!("{:<44} {}, file {} MB", "memory", memory(), size(&path));
    puts(&*store, 40_000_000, |n| n == 500)
        .await
        .row("put after the sweep");
    timed("closing", || drop(store));
    drop(timed("opening", || open(&path)));
    println!("{:<44} file {} MB", "after it", size(&path));
}

#[tokio::test]
async fn what_expired_in_memory_is_freed() {
    if records().is_none() {
        return;
    }
    let store = MemoryStore::new();
    fill(&store, 0, 1000).await;
    let before = memory();
    for round in 1..4_u64 {
        let dead = stream::iter(0..100_000_u64).map(async |n| {
            let key = key(round * 50_000_000 + n);
            let put = store.put(&key, vec![7; 1000], OVER, Expected::Absent).await;
            assert!(put.is_ok());
        });
        dead.buffer_unordered(10).for_each(async |()| ()).await;
        let filled = memory();
        let start = Instant::now();
        let swept = store.sweep(OVER, usize::MAX).await.expect("a sweep");
        println!(
            "round {round}: {swept} swept from memory in {:.1?}: {before} at first, {filled} \
             filled, {} after",
            start.elapsed(),
            memory()
        );
    }
}

fn records() -> Option<u64> {
    let asked = std::env::var("TESTS_MILLION").ok()?;
    // Any other number is that many.
    asked
        .parse()
        .ok()
        .map(|n| if n == 1 { 1_000_000 } else { n })
}
