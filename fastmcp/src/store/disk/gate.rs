//! Between the engine and the file: nothing is written before there is something to store.
//!
//! Opening and closing a database writes a few pages, and after a crash it repairs. But a server
//! that was started with the wrong key must leave the data exactly as it was, and whether the key
//! is right is known only after a record has been read. So until the first commit the gate is
//! shut: what the engine writes is kept in memory, where it reads it back, together with the order
//! of writes and syncs. Opening the gate replays that order, so that a crash in the middle leaves
//! what a crash in the middle of the same writes would have left. A gate that never opens leaves
//! no trace.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

const BLOCK: u64 = 4096;
const BLOCK_SIZE: usize = 4096;

/// A storage whose writes wait until it is opened. Clones are the same gate.
#[derive(Clone)]
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    storage: Box<dyn StorageBackend>,
    shut: AtomicBool,
    pending: Mutex<Pending>,
}

/// What the storage would look like, and how it would get there.
#[derive(Default)]
struct Pending {
    length: u64,
    /// Beyond this the storage's own bytes count as zeros.
    visible: u64,
    blocks: BTreeMap<u64, Box<[u8; BLOCK_SIZE]>>,
    log: Vec<Operation>,
}

enum Operation {
    Write(u64, Vec<u8>),
    SetLength(u64),
    Sync,
}

impl Gate {
    /// A shut gate before `storage`.
    pub(super) fn new(storage: Box<dyn StorageBackend>) -> io::Result<Self> {
        let length = storage.len()?;
        let mut pending = Pending {
            length,
            visible: length,
            ..Pending::default()
        };
        if is_unfinished(&*storage, length)? {
            pending.set_length(0);
        }
        let (shut, pending) = (AtomicBool::new(true), Mutex::new(pending));
        Ok(Self(Arc::new(Inner {
            storage,
            shut,
            pending,
        })))
    }

    /// Writes what has waited; from now on everything goes through. After an error the storage is
    /// as after a crash and must be opened anew.
    pub(super) fn open(&self) -> io::Result<()> {
        let Some(mut pending) = self.pending() else {
            return Ok(());
        };
        for operation in pending.log.drain(..) {
            match operation {
                Operation::Write(offset, data) => self.0.storage.write(offset, &data)?,
                Operation::SetLength(length) => self.0.storage.set_len(length)?,
                Operation::Sync => self.0.storage.sync_data()?,
            }
        }
        pending.blocks.clear();
        self.0.shut.store(false, Ordering::Release);
        Ok(())
    }

    /// What waits, while the gate is shut.
    fn pending(&self) -> Option<MutexGuard<'_, Pending>> {
        if !self.0.shut.load(Ordering::Acquire) {
            return None;
        }
        let pending = self
            .0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // It may have been opened while we waited.
        self.0.shut.load(Ordering::Acquire).then_some(pending)
    }
}

impl Pending {
    fn read(&self, storage: &dyn StorageBackend, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.saturating_add(out.len() as u64);
        if end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read_visible(storage, self.visible, offset, out)?;
        let first = offset / BLOCK;
        for (number, block) in self.blocks.range(first..=end / BLOCK) {
            let start = number * BLOCK;
            let (from, to) = (start.max(offset), (start + BLOCK).min(end));
            if from < to {
                out[index(from - offset)..index(to - offset)]
                    .copy_from_slice(&block[index(from - start)..index(to - start)]);
            }
        }
        Ok(())
    }

    fn write(&mut self, storage: &dyn StorageBackend, offset: u64, data: &[u8]) -> io::Result<()> {
        let end = offset.saturating_add(data.len() as u64);
        self.length = self.length.max(end);
        for number in offset / BLOCK..=end.saturating_sub(1) / BLOCK {
            let start = number * BLOCK;
            let (from, to) = (start.max(offset), (start + BLOCK).min(end));
            if from >= to {
                continue;
            }
            if !self.blocks.contains_key(&number) {
                let mut block = Box::new([0; BLOCK_SIZE]);
                read_visible(storage, self.visible, start, &mut *block)?;
                self.blocks.insert(number, block);
            }
            if let Some(block) = self.blocks.get_mut(&number) {
                block[index(from - start)..index(to - start)]
                    .copy_from_slice(&data[index(from - offset)..index(to - offset)]);
            }
        }
        self.log.push(Operation::Write(offset, data.to_vec()));
        Ok(())
    }

    fn set_length(&mut self, length: u64) {
        self.visible = self.visible.min(length);
        self.blocks.retain(|number, _| number * BLOCK < length);
        if let Some(block) = self.blocks.get_mut(&(length / BLOCK)) {
            block[index(length % BLOCK)..].fill(0);
        }
        self.length = length;
        self.log.push(Operation::SetLength(length));
    }
}

/// Whether making the database was cut off before the file was marked as one: the mark comes last,
/// after a header and before anything else. There is nothing in it to lose.
fn is_unfinished(storage: &dyn StorageBackend, length: u64) -> io::Result<bool> {
    const MARK: usize = 9;
    let mut block = vec![0; BLOCK_SIZE];
    for start in (0..length).step_by(BLOCK_SIZE) {
        let there = index((length - start).min(BLOCK));
        storage.read(start, &mut block[..there])?;
        let zeros = if start == 0 { MARK.min(there) } else { there };
        if block[..zeros].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
    Ok(length > 0)
}

/// The storage's own bytes as far as they are visible, zeros beyond.
fn read_visible(
    storage: &dyn StorageBackend,
    visible: u64,
    offset: u64,
    out: &mut [u8],
) -> io::Result<()> {
    let there = visible.saturating_sub(offset).min(out.len() as u64);
    let (own, beyond) = out.split_at_mut(index(there));
    beyond.fill(0);
    if own.is_empty() {
        Ok(())
    } else {
        storage.read(offset, own)
    }
}

/// A distance inside one buffer, which therefore fits.
fn index(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(usize::MAX)
}

impl StorageBackend for Gate {
    fn len(&self) -> Result<u64, io::Error> {
        self.pending()
            .map_or_else(|| self.0.storage.len(), |pending| Ok(pending.length))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        match self.pending() {
            Some(pending) => pending.read(&*self.0.storage, offset, out),
            None => self.0.storage.read(offset, out),
        }
    }

    fn set_len(&self, length: u64) -> Result<(), io::Error> {
        match self.pending() {
            Some(mut pending) => {
                pending.set_length(length);
                Ok(())
            }
            None => self.0.storage.set_len(length),
        }
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        match self.pending() {
            Some(mut pending) => {
                pending.log.push(Operation::Sync);
                Ok(())
            }
            None => self.0.storage.sync_data(),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        match self.pending() {
            Some(mut pending) => pending.write(&*self.0.storage, offset, data),
            None => self.0.storage.write(offset, data),
        }
    }

    fn close(&self) -> Result<(), io::Error> {
        self.0.storage.close()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;

    fn all(backend: &dyn StorageBackend) -> Vec<u8> {
        let mut bytes = vec![0; index(backend.len().unwrap())];
        backend.read(0, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_shut_gate_behaves_like_the_storage_and_replays_to_the_same() {
        let random = crate::parts::Random::system();
        for _ in 0..200 {
            let (plain, behind) = (InMemoryBackend::new(), Arc::new(InMemoryBackend::new()));
            for storage in [&plain, &*behind] {
                storage.set_len(20_000).unwrap();
                storage.write(0, &vec![7; 20_000]).unwrap();
            }
            let gate = Gate::new(Box::new(Shared(behind.clone()))).unwrap();
            for step in 0..20 {
                let [a, b, c, d] = random.bytes::<4>().map(u64::from);
                let length = plain.len().unwrap();
                if a < 40 {
                    let new = b * 150;
                    plain.set_len(new).unwrap();
                    gate.set_len(new).unwrap();
                } else if length > 0 {
                    let offset = (b * 256 + c) % length;
                    let data = vec![step; index((d * 50).min(length - offset))];
                    plain.write(offset, &data).unwrap();
                    gate.write(offset, &data).unwrap();
                }
                assert!(all(&plain) == all(&gate));
            }
            assert!(
                all(&*behind) == vec![7; 20_000],
                "written through a shut gate"
            );
            gate.open().unwrap();
            assert!(all(&plain) == all(&gate) && all(&plain) == all(&*behind));
        }
    }

    #[derive(Debug)]
    struct Shared(Arc<InMemoryBackend>);

    impl StorageBackend for Shared {
        fn len(&self) -> Result<u64, io::Error> {
            self.0.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
            self.0.read(offset, out)
        }
        fn set_len(&self, length: u64) -> Result<(), io::Error> {
            self.0.set_len(length)
        }
        fn sync_data(&self) -> Result<(), io::Error> {
            self.0.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
            self.0.write(offset, data)
        }
    }
}
