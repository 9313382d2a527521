//! The one thread that writes: it takes what is waiting, commits it together, and answers.
//!
//! A sweep comes in parts, one after the other. A part goes with the writes that wait; where none
//! does, the writer gives them a moment to come first, since whoever has just been answered often
//! writes again. So nobody waits for a transaction that only sweeps, unless he comes in the middle
//! of one.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::super::{Error, Expected, Version};
use super::compaction::Copied;
use super::database::{Pause, Slot};
use super::pace::Pace;
use crate::parts::UnixSeconds;

/// Most changes in one transaction; more would make the first of them wait too long.
const BATCH: usize = 512;
/// Most changes that may wait; more make their senders wait.
const QUEUE: usize = 4096;
/// How long a sweep waits for writes to go with.
const MOMENT: Duration = Duration::from_millis(1);

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
    /// Removes up to `limit` records, or fewer; none only if none has expired.
    Sweep {
        now: UnixSeconds,
        limit: usize,
    },
}

impl Change {
    fn is_sweep(&self) -> bool {
        matches!(self, Self::Sweep { .. })
    }
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
    Exchange(Box<Copied>, oneshot::Sender<Result<(), Error>>),
    Reopen,
}

/// Hands a copy of the file to the writer. The thread does not end while there is one.
#[derive(Clone)]
pub(super) struct Exchanger(mpsc::Sender<Job>);

impl Exchanger {
    /// Waits until the writer goes on with the copy. To be called where blocking is allowed.
    pub(super) fn exchange(&self, copied: Copied) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Exchange(Box::new(copied), answer);
        self.0.blocking_send(job).map_err(|_| gone())?;
        answered.blocking_recv().map_err(|_| gone())?
    }
}

fn gone() -> Error {
    Error::unavailable("the writer of the database file has ended")
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
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        let (answer, answered) = oneshot::channel();
        jobs.send(Job::Apply(change, answer))
            .await
            .map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// A way for copies of the file; none if the writer has ended.
    pub(super) fn exchanger(&self) -> Option<Exchanger> {
        self.jobs.clone().map(Exchanger)
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
    let (mut pause, mut pace) = (Pause::default(), Pace::new());
    let mut broken = false;
    let (mut changes, mut answers) = (Vec::new(), Vec::new());
    let (mut held_back, mut exchange) = (Vec::new(), None);
    while let Some(first) = held_back.pop().or_else(|| queue.blocking_recv()) {
        let mut take = |job, changes: &mut Vec<Change>| match job {
            Job::Apply(change, answer) => {
                changes.push(change);
                answers.push(answer);
            }
            Job::Exchange(copied, answer) => exchange = Some((copied, answer)),
            Job::Reopen => broken = true,
        };
        take(first, &mut changes);
        if changes.iter().all(Change::is_sweep) {
            std::thread::sleep(MOMENT);
        }
        while changes.len() < BATCH
            && let Ok(job) = queue.try_recv()
        {
            take(job, &mut changes);
        }
        if !changes.iter().all(Change::is_sweep) && pace.goes_without() {
            while let Some(at) = changes.iter().position(Change::is_sweep) {
                held_back.push(Job::Apply(changes.remove(at), answers.remove(at)));
            }
        }
        // Before the changes, so that they meet a database that may have healed.
        if broken && pause.is_over() {
            slot.reopen();
            broken = false;
        }
        if !changes.is_empty() {
            let start = Instant::now();
            let swept = measure_out(&mut changes, &pace);
            match commit(slot, &changes, answers.drain(..)) {
                Outcome::Written => pace.took(start.elapsed(), swept),
                Outcome::Nothing => {}
                Outcome::Failed => broken = true,
            }
        }
        changes.clear();
        if let Some((copied, answer)) = exchange.take() {
            let _ = answer.send(copied.take_the_place_of(slot));
        }
    }
}

/// Cuts a sweep down to its next part; tells whether there is one.
fn measure_out(changes: &mut [Change], pace: &Pace) -> bool {
    let mut swept = false;
    for change in changes {
        if let Change::Sweep { limit, .. } = change {
            *limit = (*limit).min(pace.records());
            swept = true;
        }
    }
    swept
}

/// What became of a transaction.
enum Outcome {
    Written,
    /// There was nothing to write.
    Nothing,
    /// The database must be opened again.
    Failed,
}

/// Commits and answers.
fn commit(
    slot: &Slot,
    changes: &[Change],
    answers: impl Iterator<Item = oneshot::Sender<Result<Done, Error>>>,
) -> Outcome {
    let result = slot.write(changes);
    if result == Err(Error::Corrupt) && changes.len() > 1 {
        // One of them met a damaged page; the others have nothing to do with it.
        for (change, answer) in changes.iter().zip(answers) {
            let own = slot.write(std::slice::from_ref(change));
            let own = own.and_then(|done| done.first().copied().ok_or(Error::Corrupt));
            let _ = answer.send(own);
        }
        return Outcome::Failed;
    }
    for (index, answer) in answers.enumerate() {
        let own = match &result {
            Ok(done) => done.get(index).copied().ok_or(Error::Corrupt),
            Err(error) => Err(error.clone()),
        };
        // Whoever asked may have stopped waiting.
        let _ = answer.send(own);
    }
    match result {
        Ok(done) if done.iter().all(|done| done.is_nothing()) => Outcome::Nothing,
        Ok(_) => Outcome::Written,
        Err(_) => Outcome::Failed,
    }
}
