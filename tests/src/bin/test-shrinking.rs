//! A store whose file becomes shorter while it is written to: it prints each write that was
//! acknowledged, as `<number> <value>`, until it is killed. Its argument is the store's directory.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test program speaks to its parent"
)]

use fastmcp::store::{DiskStore, Expected, Put, Store as _};
use tests::shrinking::{FAR, OVER, STAY, key};

/// Large records of a peak, and their length in bytes.
const PEAK: u64 = 500;
const LARGE: usize = 50_000;
const WRITERS: u64 = 4;

#[tokio::main]
async fn main() {
    let directory = std::env::args().nth(1).expect("a directory");
    let store = DiskStore::open(directory).expect("it opens");
    let put = async |n: u64, value: Vec<u8>, end| {
        let current = store.get(&key(n)).await.expect("it reads");
        let expected = current.map_or(Expected::Absent, |it| Expected::Version(it.version));
        let put = store.put(&key(n), value, end, expected).await;
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    };
    futures_util::future::join_all((0..PEAK).map(|n| put(STAY + n, vec![7; LARGE], OVER))).await;
    futures_util::future::join_all((0..STAY).map(|n| put(n, vec![0; 1000], FAR))).await;
    println!("ready");
    store.sweep(OVER, usize::MAX).await.expect("it sweeps");
    let write = async |writer: u64| {
        for value in 1_u64.. {
            let n = (value * WRITERS + writer) % STAY;
            put(n, value.to_be_bytes().to_vec(), FAR).await;
            println!("{n} {value}");
        }
    };
    futures_util::future::join_all((0..WRITERS).map(write)).await;
}
