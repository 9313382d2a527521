//! What goes in a sweep, and what stays.

use super::super::{Expected, Store};
use super::{answer, create_until, done, fresh_key, read};

/// A time in 1970.
const THEN: u64 = 1000;

pub(super) async fn check(store: &dyn Store) {
    let (dead, alive, moved) = (fresh_key(), fresh_key(), fresh_key());
    for _ in 0..20 {
        create_until(store, &fresh_key(), THEN).await;
    }
    let first = create_until(store, &dead, THEN).await;
    create_until(store, &alive, THEN + 1).await;
    let version = create_until(store, &moved, THEN - 1).await;
    let prolonged = store.put(&moved, vec![2], 2 * THEN, Expected::Version(version));
    done(prolonged.await);
    let swept = answer("sweeping", store.sweep(THEN, 2).await);
    assert!(
        swept <= 2,
        "sweeps: {swept} records went where 2 were allowed"
    );
    let rest = sweep_all(store, THEN).await;
    assert!(
        swept + rest >= 21,
        "sweeps: {} were told, 21 had expired",
        swept + rest
    );
    assert_eq!(
        read(store, &dead).await,
        None,
        "sweeps: an expired record stayed"
    );
    assert!(
        read(store, &alive).await.is_some(),
        "sweeps: a live record went"
    );
    assert!(
        read(store, &moved).await.is_some(),
        "sweeps: a prolonged record went"
    );
    sweep_all(store, 2 * THEN).await;
    assert_eq!(
        read(store, &alive).await,
        None,
        "sweeps: an expired record stayed"
    );
    assert_eq!(
        read(store, &moved).await,
        None,
        "sweeps: a prolonged record stayed for ever"
    );
    let again = create_until(store, &dead, THEN).await;
    assert_ne!(again, first, "versions: one came back after a sweep");
    sweep_all(store, THEN).await;
}

async fn sweep_all(store: &dyn Store, now: u64) -> usize {
    let mut swept = 0;
    for _ in 0..100_000 {
        match answer("sweeping", store.sweep(now, 100).await) {
            0 => return swept,
            more => swept += more,
        }
    }
    panic!("sweeps: there is always more to sweep");
}
