//! Streams of a session that outlive their connections (2025-11-25, basic/transports,
//! "Resumability and Redelivery").
//!
//! A [`Log`] is one stream: its events, each with an id, some of them kept after they were sent.
//! A [`Reading`] is one connection that reads it. When that breaks, the client comes back with the
//! id of the last event it has and reads on from there. An id is `<stream>-<event>`, and is looked
//! up in the session of the request alone, which belongs to its principal; so an id of somebody
//! else's stream names nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

/// Events that a stream keeps.
const KEPT: usize = 64;
/// Bytes of events that a stream keeps; the last event is kept whatever its size.
const KEPT_BYTES: usize = 256 * 1024;
/// How long a client should wait before it comes back, in milliseconds.
const RETRY_MS: u32 = 1_000;
/// A connection that takes nothing for this long holds the writer back no more.
const SLOW: Duration = Duration::from_secs(30);

/// One stream of a session.
pub(crate) struct Log {
    number: u64,
    /// Its clients understand an event without data, from which they could come back.
    prime: bool,
    state: Mutex<State>,
    moved: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    /// Of the last event; the first is 1.
    last: u64,
    kept: VecDeque<(u64, Bytes)>,
    /// Everything up to here was handed to a connection.
    sent: u64,
    /// Which connection reads, counted.
    reader: u64,
    attached: bool,
    closing: bool,
    finished: bool,
}

impl Log {
    pub(crate) fn new(number: u64, prime: bool) -> Arc<Self> {
        Arc::new(Self {
            number,
            prime,
            state: Mutex::default(),
            moved: watch::Sender::new(()),
        })
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Adds an event, waiting while the connection is slow to take those before it, for [`SLOW`] at
    /// most: a call that waits here does not run, not even into its timeout. Without a connection
    /// the oldest make room.
    pub(crate) async fn push(&self, event: Bytes) {
        let mut moved = self.moved.subscribe();
        let room = self.until(&mut moved, |state| !state.is_full());
        if self.state().is_full() && tokio::time::timeout(SLOW, room).await.is_err() {
            // It counts again when it takes something.
            self.state().attached = false;
        }
        self.push_now(&event);
    }

    /// Adds an event; the oldest make room.
    pub(crate) fn push_now(&self, event: &Bytes) {
        let mut state = self.state();
        state.last += 1;
        let last = state.last;
        let id = format!("id: {}-{last}\n", self.number);
        state
            .kept
            .push_back((last, [id.as_bytes(), event].concat().into()));
        state.trim();
        drop(state);
        self.moved.send_replace(());
    }

    /// Ends the connection that reads, once it has everything so far. The client comes back.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        if self.prime && state.attached {
            state.closing = true;
            drop(state);
            self.moved.send_replace(());
        }
    }

    /// There will be no more events.
    pub(crate) fn finish(&self) {
        self.state().finished = true;
        self.moved.send_replace(());
    }

    /// Reads on after the event of this number, in place of whoever reads now.
    pub(crate) fn read(self: &Arc<Self>, after: u64) -> Reading {
        let mut state = self.state();
        state.reader += 1;
        state.attached = true;
        state.closing = false;
        let reader = state.reader;
        drop(state);
        self.moved.send_replace(());
        let first = if self.prime {
            let retry = format!("id: {}-{after}\nretry: {RETRY_MS}\n", self.number);
            [retry.as_bytes(), b"data:\n\n"].concat().into()
        } else {
            super::event::COMMENT
        };
        Reading {
            first: Some(first),
            moved: self.moved.subscribe(),
            log: Arc::clone(self),
            reader,
            after,
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.state().finished
    }

    /// The number of the last event.
    pub(crate) fn last(&self) -> u64 {
        self.state().last
    }

    /// Done when no connection has read for so long.
    pub(crate) async fn abandoned(&self, limit: Duration) {
        let mut moved = self.moved.subscribe();
        loop {
            let attached = self.until(&mut moved, |state| state.attached);
            if tokio::time::timeout(limit, attached).await.is_err() {
                return;
            }
            self.until(&mut moved, |state| !state.attached).await;
        }
    }

    /// Done when a connection has had everything, to the end.
    pub(crate) async fn fetched(&self) {
        let fetched = |state: &State| state.finished && state.sent >= state.last;
        self.until(&mut self.moved.subscribe(), fetched).await;
    }

    async fn until(&self, moved: &mut watch::Receiver<()>, holds: impl Fn(&State) -> bool) {
        loop {
            moved.borrow_and_update();
            // The sender is this very log, so it cannot be gone.
            if holds(&self.state()) || moved.changed().await.is_err() {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether an event more would push out one that a connection is about to read.
    fn is_full(&self) -> bool {
        let unread = self
            .kept
            .front()
            .is_some_and(|(first, _)| *first > self.sent);
        let much = self.kept.len() >= KEPT || self.bytes() >= KEPT_BYTES;
        self.attached && unread && much
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    fn trim(&mut self) {
        while self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        let mut bytes = self.bytes();
        while bytes > KEPT_BYTES
            && let Some((number, first)) = self.kept.front()
            && (*number <= self.sent || !self.attached)
            && *number < self.last
        {
            bytes -= first.len();
            self.kept.pop_front();
        }
    }

    fn after(&self, after: u64) -> Option<(u64, Bytes)> {
        let mut kept = self.kept.iter();
        kept.find(|(number, _)| *number > after).cloned()
    }
}

/// One connection that reads a stream.
pub(crate) struct Reading {
    log: Arc<Log>,
    reader: u64,
    after: u64,
    first: Option<Bytes>,
    moved: watch::Receiver<()>,
}

impl Reading {
    /// The next event; `None` at the end of the stream, or of this connection.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            self.moved.borrow_and_update();
            {
                let mut state = self.log.state();
                if state.reader != self.reader {
                    return None;
                }
                if let Some((number, bytes)) = state.after(self.after) {
                    self.after = number;
                    state.attached = true;
                    state.sent = state.sent.max(number);
                    drop(state);
                    self.log.moved.send_replace(());
                    return Some(bytes);
                }
                if state.finished || state.closing {
                    return None;
                }
            }
            self.moved.changed().await.ok()?;
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut state = self.log.state();
        if state.reader == self.reader {
            state.attached = false;
            state.closing = false;
        }
        drop(state);
        self.log.moved.send_replace(());
    }
}

/// The stream and the event that an id names.
pub(crate) fn parse_id(id: &str) -> Option<(u64, u64)> {
    let (stream, event) = id.split_once('-')?;
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    Some((number(stream)?, number(event)?))
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
