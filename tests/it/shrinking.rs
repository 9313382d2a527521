//! `kill -9` while a store's file becomes shorter: nothing that was acknowledged is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fastmcp::store::{DiskStore, Store as _};
use tests::process::path;
use tests::shrinking::{OVER, STAY, key};
use tests::tally::Tally;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::support::rounds;

const ROUNDS: u64 = 6;

/// The last acknowledged value of each record, from a process that was killed at a moment by
/// chance.
async fn killed(directory: &Path) -> BTreeMap<u64, u64> {
    let mut child = Command::new(path("test-shrinking"))
        .arg(directory)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("cargo built the binary");
    let output = child.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(output).lines();
    let first = lines.next_line().await.expect("it speaks");
    assert_eq!(first.as_deref(), Some("ready"));
    let chance = u64::from(getrandom::u32().expect("the system has randomness"));
    let moment = tokio::time::sleep(Duration::from_millis(chance % 1500));
    tokio::pin!(moment);
    let (mut known, mut killed) = (BTreeMap::new(), false);
    loop {
        tokio::select! {
            () = &mut moment, if !killed => {
                child.kill().await.expect("a child can be killed");
                killed = true;
            }
            // What it said before it was killed is read to the end.
            line = lines.next_line() => {
                let Ok(Some(line)) = line else { break };
                let (n, value) = line.split_once(' ').expect("two numbers");
                if let (Ok(n), Ok(value)) = (n.parse(), value.parse()) {
                    known.insert(n, value);
                }
            }
        }
    }
    assert!(killed, "it ended by itself");
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_it_is_killed_while_its_file_shrinks() {
    let mut tally = Tally::new("kill -9 while a file becomes shorter");
    for _ in 0..rounds(ROUNDS) {
        let directory = tempfile::tempdir().expect("a directory");
        let known = killed(directory.path()).await;
        let beside = directory.path().join("fastmcp.redb.new").exists();
        let length = std::fs::metadata(directory.path().join("fastmcp.redb"));
        let short = length.expect("the file is there").len() < 20_000_000;
        tally.count(match (beside, short) {
            (true, _) => "while it was copied",
            (false, false) => "before",
            (false, true) => "after",
        });
        tally.add("acknowledged", known.len() as u64);
        let store = DiskStore::open(directory.path()).expect("it opens");
        for n in 0..STAY {
            let record = store.get(&key(n)).await.expect("it reads");
            let value = record.map(|it| it.value).unwrap_or_default();
            let value = value.try_into().map_or(0, u64::from_be_bytes);
            let least = known.get(&n).copied();
            let kept = least.is_none_or(|least| value >= least);
            tally.hold(kept, || format!("{n}: {value} after {least:?}"));
        }
        let swept = store.sweep(OVER, usize::MAX).await;
        tally.hold(swept.is_ok(), || format!("{swept:?}"));
        if !tally.round() {
            break;
        }
    }
    tally.finish();
}
