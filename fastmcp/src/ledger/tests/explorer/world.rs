//! What the operations under test share: a store that stops before every operation and can fail
//! it, a clock, and the account of what happened.

use std::fmt;
use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::parts::UnixSeconds;
use crate::store::{Cursor, Error, Expected, Key, MemoryStore, Page, Put, Record, Store, Version};

/// How an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    Works,
    /// The store says that it failed, and it did nothing.
    Fails,
    /// The store says that it failed, and it did it.
    FailsAfter,
    /// The node dies before it.
    Dies,
    /// The node dies and it was done.
    DiesAfter,
}

/// What a task is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Get(&'static str),
    Put(&'static str),
    Delete(&'static str),
    /// Anything outside the store.
    Other(&'static str),
}

impl Step {
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Put(_) | Self::Delete(_))
    }

    pub(super) fn may_fail(self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

/// One line of a schedule.
pub(super) struct Event {
    task: &'static str,
    node: usize,
    step: Step,
    fate: Fate,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            task,
            node,
            step,
            fate,
        } = self;
        write!(f, "node {node} {task}: {step:?} {fate:?}")
    }
}

#[derive(Default)]
pub(super) struct World {
    store: MemoryStore,
    time: Arc<AtomicU64>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether a task is being polled; the preparations and checks around it run freely.
    scheduled: bool,
    arrived: Option<Step>,
    fate: Option<Fate>,
    changes: u64,
    events: Vec<Event>,
}

impl World {
    pub(super) fn new(time: Arc<AtomicU64>) -> Self {
        Self {
            time,
            ..Self::default()
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Stops here until the scheduler goes on with this task; tells how the step shall end.
    pub(super) async fn stop(&self, step: Step) -> Fate {
        if !self.state().scheduled {
            return Fate::Works;
        }
        let mut stopped = false;
        poll_fn(|_| {
            let mut state = self.state();
            if stopped {
                return Poll::Ready(state.fate.take().unwrap_or(Fate::Works));
            }
            stopped = true;
            assert_eq!(
                state.arrived.replace(step),
                None,
                "a task does one thing at a time"
            );
            Poll::Pending
        })
        .await
    }

    /// Moves the clock.
    pub(super) fn pass(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
        self.changed();
    }

    pub(super) fn changed(&self) {
        self.state().changes += 1;
    }

    /// Counts what tasks can see of each other.
    pub(super) fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Around a poll: what the task stopped before, if it stopped at all.
    pub(super) fn polling<T>(
        &self,
        fate: Option<Fate>,
        poll: impl FnOnce() -> T,
    ) -> (T, Option<Step>) {
        {
            let mut state = self.state();
            (state.scheduled, state.fate) = (true, fate);
        }
        let answer = poll();
        let mut state = self.state();
        state.scheduled = false;
        (answer, state.arrived.take())
    }

    pub(super) fn record(&self, task: &'static str, node: usize, step: Step, fate: Fate) {
        let event = Event {
            task,
            node,
            step,
            fate,
        };
        self.state().events.push(event);
    }

    /// The schedule so far.
    pub(super) fn story(&self) -> String {
        let events: Vec<_> = self.state().events.iter().map(Event::to_string).collect();
        events.join("\n")
    }

    async fn end<T>(&self, fate: Fate, answer: T, changed: bool) -> Result<T, Error> {
        if changed {
            self.changed();
        }
        match fate {
            Fate::FailsAfter => Err(Error::unavailable("the answer was lost")),
            Fate::DiesAfter => pending().await,
            _ => Ok(answer),
        }
    }
}

fn refused(fate: Fate) -> Result<(), Error> {
    match fate {
        Fate::Fails => Err(Error::unavailable("nothing was done")),
        _ => Ok(()),
    }
}

/// The kind as a word that outlives its key.
fn kind_of(key: &Key) -> &'static str {
    let known = ["client", "grant", "lease", "login", "passed"];
    let kind = known.into_iter().find(|known| *known == key.kind());
    kind.unwrap_or("record")
}

impl Store for World {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        async move {
            refused(self.stop(Step::Get(kind_of(key))).await)?;
            self.store.get(key).await
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
        async move {
            let fate = self.stop(Step::Put(kind_of(key))).await;
            refused(fate)?;
            let put = self.store.put(key, value, expires_at, expected).await?;
            self.end(fate, put, put != Put::Conflict).await
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        async move {
            let fate = self.stop(Step::Delete(kind_of(key))).await;
            refused(fate)?;
            let deleted = self.store.delete(key, expected).await?;
            self.end(fate, deleted, deleted).await
        }
        .boxed()
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        async move {
            refused(self.stop(Step::Get("all")).await)?;
            let swept = self.store.sweep(now, limit).await?;
            self.end(Fate::Works, swept, swept > 0).await
        }
        .boxed()
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            refused(self.stop(Step::Get("all")).await)?;
            self.store.scan(after, limit).await
        }
        .boxed()
    }
}
