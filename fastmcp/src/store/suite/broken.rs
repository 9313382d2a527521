//! A plain store that can be built wrong in many ways, to see that the suite notices.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::super::{Cursor, Error, Expected, Key, Page, Put, Record, Store, Version, is_expected};
use crate::parts::UnixSeconds;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Nothing,
    CutsLargeValues,
    DropsExpiries,
    IgnoresKinds,
    IgnoresExpectations,
    WritesOnConflict,
    DeletesAnyVersion,
    ReplacesWhatExpired,
    CountsVersionsPerKey,
    KeepsVersions,
    ForgetsVersionsOfTheSwept,
    NeverSweeps,
    SweepsOneSecondEarly,
    SweepsByTheFirstExpiry,
    SweepsMoreThanAllowed,
    WalksByPosition,
    WalkMissesTheLastOfAPage,
    WalkLeavesOutTheExpired,
    WalkShowsOldValues,
    WalkNeverEnds,
    WalkShowsAllAtOnce,
    ComparesThenWrites,
    ReadsOldStates,
    GivesAVersionTwice,
    WritesInTwoSteps,
    ForgetsWhenClosed,
    ForgetsTheLastWriteWhenClosed,
    ForgetsDeletesWhenClosed,
    CountsVersionsAnewWhenOpened,
}

/// What lies on the disk of such a store.
#[derive(Clone, Default)]
pub(super) struct State {
    records: BTreeMap<Key, Record>,
    first: BTreeMap<Key, Record>,
    old: BTreeMap<Key, Record>,
    before_last: BTreeMap<Key, Record>,
    last_version: u64,
    counts: BTreeMap<Key, u64>,
}

pub(super) struct Broken {
    fault: Fault,
    state: Arc<Mutex<State>>,
}

impl Broken {
    pub(super) fn new(fault: Fault) -> Self {
        let state = Arc::default();
        Self { fault, state }
    }

    /// The same store, closed and opened.
    pub(super) fn reopened(&self) -> Self {
        let mut state = self.state.lock().unwrap();
        match self.fault {
            Fault::ForgetsWhenClosed => *state = State::default(),
            Fault::ForgetsTheLastWriteWhenClosed => state.records = state.before_last.clone(),
            Fault::ForgetsDeletesWhenClosed => {
                let deleted = state.first.clone();
                for (key, record) in deleted {
                    state.records.entry(key).or_insert(record);
                }
            }
            Fault::CountsVersionsAnewWhenOpened => state.last_version = 0,
            _ => {}
        }
        Self {
            fault: self.fault,
            state: self.state.clone(),
        }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn at(&self, key: &Key) -> Key {
        let id = key.id().try_into().unwrap();
        if self.is(Fault::IgnoresKinds) {
            Key::new("", id)
        } else {
            key.clone()
        }
    }

    fn write(
        &self,
        state: &mut State,
        key: &Key,
        mut value: Vec<u8>,
        mut expires_at: u64,
        current: u64,
    ) -> Version {
        if self.is(Fault::CutsLargeValues) {
            value.truncate(65_536);
        }
        if self.is(Fault::DropsExpiries)
            && let Some(old) = state.records.get(key)
        {
            expires_at = old.expires_at;
        }
        state.last_version += 1;
        let number = match self.fault {
            Fault::CountsVersionsPerKey => current + 1,
            Fault::KeepsVersions if current > 0 => current,
            Fault::ForgetsVersionsOfTheSwept => {
                let count = state.counts.entry(key.clone()).or_default();
                *count += 1;
                *count
            }
            Fault::GivesAVersionTwice => state.last_version.next_multiple_of(2),
            _ => state.last_version,
        };
        let version = Version::new(number);
        let record = Record {
            value,
            version,
            expires_at,
        };
        state.before_last = state.records.clone();
        if let Some(old) = state.records.insert(key.clone(), record.clone()) {
            state.old.insert(key.clone(), old);
        }
        state.first.entry(key.clone()).or_insert(record);
        version
    }

    fn page(&self, state: &State, after: Option<&Cursor>, limit: usize) -> Page {
        let last = after.map(|cursor| Key::from_bytes(cursor.as_bytes().to_vec()));
        let start = match last.flatten() {
            Some(key) if !self.is(Fault::WalkNeverEnds) => Bound::Excluded(key),
            _ => Bound::Unbounded,
        };
        let limit = if self.is(Fault::WalkShowsAllAtOnce) {
            usize::MAX
        } else {
            limit
        };
        let rest = state.records.range((start, Bound::Unbounded));
        let shown = |(key, record): (&Key, &Record)| {
            let old = state
                .old
                .get(key)
                .filter(|_| self.is(Fault::WalkShowsOldValues));
            (key.clone(), old.unwrap_or(record).clone())
        };
        let mut records: Vec<_> = rest.take(limit).map(shown).collect();
        let next = records.last().filter(|_| records.len() == limit);
        let next = next.map(|(key, _)| Cursor::new(key.as_bytes().to_vec()));
        if self.is(Fault::WalkMissesTheLastOfAPage) {
            records.pop();
        }
        if self.is(Fault::WalkLeavesOutTheExpired) {
            records.retain(|(_, record)| record.expires_at > 1000);
        }
        Page { records, next }
    }

    fn page_by_position(state: &State, after: Option<&Cursor>, limit: usize) -> Page {
        let start = after.map_or(0, |it| {
            usize::from_be_bytes(it.as_bytes().try_into().unwrap())
        });
        let rest = state.records.iter().skip(start).take(limit);
        let records: Vec<_> = rest
            .map(|(key, record)| (key.clone(), record.clone()))
            .collect();
        let end = start + records.len();
        let next = (records.len() == limit).then(|| Cursor::new(end.to_be_bytes().to_vec()));
        Page { records, next }
    }
}

impl Store for Broken {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        let key = self.at(key);
        async move {
            let state = self.state.lock().unwrap();
            let old = state
                .old
                .get(&key)
                .filter(|_| self.is(Fault::ReadsOldStates));
            Ok(old.or(state.records.get(&key)).cloned())
        }
        .boxed()
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        let key = self.at(key);
        async move {
            let found = |state: &State| state.records.get(&key).cloned();
            let early = found(&self.state.lock().unwrap());
            if self.is(Fault::ComparesThenWrites) {
                tokio::task::yield_now().await;
            }
            let version = {
                let mut state = self.state.lock().unwrap();
                let late = found(&state);
                let current = if self.is(Fault::ComparesThenWrites) {
                    early
                } else {
                    late
                };
                let version = current.as_ref().map(|record| record.version);
                let mut done = is_expected(version, expected);
                if self.is(Fault::ReplacesWhatExpired) && expected == Expected::Absent {
                    done |= current.is_some_and(|record| record.expires_at <= 1000);
                }
                let number = version.map_or(0, Version::number);
                if !done && !self.is(Fault::IgnoresExpectations) {
                    if self.is(Fault::WritesOnConflict) && version.is_some() {
                        self.write(&mut state, &key, value, expires_at, number);
                    }
                    return Ok(Put::Conflict);
                }
                let version = self.write(&mut state, &key, value.clone(), expires_at, number);
                if self.is(Fault::WritesInTwoSteps)
                    && let Some(record) = state.records.get_mut(&key)
                {
                    record.value.truncate(value.len() / 2);
                }
                version
            };
            if self.is(Fault::WritesInTwoSteps) {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                if let Some(record) = self.state.lock().unwrap().records.get_mut(&key) {
                    record.value = value;
                }
            }
            Ok(Put::Done(version))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        let key = self.at(key);
        async move {
            let mut state = self.state.lock().unwrap();
            let found = state.records.get(&key).map(|record| record.version);
            let any = self.is(Fault::DeletesAnyVersion) && found.is_some();
            let removed = found == Some(expected) || any;
            if removed {
                state.before_last = state.records.clone();
                state.records.remove(&key);
                state.old.remove(&key);
            }
            Ok(removed)
        }
        .boxed()
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        async move {
            let mut state = self.state.lock().unwrap();
            let now = now + u64::from(self.is(Fault::SweepsOneSecondEarly));
            let limit = match self.fault {
                Fault::NeverSweeps => 0,
                Fault::SweepsMoreThanAllowed => usize::MAX,
                _ => limit,
            };
            let by_first = self.is(Fault::SweepsByTheFirstExpiry);
            let end = |(key, record): (&Key, &Record)| match state.first.get(key) {
                Some(first) if by_first => first.expires_at,
                _ => record.expires_at,
            };
            let expired = state.records.iter().filter(|entry| end(*entry) <= now);
            let expired: Vec<_> = expired.take(limit).map(|(key, _)| key.clone()).collect();
            for key in &expired {
                state.records.remove(key);
                state.counts.remove(key);
            }
            Ok(expired.len())
        }
        .boxed()
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let state = self.state.lock().unwrap();
            Ok(match self.fault {
                Fault::WalksByPosition => Self::page_by_position(&state, after, limit),
                _ => self.page(&state, after, limit),
            })
        }
        .boxed()
    }
}
