//! The one thread that writes: it takes what is waiting, commits it together, and answers.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::super::{Error, Expected, Version};
use super::database::{Pause, Slot};
use crate::parts::UnixSeconds;

/// Most changes in one transaction; more would make the first of them wait too long.
const BATCH: usize = 512;
/// Most changes that may wait; more make their senders wait.
const QUEUE: usize = 4096;

/// One change, with owned bytes, on its way to the writer.
pub(super) enum Change {
    Put {
        key: Vec<u8>,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    },
    Delete {
        key: Vec<u8>,
        expected: Version,
    },
    Sweep {
        now: UnixSeconds,
        limit: usize,
    },
}

/// What a change did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// The new version, or `None` for a conflict.
    Put(Option<Version>),
    /// How many records were removed.
    Removed(usize),
}

impl Done {
    /// Whether nothing was changed.
    pub(super) fn is_nothing(self) -> bool {
        matches!(self, Self::Put(None) | Self::Removed(0))
    }

    pub(super) fn version(self) -> Option<Version> {
        match self {
            Self::Put(version) => version,
            Self::Removed(_) => None,
        }
    }

    pub(super) fn count(self) -> usize {
        match self {
            Self::Put(_) => 0,
            Self::Removed(count) => count,
        }
    }
}

enum Job {
    Apply(Change, oneshot::Sender<Result<Done, Error>>),
    Reopen,
}

/// Handle of the writer thread, which ends when this is dropped.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(slot: Arc<Slot>) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("fastmcp-store".to_owned())
            .spawn(move || run(&slot, queue))
            .map_err(Error::unavailable)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Hands in a change and waits until it is durable. A caller that stops waiting does not undo
    /// it.
    pub(super) async fn apply(&self, change: Change) -> Result<Done, Error> {
        let gone = || Error::unavailable("the writer of the database file has ended");
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        let (answer, answered) = oneshot::channel();
        jobs.send(Job::Apply(change, answer))
            .await
            .map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Asks for the database to be opened again; does nothing if too much is waiting, for then
    /// the writer finds out by itself.
    pub(super) fn reopen(&self) {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.try_send(Job::Reopen);
        }
    }
}

impl Drop for Writer {
    /// Waits for what was handed in, and so for the file to be free.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(slot: &Slot, mut queue: mpsc::Receiver<Job>) {
    let mut pause = Pause::default();
    let mut broken = false;
    let (mut changes, mut answers) = (Vec::new(), Vec::new());
    while let Some(first) = queue.blocking_recv() {
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Apply(change, answer) => {
                    changes.push(change);
                    answers.push(answer);
                }
                Job::Reopen => broken = true,
            }
            next = if changes.len() < BATCH {
                queue.try_recv().ok()
            } else {
                None
            };
        }
        // Before the changes, so that they meet a database that may have healed.
        if broken && pause.is_over() {
            slot.reopen();
            broken = false;
        }
        if !changes.is_empty() {
            broken |= !commit(slot, &changes, answers.drain(..));
        }
        changes.clear();
    }
}

/// Commits and answers; tells whether the database is still usable.
fn commit(
    slot: &Slot,
    changes: &[Change],
    answers: impl Iterator<Item = oneshot::Sender<Result<Done, Error>>>,
) -> bool {
    let result = slot.write(changes);
    if result == Err(Error::Corrupt) && changes.len() > 1 {
        // One of them met a damaged page; the others have nothing to do with it.
        for (change, answer) in changes.iter().zip(answers) {
            let own = slot.write(std::slice::from_ref(change));
            let own = own.and_then(|done| done.first().copied().ok_or(Error::Corrupt));
            let _ = answer.send(own);
        }
        return false;
    }
    for (index, answer) in answers.enumerate() {
        let own = match &result {
            Ok(done) => done.get(index).copied().ok_or(Error::Corrupt),
            Err(error) => Err(error.clone()),
        };
        // Whoever asked may have stopped waiting.
        let _ = answer.send(own);
    }
    result.is_ok()
}
