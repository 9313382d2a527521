//! A file system that is really full.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fastmcp::store::{DiskStore, Error, Expected, Key, Put, Store as _};
use tests::database::skip;

const FAR: u64 = 4_000_000_000;

/// A file system of a few megabytes, in memory; it goes with this value.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]);
        let mounted = mount.arg(directory.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        // That needs the rights of an administrator, which CI does not have either.
        if std::env::var_os("CI").is_none() {
            skip("no small file system can be mounted here");
        }
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn key(n: u16) -> Key {
    let mut id = [0; 32];
    id[..2].copy_from_slice(&n.to_be_bytes());
    Key::new("test", id)
}

#[tokio::test]
async fn a_full_file_system_refuses_keeps_what_it_has_and_heals() {
    let Some(small) = Small::mount() else { return };
    let ballast = small.path().join("ballast");
    std::fs::write(&ballast, vec![1; 3_000_000]).expect("there is room");
    let store = DiskStore::open(small.path().join("store")).expect("a new store");
    let mut kept = 0;
    let refused = loop {
        let value = vec![7; 10_000];
        match store.put(&key(kept), value, FAR, Expected::Absent).await {
            Ok(Put::Done(_)) => kept += 1,
            other => break other,
        }
    };
    assert!(kept > 50, "{kept} records fit");
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    // What is there can be read, once the file is open again.
    let first = key(0);
    let record = eventually(async || store.get(&first).await).await;
    let version = record.expect("the first record").version;

    std::fs::remove_file(ballast).expect("it goes");
    let deleted = eventually(async || store.delete(&first, version).await).await;
    assert!(deleted);
    // It was refused, and may have been done.
    let last = key(kept);
    eventually(async || store.put(&last, vec![1], FAR, Expected::Absent).await).await;
    for n in 1..kept {
        let record = store.get(&key(n)).await.expect("a store that works");
        assert!(
            record.is_some_and(|record| record.value == [7; 10_000]),
            "{n}"
        );
    }
}

async fn eventually<T>(ask: impl AsyncFn() -> Result<T, Error>) -> T {
    for _ in 0..100 {
        if let Ok(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the store does not work again")
}
