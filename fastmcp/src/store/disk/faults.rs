//! A disk that fails or loses its power in the middle, and what must be left then.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::{Mutex, MutexGuard};

use redb::StorageBackend;

use super::*;

pub(super) const FAR: u64 = 4_000_000_000;

pub(super) fn key(n: u64) -> Key {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&n.to_be_bytes());
    Key::new("test", id)
}

/// What a disk does with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    On,
    /// Refuses to change anything.
    Full,
    /// Refuses everything.
    Off,
}

#[derive(Debug)]
struct State {
    /// What is read.
    seen: Vec<u8>,
    /// What is there after a power cut, but for some of `unsynced`.
    synced: Vec<u8>,
    unsynced: Vec<Change>,
    power: Power,
    operations: u64,
    read: usize,
    fails_at: Option<(u64, Power)>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Write(at, data) => {
                let end = at + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*at..end].copy_from_slice(data);
            }
        }
    }
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    state: Arc<Mutex<State>>,
    noted_from: u64,
}

impl Disk {
    /// On which commits note the pages in use from that length of the file on.
    pub(super) fn new(bytes: Vec<u8>, noted_from: u64) -> Self {
        let state = Arc::new(Mutex::new(State {
            seen: bytes.clone(),
            synced: bytes,
            unsynced: Vec::new(),
            power: Power::On,
            operations: 0,
            read: 0,
            fails_at: None,
        }));
        Self { state, noted_from }
    }

    /// The same file on another disk.
    pub(super) fn with(&self, bytes: Vec<u8>) -> Self {
        Self::new(bytes, self.noted_from)
    }

    /// How many bytes were read.
    pub(super) fn read_bytes(&self) -> usize {
        self.state().read
    }

    /// At the operation with this number, the first is one, and from then on.
    pub(super) fn fail_at(&self, number: u64, power: Power) {
        self.state().fails_at = Some((number, power));
    }

    pub(super) fn set(&self, power: Power) {
        let mut state = self.state();
        (state.power, state.fails_at) = (power, None);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state().power != Power::On
    }

    /// What is left after a power cut: of what was not synced, the changes that `kept` wants.
    pub(super) fn after_a_cut(&self, kept: impl Fn(usize) -> bool) -> Vec<u8> {
        let state = self.state();
        let mut bytes = state.synced.clone();
        let kept = state.unsynced.iter().enumerate().filter(|(n, _)| kept(*n));
        kept.for_each(|(_, change)| change.apply(&mut bytes));
        bytes
    }

    pub(super) fn store(&self) -> DiskStore {
        match self.slot() {
            Ok(slot) => DiskStore::start(slot).unwrap(),
            Err(Refused::Damaged(cause)) => panic!("damaged: {cause}"),
            Err(Refused::Otherwise(error)) => panic!("{error}"),
        }
    }

    pub(super) fn slot(&self) -> Result<Slot, Refused> {
        let disk = self.clone();
        let storage = move || Ok(Box::new(disk.clone()) as Box<dyn StorageBackend>);
        Slot::open(Box::new(storage), self.noted_from)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Counts an operation that changes something, and lets it fail.
    fn change(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.operations += 1;
        if let Some((number, power)) = state.fails_at
            && state.operations >= number
        {
            state.power = power;
        }
        match state.power {
            Power::On => Ok(state),
            Power::Full => Err(io::ErrorKind::StorageFull.into()),
            Power::Off => Err(io::Error::from_raw_os_error(5)),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.state().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let mut state = self.state();
        if state.power == Power::Off {
            return Err(io::Error::from_raw_os_error(5));
        }
        state.read += out.len();
        let offset = usize::try_from(offset).unwrap();
        let found = state.seen.get(offset..offset + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let change = Change::Length(usize::try_from(len).unwrap());
        let mut state = self.change()?;
        change.apply(&mut state.seen);
        state.unsynced.push(change);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let mut state = self.change()?;
        state.synced = state.seen.clone();
        state.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let change = Change::Write(usize::try_from(offset).unwrap(), data.to_vec());
        let mut state = self.change()?;
        change.apply(&mut state.seen);
        state.unsynced.push(change);
        Ok(())
    }
}

type Value = Option<Vec<u8>>;

/// What each record may be: what was acknowledged, or what was then asked for in vain.
#[derive(Default)]
pub(super) struct Known(BTreeMap<u64, HashSet<Value>>);

impl Known {
    pub(super) fn acknowledged(&self) -> usize {
        let sure = self.0.values().filter(|values| !values.contains(&None));
        sure.count()
    }

    fn note<T: std::fmt::Debug + PartialEq>(
        &mut self,
        n: u64,
        value: Value,
        wanted: impl Fn(&T) -> bool,
        result: Result<T, Error>,
    ) {
        let values = self.0.entry(n).or_insert_with(|| [None].into());
        match result {
            Ok(told) if wanted(&told) => *values = [value].into(),
            // A write that was answered by an error shows itself when the file is opened again.
            Ok(told) => assert!(values.len() > 1, "{n}: {told:?}"),
            Err(Error::Unavailable(_)) => {
                values.insert(value);
            }
            Err(error) => panic!("{n}: {error}"),
        }
    }

    /// Does a bit of everything, as far as the disk lets it.
    pub(super) async fn work(&mut self, store: &DiskStore) {
        let done = |put: &Put| matches!(put, Put::Done(_));
        for n in 0..12_u64 {
            let value = vec![u8::try_from(n).unwrap(); 3000];
            // Each third is over, and goes with the sweep.
            let end = if n % 3 == 0 { 1000 } else { FAR };
            let put = store
                .put(&key(n), value.clone(), end, Expected::Absent)
                .await;
            self.note(n, Some(value), done, put);
            if n % 3 == 2
                && let Ok(Some(record)) = store.get(&key(n - 1)).await
            {
                let (value, expected) = (vec![0xff; 5000], Expected::Version(record.version));
                let put = store.put(&key(n - 1), value.clone(), FAR, expected).await;
                self.note(n - 1, Some(value), done, put);
            }
            if n % 4 == 3
                && let Ok(Some(record)) = store.get(&key(n - 1)).await
            {
                let deleted = store.delete(&key(n - 1), record.version).await;
                self.note(n - 1, None, |deleted| *deleted, deleted);
            }
            if n == 7 {
                let swept = store.sweep(1000, 100).await;
                for over in [0, 3, 6] {
                    self.note(over, None, |_| true, swept.clone());
                }
            }
        }
    }

    pub(super) async fn check(&self, store: &DiskStore, when: &str) {
        for (n, values) in &self.0 {
            let found = match store.get(&key(*n)).await {
                Ok(found) => found.map(|record| record.value),
                Err(error) => panic!("{when}: {n}: {error}"),
            };
            let brief = found.as_ref().map(|value| (value.len(), value.first()));
            assert!(
                values.contains(&found),
                "{when}: {n} is lost or half there: {brief:?}"
            );
        }
    }
}
