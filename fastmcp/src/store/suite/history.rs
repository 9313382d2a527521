//! Random interleavings: many callers do anything to a few keys, and what they were told must fit
//! together.
//!
//! What was acknowledged makes a graph: each version was written upon another one, or upon
//! nothing. Whatever the order was, this must hold:
//!
//! 1. No version was given twice, and none was replaced or deleted twice.
//! 2. What was read under a version is what was written under it.
//! 3. Nobody reads an ancestor of what they have read or written before.
//! 4. A key was created as often as it was deleted, or once more; then the record that is left is
//!    the one that was neither replaced nor deleted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::{Expected, Key, Put, Store, Version};
use super::{FAR, answer, fresh_key, read};
use crate::parts::Random;

const CALLERS: usize = 16;
const STEPS: usize = 60;
const KEYS: usize = 3;

/// What one caller was told, in order.
enum Event {
    Read(Version, Vec<u8>),
    Written(Version, Vec<u8>, Expected),
    Deleted(Version),
}

pub(super) async fn check(nodes: &[Arc<dyn Store>]) {
    let keys: Vec<_> = (0..KEYS).map(|_| fresh_key()).collect();
    let callers = (0..CALLERS).map(|caller| {
        let (store, keys) = (nodes[caller % nodes.len()].clone(), keys.clone());
        tokio::spawn(async move { act(&*store, &keys, caller).await })
    });
    let mut histories = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        match caller.await {
            Ok(history) => histories.push(history),
            Err(error) => panic!("a caller has ended: {error}"),
        }
    }
    for (n, key) in keys.iter().enumerate() {
        let of_key: Vec<_> = histories.iter().map(|history| &history[n][..]).collect();
        let left = read(&*nodes[0], key).await.map(|record| record.version);
        fits(&of_key, left);
    }
}

/// Does anything, and gives what was told, by key.
async fn act(store: &dyn Store, keys: &[Key], caller: usize) -> Vec<Vec<Event>> {
    let random = Random::system();
    let mut histories: Vec<_> = keys.iter().map(|_| Vec::new()).collect();
    let mut known = vec![None; keys.len()];
    for step in 0..STEPS {
        let [which, what] = random.bytes().map(usize::from);
        let which = which % keys.len();
        let (key, history, known) = (&keys[which], &mut histories[which], &mut known[which]);
        match (what % 8, *known) {
            (0..3, _) => {
                let record = read(store, key).await;
                *known = record.as_ref().map(|record| record.version);
                let read = record.map(|record| Event::Read(record.version, record.value));
                history.extend(read);
            }
            (3, Some(version)) => {
                if answer("deleting", store.delete(key, version).await) {
                    history.push(Event::Deleted(version));
                }
                *known = None;
            }
            _ => {
                let expected = known.map_or(Expected::Absent, Expected::Version);
                let value = format!("{caller}/{step}").into_bytes();
                match answer(
                    "writing",
                    store.put(key, value.clone(), FAR, expected).await,
                ) {
                    Put::Done(version) => {
                        *known = Some(version);
                        history.push(Event::Written(version, value, expected));
                    }
                    Put::Conflict => *known = None,
                }
            }
        }
        tokio::task::yield_now().await;
    }
    histories
}

fn fits(histories: &[&[Event]], left: Option<Version>) {
    let (mut written, mut parent) = (HashMap::new(), HashMap::new());
    let (mut ended, mut balance) = (HashSet::new(), 0);
    for event in histories.iter().copied().flatten() {
        let over = match event {
            Event::Read(..) => continue,
            Event::Deleted(version) => {
                balance -= 1;
                version
            }
            Event::Written(version, value, expected) => {
                let before = written.insert(*version, value);
                assert!(
                    before.is_none(),
                    "races: a version was given to two writers"
                );
                let Expected::Version(replaced) = expected else {
                    balance += 1;
                    continue;
                };
                parent.insert(*version, *replaced);
                replaced
            }
        };
        assert!(
            ended.insert(*over),
            "races: one version was replaced or deleted twice"
        );
    }
    assert_eq!(
        balance,
        i32::from(left.is_some()),
        "races: created and deleted do not match"
    );
    if let Some(left) = left {
        let last = written.contains_key(&left) && !ended.contains(&left);
        assert!(last, "races: what is left had been replaced");
    }
    for history in histories {
        reads_go_forward(history, &written, &parent);
    }
}

fn reads_go_forward(
    history: &[Event],
    written: &HashMap<Version, &Vec<u8>>,
    parent: &HashMap<Version, Version>,
) {
    let mut past = HashSet::new();
    for event in history {
        let (Event::Read(version, _) | Event::Written(version, ..) | Event::Deleted(version)) =
            event;
        if let Event::Read(_, value) = event {
            let wrote = written.get(version);
            assert_eq!(wrote, Some(&value), "races: read what was never written");
            assert!(
                !past.contains(version),
                "races: read what had been replaced"
            );
        }
        if matches!(event, Event::Deleted(_)) {
            past.insert(*version);
        }
        let mut older = parent.get(version);
        while let Some(ancestor) = older {
            if !past.insert(*ancestor) {
                break;
            }
            older = parent.get(ancestor);
        }
    }
}
