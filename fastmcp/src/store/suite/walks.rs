//! What a walk over all records shows.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::super::{Expected, Key, Record, Store, Version};
use super::{FAR, answer, change, create, create_until, done, fresh_key, read};

const STAYING: u64 = 200;
/// How many others there are beside them.
const PASSING: usize = 30;
/// Changes between two pages.
const STEPS: usize = 3;
const LIMIT: usize = 7;
/// A store that cannot stop in the middle may show some more.
const LARGEST: usize = 100;
/// More than any walk of the suite may have, over a store with a million other records.
const PAGES: usize = 200_000;

pub(super) async fn check(store: &Arc<dyn Store>, other: &Arc<dyn Store>) {
    let mut staying = Vec::new();
    for end in 0..STAYING {
        let key = fresh_key();
        // Some have expired; nobody sweeps.
        let end = if end % 2 == 0 { FAR + end } else { end };
        create_until(&**store, &key, end).await;
        staying.push(key);
    }
    shows_records_as_they_are(store, &staying).await;
    misses_nothing_that_stays(store, other, &staying).await;
    // They have new values now.
    shows_records_as_they_are(store, &staying).await;
    for key in &staying {
        if let Some(record) = read(&**store, key).await {
            assert_eq!(store.delete(key, record.version).await, Ok(true));
        }
    }
}

async fn shows_records_as_they_are(store: &Arc<dyn Store>, staying: &[Key]) {
    let seen = walk(store, None).await;
    for key in staying {
        let record = read(&**store, key).await;
        assert_eq!(
            seen.get(key),
            record.as_ref(),
            "walks: a record is missed or changed"
        );
    }
    let count = answer("estimating", store.estimate().await);
    assert_ne!(count, Some(0), "walks: the store is said to be empty");
}

/// While others come, go and change, and those that stay get new values and ends.
async fn misses_nothing_that_stays(
    store: &Arc<dyn Store>,
    other: &Arc<dyn Store>,
    staying: &[Key],
) {
    let mut churn = Churn {
        store: other.clone(),
        staying,
        passing: VecDeque::new(),
        steps: 0,
    };
    for _ in 0..3 {
        let seen = walk(store, Some(&mut churn)).await;
        let missed = staying.iter().filter(|key| !seen.contains_key(key));
        assert_eq!(
            missed.count(),
            0,
            "walks: records were missed that were there all the time"
        );
    }
    while let Some((key, version)) = churn.passing.pop_front() {
        assert_eq!(other.delete(&key, version).await, Ok(true));
    }
}

/// What happens beside a walk.
struct Churn<'a> {
    store: Arc<dyn Store>,
    staying: &'a [Key],
    passing: VecDeque<(Key, Version)>,
    steps: usize,
}

impl Churn<'_> {
    async fn step(&mut self) {
        let new = fresh_key();
        let version = create(&*self.store, &new, &[1]).await;
        self.passing.push_back((new, version));
        // Old ones go, so that there are fewer before the next page, or behind it.
        if self.passing.len() > PASSING
            && let Some((old, version)) = self.passing.pop_front()
        {
            let version = change(&*self.store, &old, &[3], version).await;
            assert_eq!(self.store.delete(&old, version).await, Ok(true));
        }
        let key = &self.staying[self.steps % self.staying.len()];
        if let Some(record) = read(&*self.store, key).await {
            let expected = Expected::Version(record.version);
            let end = record.expires_at.saturating_add(FAR / 2) % FAR;
            done(self.store.put(key, vec![2], end, expected).await);
        }
        self.steps += 1;
    }
}

/// What one walk shows; of what it shows twice, the later.
async fn walk(store: &Arc<dyn Store>, mut churn: Option<&mut Churn<'_>>) -> HashMap<Key, Record> {
    let (mut seen, mut cursor) = (HashMap::new(), None);
    for _ in 0..PAGES {
        let page = answer("walking", store.scan(cursor.as_ref(), LIMIT).await);
        let size = page.records.len();
        assert!(
            size <= LARGEST,
            "walks: {size} records in a page of {LIMIT}"
        );
        seen.extend(page.records);
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
        if let Some(churn) = &mut churn {
            for _ in 0..STEPS {
                churn.step().await;
            }
        }
    }
    panic!("walks: one does not end");
}
