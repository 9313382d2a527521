//! Writes whose callers have given up: done in full, or not at all.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Expected, Key, Record, Store, Version};
use super::{FAR, change, create, fresh_key, read};

const ROUNDS: u64 = 40;
/// How long one may still be on its way when its caller has gone.
const SETTLED: Duration = Duration::from_secs(10);

pub(super) async fn check(store: &Arc<dyn Store>, other: &Arc<dyn Store>) {
    let key = fresh_key();
    let mut version = create(&**store, &key, b"old").await;
    for round in 0..ROUNDS {
        let new = vec![u8::try_from(round).unwrap_or(0); 10_000];
        let (writer, of, value) = (store.clone(), key.clone(), new.clone());
        let expected = Expected::Version(version);
        let write = tokio::spawn(async move { writer.put(&of, value, FAR, expected).await });
        // Each round a little later.
        tokio::time::sleep(Duration::from_micros(50 * round)).await;
        write.abort();
        let _ = write.await;
        version = replaced(&**other, &key, version, &new).await;
    }
    // No task waits for it any more, but the store is as good as before.
    let last = change(&**store, &key, b"last", version).await;
    let seen = read(&**other, &key).await;
    assert_eq!(seen.map(|record| record.version), Some(last));
}

/// Writes over it, whichever way it went; gives the version then.
async fn replaced(store: &dyn Store, key: &Key, old: Version, new: &[u8]) -> Version {
    let settled = tokio::time::timeout(SETTLED, async {
        loop {
            let Some(Record { value, version, .. }) = read(store, key).await else {
                panic!("abandoned writes: one took the record with it")
            };
            let whole = (version == old) != (value == new);
            assert!(whole, "abandoned writes: one was done in half");
            let expected = Expected::Version(version);
            let put = store.put(key, b"old".to_vec(), FAR, expected).await;
            // It may come to pass between the two.
            if let Ok(super::Put::Done(version)) = put {
                return version;
            }
        }
    });
    let Ok(version) = settled.await else {
        panic!("abandoned writes: one is never over")
    };
    version
}
