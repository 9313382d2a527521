//! What the tests of outages share, whatever the store behind them.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::{Error, Expected, Key, Put, Store, Version};
use crate::parts::UnixSeconds;

/// An end that no test sees.
pub(super) const FAR: UnixSeconds = 4_000_000_000;

pub(super) fn key(n: u8) -> Key {
    Key::new("test", [n; 32])
}

pub(super) async fn create(store: &dyn Store, n: u8) -> Version {
    match store.put(&key(n), vec![n], FAR, Expected::Absent).await {
        Ok(Put::Done(version)) => version,
        other => panic!("{other:?}"),
    }
}

/// Every operation says that the store is unavailable, in time and without its password.
pub(super) async fn is_unavailable(store: &dyn Store, deadline: Duration, password: &str) {
    let start = Instant::now();
    let version = Version::new(1);
    let (known, other) = (key(1), key(9));
    let expected = Expected::Version(version);
    let (get, put, delete, sweep) = futures_util::join!(
        store.get(&known).map(Result::err),
        store.put(&other, vec![], FAR, expected).map(Result::err),
        store.delete(&other, version).map(Result::err),
        store.sweep(1, 1).map(Result::err),
    );
    for error in [get, put, delete, sweep] {
        let Some(Error::Unavailable(text)) = error else {
            panic!("{error:?}")
        };
        assert!(!text.contains(password), "{text}");
    }
    let took = start.elapsed();
    assert!(took < deadline + Duration::from_secs(1), "{took:?}");
}

/// The store works again by itself.
pub(super) async fn heals(store: &dyn Store) {
    for _ in 0..200 {
        if store.get(&key(1)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the store does not work again");
}
