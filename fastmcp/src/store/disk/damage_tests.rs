//! Files that something has happened to, and what lies in their place.

use std::fs;
use std::path::PathBuf;

use super::faults::{FAR, key};
use super::*;

const RECORDS: u64 = 500;

/// A directory with a store of [`RECORDS`] that was closed, or whose process was killed.
async fn filled(killed: bool) -> (tempfile::TempDir, PathBuf, u64) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fastmcp.redb");
    let store = DiskStore::open(directory.path()).unwrap();
    let puts = (0..RECORDS).map(async |n| {
        let spread = key(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        store
            .put(&spread, vec![7; 1000], FAR, Expected::Absent)
            .await
    });
    let mut last = 0;
    for put in futures_util::future::join_all(puts).await {
        let Ok(Put::Done(version)) = put else {
            panic!("{put:?}")
        };
        last = last.max(version.number());
    }
    let bytes = fs::read(&path).unwrap();
    drop(store);
    if killed {
        fs::write(&path, bytes).unwrap();
    }
    (directory, path, last)
}

async fn count(store: &DiskStore) -> u64 {
    let (mut count, mut cursor) = (0, None);
    loop {
        let page = store.scan(cursor.as_ref(), 500).await.unwrap();
        let good = page
            .records
            .iter()
            .filter(|(_, record)| record.value == [7; 1000]);
        count += good.count() as u64;
        cursor = page.next;
        if cursor.is_none() {
            return count;
        }
    }
}

fn aside(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let found = entries.filter(|path| path.to_string_lossy().contains(".damaged-"));
    found.collect()
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_what_can_be_read_is_taken_over() {
    type Damage = fn(&mut Vec<u8>);
    let all = RECORDS..=RECORDS;
    let none = 0..=0;
    let damages: [(&str, Damage, _); 8] = [
        ("n-1", |bytes| bytes.truncate(bytes.len() - 1), all.clone()),
        ("1", |bytes| bytes.truncate(1), none.clone()),
        ("n/2", |bytes| bytes.truncate(bytes.len() / 2), 0..=RECORDS),
        (
            "garbage",
            |bytes| {
                *bytes = [0xa7, 0x35, 1].repeat(3_000_000);
            },
            none.clone(),
        ),
        (
            "json",
            |bytes| *bytes = br#"{"keys": []}"#.to_vec(),
            none.clone(),
        ),
        ("mark", |bytes| bytes[..9].fill(0), none),
        (
            "both commits",
            |bytes| bytes[64..320].fill(0x55),
            0..=RECORDS,
        ),
        ("longer", |bytes| bytes.extend([1; 5000]), all),
    ];
    for killed in [false, true] {
        for (name, damage, saved) in &damages {
            let (directory, path, last) = filled(killed).await;
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, &bytes).unwrap();
            let store = DiskStore::open(directory.path()).unwrap();
            let found = count(&store).await;
            let aside = aside(directory.path());
            if aside.is_empty() {
                // The engine could mend it by itself.
                assert_eq!(found, RECORDS, "{name}, {killed}");
            } else {
                assert!(fs::read(&aside[0]).unwrap() == bytes, "{name}: changed");
                assert!(saved.contains(&found), "{name}, {killed}: {found}");
            }
            let put = store.put(&key(1), vec![1], FAR, Expected::Absent).await;
            let Ok(Put::Done(version)) = put else {
                panic!("{name}: {put:?}")
            };
            let new = found == 0 || version.number() > last;
            assert!(new, "{name}: a version came back");
            drop(store);
            assert_eq!(
                count(&DiskStore::open(directory.path()).unwrap()).await,
                found
            );
        }
    }
}

/// Everything in a directory: names and contents.
fn everything(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = paths
        .map(|it| (it.clone(), fs::read(it).unwrap()))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn until_the_first_write_a_damaged_file_is_read_and_left_as_it_is() {
    let (directory, path, _) = filled(true).await;
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 1);
    fs::write(&path, &bytes).unwrap();
    // Of an earlier attempt that was cut off.
    let cut_off = directory.path().join("fastmcp.redb.new");
    fs::write(&cut_off, b"half of it").unwrap();
    let before = everything(directory.path());
    let known = key(0);
    for _ in 0..2 {
        let store = DiskStore::open(directory.path()).unwrap();
        let record = store.get(&known).await.unwrap();
        assert!(record.is_some_and(|record| record.value == [7; 1000]));
        assert_eq!(store.get(&key(1)).await, Ok(None));
        assert!(DiskStore::open(directory.path()).is_err(), "not locked");
        drop(store);
        assert!(everything(directory.path()) == before, "something changed");
    }
    let store = DiskStore::open(directory.path()).unwrap();
    let put = store.put(&known, vec![1], FAR, Expected::Absent).await;
    assert_eq!(put, Ok(Put::Conflict));
    assert!(DiskStore::open(directory.path()).is_err(), "not locked");
    assert_eq!(count(&store).await, RECORDS);
    assert!(!cut_off.exists());
    assert!(fs::read(&aside(directory.path())[0]).unwrap() == bytes);
}

#[tokio::test]
async fn an_empty_or_blank_file_is_a_new_one() {
    for length in [0, 100, 100_000] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("fastmcp.redb"), vec![0; length]).unwrap();
        let store = DiskStore::open(directory.path()).unwrap();
        let put = store.put(&key(1), vec![1], FAR, Expected::Absent).await;
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
        assert!(aside(directory.path()).is_empty());
    }
}

/// Any page of the file, one after the other: the start succeeds, and what does not lie on it is
/// there.
#[tokio::test]
async fn a_damaged_page_takes_only_what_lies_on_it() {
    let (directory, path, _) = filled(false).await;
    let whole = fs::read(&path).unwrap();
    let pages = whole.chunks(4096).enumerate();
    let used: Vec<_> = pages
        .filter(|(_, page)| page.iter().any(|it| *it != 0))
        .collect();
    let (mut tried, mut mild, mut least) = (0, 0, RECORDS);
    for (n, _) in used.iter().skip(1).step_by(used.len() / 40 + 1) {
        let mut bytes = whole.clone();
        bytes[n * 4096..(n + 1) * 4096].fill(0);
        fs::write(&path, bytes).unwrap();
        let store = DiskStore::open(directory.path()).unwrap();
        let mut found = 0;
        for record in 0..RECORDS {
            let spread = key(record.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let got = store.get(&spread).await;
            found += u64::from(got.is_ok_and(|it| it.is_some_and(|it| it.value == [7; 1000])));
        }
        tried += 1;
        // As many as fit a page, and not what is behind them.
        mild += u64::from(found + 8 >= RECORDS);
        least = least.min(found);
        drop(store);
        for path in aside(directory.path()) {
            fs::remove_file(path).unwrap();
        }
    }
    assert!(least < RECORDS, "no page with a record was damaged");
    assert!(
        mild * 10 >= tried * 8,
        "{mild} of {tried} pages took a few records only"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_planted_link_is_refused_and_what_it_leads_to_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let (path, other) = (
        directory.path().join("fastmcp.redb"),
        directory.path().join("other"),
    );
    fs::write(&other, b"not yours").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    let error = DiskStore::open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("no regular file"), "{error}");
    assert_eq!(fs::read(&other).unwrap(), b"not yours");
}

/// Called by the test below in a process of its own, which has its own mask.
#[test]
fn opens_where_it_is_told() {
    if let Some(directory) = std::env::var_os("TEST_STORE_DIRECTORY") {
        drop(DiskStore::open(directory).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn whatever_the_mask_the_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for mask in ["000", "077", "022"] {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("store");
        let test = "store::disk::damage_tests::opens_where_it_is_told";
        let status = std::process::Command::new("sh")
            .args(["-c", &format!("umask {mask}; exec \"$@\""), "sh"])
            .arg(std::env::current_exe().unwrap())
            .args([test, "--exact"])
            .env("TEST_STORE_DIRECTORY", &directory)
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let file = directory.join("fastmcp.redb");
        assert_eq!((mode(&directory), mode(&file)), (0o700, 0o600), "{mask}");
    }
}
