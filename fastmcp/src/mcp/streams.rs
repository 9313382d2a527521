//! The streams of one session: the standing one, and those of its calls.
//!
//! A call that streams belongs to its session, not to its connection: a connection that breaks is
//! no cancellation (2025-11-25, basic/transports). It goes on until its result was fetched, nobody
//! came for [`ABANDONED`], the client cancels it, or the session ends.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::response::Response;
use futures_util::stream;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::edge::Edge;
use super::event::{self, KEEP_ALIVE};
use super::quota::Permit;
use super::replay::{Log, Reading, parse_id};
use super::session::Session;
use super::stream::{Events, Step};

/// Most streams of calls that a session keeps. Beyond that the oldest that are over go, and if
/// none is, a call is bound to its connection.
const MOST: usize = 32;
/// A call whose client stays away for this long is given up, and a result is forgotten.
const ABANDONED: Duration = Duration::from_mins(5);
/// A result that was sent is kept for this long, in case that it was lost on its way.
const LINGER: Duration = Duration::from_secs(30);

/// The number of the standing stream.
const STANDING: u64 = 0;

/// The streams of one session.
pub(crate) struct Streams {
    standing: Arc<Log>,
    permit: Mutex<Weak<Permit>>,
    calls: Mutex<Calls>,
    resumes: bool,
}

#[derive(Default)]
struct Calls {
    last: u64,
    logs: VecDeque<Arc<Log>>,
}

impl Streams {
    pub(crate) fn new(resumes: bool) -> Self {
        Self {
            standing: Log::new(STANDING, resumes),
            permit: Mutex::default(),
            calls: Mutex::default(),
            resumes,
        }
    }

    pub(crate) fn standing(&self) -> &Arc<Log> {
        &self.standing
    }

    /// The permission for the standing stream. A connection that takes the stream over shares that
    /// of the one before, so that a half dead one does not keep its client out.
    pub(crate) fn permit(&self, take: impl FnOnce() -> Option<Permit>) -> Option<Arc<Permit>> {
        let mut current = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(permit) = current.upgrade() {
            return Some(permit);
        }
        let permit = Arc::new(take()?);
        *current = Arc::downgrade(&permit);
        Some(permit)
    }

    /// The stream that an event id names, read on from there, and whether it is the standing one.
    pub(crate) fn resume(&self, last_event_id: &str) -> Option<(Reading, bool)> {
        let (number, event) = parse_id(last_event_id)?;
        let log = if number == STANDING {
            Arc::clone(&self.standing)
        } else {
            let calls = self.calls();
            let mut logs = calls.logs.iter();
            Arc::clone(logs.find(|log| log.number() == number)?)
        };
        (event <= log.last()).then(|| (log.read(event), number == STANDING))
    }

    fn open(&self) -> Option<Arc<Log>> {
        let mut calls = self.calls();
        if calls.logs.len() >= MOST {
            let over = calls.logs.iter().position(|log| log.is_finished())?;
            calls.logs.remove(over);
        }
        calls.last += 1;
        let log = Log::new(calls.last, self.resumes);
        calls.logs.push_back(Arc::clone(&log));
        Some(log)
    }

    fn forget(&self, number: u64) {
        self.calls().logs.retain(|log| log.number() != number);
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Takes a call that streams into the session; given back if there is no room for it.
    pub(crate) fn keep(
        self: &Arc<Self>,
        edge: &Arc<Edge>,
        events: Events,
    ) -> Result<Response, Box<Events>> {
        let Some(log) = self.streams().open() else {
            return Err(Box::new(events));
        };
        let reading = log.read(0);
        tokio::spawn(run(Arc::clone(self), log, events));
        Ok(answer(reading, Arc::clone(edge), Arc::clone(self)))
    }
}

/// Writes the events of a call into its log, and keeps that for a while.
async fn run(session: Arc<Session>, log: Arc<Log>, mut events: Events) {
    let write = async {
        while let Some(step) = events.next().await {
            match step {
                Step::Event(event) => log.push(event).await,
                Step::Close => log.close(),
                Step::Silence => {}
            }
        }
    };
    tokio::select! {
        () = write => {}
        () = log.abandoned(ABANDONED) => tracing::debug!("nobody came back for a call"),
        () = session.ended() => {}
    }
    // Whatever is left of the call ends here, before its stream does.
    drop(events);
    log.finish();
    let fetched = async {
        log.fetched().await;
        tokio::time::sleep(LINGER).await;
    };
    tokio::select! {
        () = fetched => {}
        () = log.abandoned(ABANDONED) => {}
        () = session.ended() => {}
    }
    session.streams().forget(log.number());
}

/// The response that reads a stream of a call. An open stream is use of its session.
pub(crate) fn answer(reading: Reading, edge: Arc<Edge>, session: Arc<Session>) -> Response {
    let mut alive = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    event::response(stream::unfold((reading, alive), move |mut both| {
        let (edge, session) = (Arc::clone(&edge), Arc::clone(&session));
        async move {
            let bytes = tokio::select! {
                bytes = both.0.next() => bytes?,
                () = session.ended() => return None,
                _ = both.1.tick() => {
                    edge.sessions.touch(&session);
                    event::COMMENT
                }
            };
            Some((bytes, both))
        }
    }))
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streams")
    }
}
