//! Connections that are open, how long each may make the server wait, and who goes first when
//! there are too many.
//!
//! | a connection | may last so |
//! |---|---|
//! | that has not sent the head of a request yet, the handshake of TLS included | 10 s |
//! | of which a request is being answered, streams as well | as long as the answer takes |
//! | whose answers are all ready, and that neither takes nor sends anything | 75 s, longer than proxies keep theirs |
//!
//! Where there are as many as may be, the one that has sent nothing for the longest time makes room;
//! if all are being answered, the new one is closed. Time is counted in ticks of one task, so that
//! a request costs no look at a clock.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};
use metrics::Gauge;
use tokio::sync::Notify;

use crate::measure;

/// How many connections may be open at once, unless the server says otherwise.
pub(super) const USUAL_NUMBER: usize = 10_000;

/// How patient the server is with those who connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Until the first head of a request.
    pub(super) head: Duration,
    /// After an answer.
    pub(super) idle: Duration,
    /// How many may be open at once.
    pub(super) number: usize,
}

impl Patience {
    pub(super) fn for_so_many(number: usize) -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            number,
        }
    }
}

/// Ticks in the patience for a head; what is late is late by one of them at most.
const TICKS: u32 = 20;

/// Nobody waits for it: it is being answered.
const ANSWERED: u64 = u64::MAX;
/// The bit of those that never sent anything.
const FRESH: u64 = 1 << 63;

/// The open connections of one server.
pub(super) struct Connections {
    patience: Patience,
    /// Ticks since the server began.
    now: Arc<AtomicU64>,
    open: Mutex<Open>,
    gauge: Gauge,
}

#[derive(Default)]
struct Open {
    next: u64,
    by_number: HashMap<u64, Arc<Watch>>,
}

/// What is known of one connection.
pub(super) struct Watch {
    now: Arc<AtomicU64>,
    /// The tick since which it is waited for, with [`FRESH`]; or [`ANSWERED`].
    since: AtomicU64,
    /// Requests that are being answered; over HTTP/2 there may be several.
    answering: AtomicUsize,
    /// Told when it has to go.
    gone: Notify,
}

/// A place among the open connections, until it is dropped.
pub(super) struct Place {
    all: Arc<Connections>,
    number: u64,
    pub(super) watch: Arc<Watch>,
}

impl Connections {
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            patience,
            now: Arc::default(),
            open: Mutex::default(),
            gauge: measure::Open::Connections.gauge(),
        }
    }

    /// How long a tick takes.
    pub(super) fn tick(&self) -> Duration {
        self.patience.head / TICKS
    }

    /// Takes a place, if one is free or can be made free.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.by_number.len() >= self.patience.number && open.make_room().is_none() {
            measure::refused("connections");
            return None;
        }
        self.gauge.increment(1.0);
        let watch = Arc::new(Watch {
            now: Arc::clone(&self.now),
            since: AtomicU64::new(self.now.load(Ordering::Relaxed) | FRESH),
            answering: AtomicUsize::new(0),
            gone: Notify::new(),
        });
        let number = open.next;
        open.next += 1;
        open.by_number.insert(number, Arc::clone(&watch));
        Some(Place {
            all: Arc::clone(self),
            number,
            watch,
        })
    }

    /// Lets the one go that has sent nothing for the longest time: the machine has no room for
    /// another.
    pub(super) fn make_room(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = open.make_room();
    }

    /// A tick has passed: who made the server wait too long has to go.
    pub(super) fn ticked(&self) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        let tick = self.tick().as_millis().max(1);
        let idle = self.patience.idle.as_millis() / tick;
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for watch in open.by_number.values() {
            let since = watch.since.load(Ordering::Relaxed);
            let waited = u128::from(now.saturating_sub(since & !FRESH));
            let patience = match since {
                ANSWERED => continue,
                since if since & FRESH != 0 => u128::from(TICKS),
                _ => idle,
            };
            if waited >= patience {
                watch.gone.notify_one();
            }
        }
    }
}

impl Open {
    /// Lets the longest waiting one go; `None` if all are being answered.
    fn make_room(&mut self) -> Option<()> {
        let watches = self.by_number.iter();
        let waiting = watches.filter_map(|(number, watch)| Some((watch.rank()?, *number)));
        let (_, longest) = waiting.min()?;
        self.by_number.remove(&longest)?.gone.notify_one();
        Some(())
    }
}

impl Watch {
    /// The head of a request has come.
    pub(super) fn begins(self: &Arc<Self>) -> UnderWay {
        self.answering.fetch_add(1, Ordering::SeqCst);
        self.since.store(ANSWERED, Ordering::SeqCst);
        UnderWay(Arc::clone(self))
    }

    /// A request is over.
    fn ends(&self) {
        if self.answering.fetch_sub(1, Ordering::SeqCst) > 1 {
            return;
        }
        self.waits();
        // Another one may have begun between the two.
        if self.answering.load(Ordering::SeqCst) > 0 {
            self.since.store(ANSWERED, Ordering::SeqCst);
        }
    }

    /// Something of an answer went out: who takes it is not silent.
    pub(super) fn wrote(&self) {
        let since = self.since.load(Ordering::Relaxed);
        // `ANSWERED` has the bit of the fresh ones as well.
        if since & FRESH == 0 {
            self.waits();
        }
    }

    /// Done when the connection has to go.
    pub(super) async fn gone(&self) {
        self.gone.notified().await;
    }

    fn waits(&self) {
        let now = self.now.load(Ordering::Relaxed);
        self.since.store(now, Ordering::SeqCst);
    }

    /// Who goes first: of those that are waited for the fresh ones, the longest waiting one first.
    fn rank(&self) -> Option<(bool, u64)> {
        match self.since.load(Ordering::Relaxed) {
            ANSWERED => None,
            since => Some((since & FRESH == 0, since)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.gauge.decrement(1.0);
        let mut open = self.all.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.by_number.remove(&self.number);
    }
}

/// A request that is being answered, until it is dropped.
pub(super) struct UnderWay(Arc<Watch>);

impl UnderWay {
    /// Its answer is there; where nobody knows its length, it lasts as long as it is held.
    pub(super) fn answered(self, response: Response) -> Response {
        if response.body().size_hint().exact().is_some() {
            return response;
        }
        response.map(|body| Body::new(Streamed { body, _held: self }))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ends();
    }
}

/// A body that says when it is over.
struct Streamed {
    body: Body,
    _held: UnderWay,
}

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
