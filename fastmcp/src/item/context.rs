//! What a running call can tell its client, and learn about itself.
//!
//! A [`Context`] is a handful of optional parts, so that a call which needs none of them costs no
//! allocation. Notices go through a bounded channel: [`Context::progress`] waits for a slow
//! client instead of piling up. A call is *cancelled* when its client goes away, says so, or its
//! time is up; the call's own future is then dropped, and [`Context::cancelled`] tells the tasks
//! that it spawned.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{Asker, Control, LogLevel, Prefix, TaskWay};
use crate::auth::AuthSession;

/// Questions, progress, log, identity and cancellation of one call, borrowed by a tool as
/// `cx: &Context`.
#[derive(Clone, Default)]
pub struct Context {
    sink: Option<NoticeSink>,
    no_progress: bool,
    asker: Option<Arc<dyn Asker>>,
    log_level: Option<LogLevel>,
    deadline: Option<Instant>,
    request_id: Option<Arc<str>>,
    session: Option<AuthSession>,
    cancellation: Option<Cancellation>,
    control: Option<Control>,
    task: Option<Arc<dyn TaskWay>>,
}

/// Where notices of a call go.
#[derive(Clone)]
pub struct NoticeSink(Way);

#[derive(Clone)]
enum Way {
    Function(Arc<dyn Fn(Notice) + Send + Sync>),
    Channel(mpsc::Sender<Notice>),
}

/// One notice of a running call.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// `notifications/progress`.
    Progress {
        /// How far the call is.
        progress: f64,
        /// How far it goes, if that is known.
        total: Option<f64>,
        /// What it is doing.
        message: String,
    },
    /// The connection may end; the call goes on.
    CloseStream,
    /// `notifications/message`.
    Log {
        /// How grave it is.
        level: LogLevel,
        /// What there is to say.
        data: Value,
    },
    /// Another JSON-RPC message to the client, as it is.
    Message(Value),
}

/// Tells whether a call was cancelled.
#[derive(Clone, Debug)]
pub struct Cancellation(watch::Receiver<bool>);

/// Held by whoever runs a call: dropped before [`CancelGuard::finished`], it cancels the call.
#[derive(Debug)]
pub struct CancelGuard {
    sender: watch::Sender<bool>,
    finished: bool,
}

impl Context {
    /// A context whose notices go to `sink`; without one they are dropped.
    pub fn new(sink: Option<NoticeSink>) -> Self {
        Self {
            sink,
            ..Self::default()
        }
    }

    /// Names the request that is being answered.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Names the signed-in caller, if there is one.
    #[must_use]
    pub fn with_session(mut self, session: Option<AuthSession>) -> Self {
        self.session = session;
        self
    }

    /// Makes the call cancellable.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = Some(cancellation);
        self
    }

    /// Lends the control of the server.
    #[must_use]
    pub fn with_control(mut self, control: Control) -> Self {
        self.control = Some(control);
        self
    }

    /// Lets the call be a task.
    #[must_use]
    pub fn with_task(mut self, way: Arc<dyn TaskWay>) -> Self {
        self.task = Some(way);
        self
    }

    pub(super) fn task_way(&self) -> Option<&dyn TaskWay> {
        self.task.as_deref()
    }

    /// The same for a function that is mounted.
    pub(crate) fn inside(&self, prefix: &Prefix) -> Self {
        let mut inside = self.clone();
        inside.control = self.control.as_ref().map(|control| control.inside(prefix));
        inside
    }

    /// Says that the client has a stream, and did not ask for progress on it.
    #[must_use]
    pub fn without_progress(mut self) -> Self {
        self.no_progress = true;
        self
    }

    /// Turns items on and off and tells clients what changed. In a function that is mounted below a
    /// prefix, a name is looked for there first, so it can be the one that was declared. Outside of
    /// a server, a control of nothing.
    pub fn control(&self) -> Control {
        self.control.clone().unwrap_or_default()
    }

    /// Ends the HTTP connection of this call, which goes on: the client comes back for what it
    /// missed, the result included (2025-11-25, basic/transports, "Sending Messages"). For calls
    /// so long that a connection is better not held open. Does nothing where the client could not
    /// come back: outside of a session, before 2025-11-25, from 2026-07-28 on, and on stdio.
    pub async fn close_stream(&self) {
        self.deliver(Notice::CloseStream).await;
    }

    /// Gives the call a way to ask its client.
    #[must_use]
    pub fn with_asker(mut self, asker: Option<Arc<dyn Asker>>) -> Self {
        self.asker = asker;
        self
    }

    /// Says which messages the client wants in its log: of this level and graver ones.
    #[must_use]
    pub fn with_log_level(mut self, least: Option<LogLevel>) -> Self {
        self.log_level = least;
        self
    }

    /// Says when the call is given up.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Tells the client how far the call is (0 to 1) and what it is doing. Dropped where the
    /// client did not ask for progress; waits while the client is slow to take it. In a task the
    /// message is its `statusMessage`.
    pub async fn progress(&self, progress: f64, message: impl Into<String>) {
        self.progress_of(progress, 1.0, message).await;
    }

    /// As [`Context::progress`], in units of the work: `done` of `total`, or of nobody knows how
    /// many (`None`). `done` must rise from one to the next; one that does not is dropped.
    ///
    /// ```
    /// # async fn tool(cx: &fastmcp::item::Context) {
    /// cx.progress_of(50.0, 100.0, "half of the files").await;
    /// cx.progress_of(51.0, None, "and some more").await;
    /// # }
    /// ```
    pub async fn progress_of(
        &self,
        done: f64,
        total: impl Into<Option<f64>>,
        message: impl Into<String>,
    ) {
        if self.wants_progress() {
            self.deliver(Notice::Progress {
                progress: done,
                total: total.into(),
                message: message.into(),
            })
            .await;
        }
    }

    /// Whether somebody reads the progress: the client that asked for it, or the status of a task.
    pub fn wants_progress(&self) -> bool {
        self.sink.is_some() && !self.no_progress
    }

    /// When the call is given up, if its item has a `timeout`. It counts from the beginning of the
    /// call; since 2026-07-28 each round of questions is a call of its own, before that the time
    /// in which the client answers counts too.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn asker(&self) -> Option<&dyn Asker> {
        self.asker.as_deref()
    }

    pub(super) fn log_level(&self) -> Option<LogLevel> {
        self.log_level.filter(|_| self.sink.is_some())
    }

    pub(super) async fn deliver(&self, notice: Notice) {
        if let Some(sink) = &self.sink {
            sink.deliver(self.masked_notice(notice)).await;
        }
    }

    /// The JSON-RPC id of the request as JSON text (`1`, `"a"`), if it is known.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The signed-in caller, if there is one.
    pub fn session(&self) -> Option<&AuthSession> {
        self.session.as_ref()
    }

    /// Whether the call was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation
            .as_ref()
            .is_some_and(|cancellation| *cancellation.0.borrow())
    }

    /// Completes when the call is cancelled, and never otherwise. For tasks that a tool spawned:
    /// its own future is dropped then.
    pub async fn cancelled(&self) {
        if let Some(cancellation) = &self.cancellation {
            let mut receiver = cancellation.0.clone();
            if receiver.wait_for(|cancelled| *cancelled).await.is_ok() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

impl NoticeSink {
    /// A sink that hands each notice to `send`.
    pub fn new(send: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Way::Function(Arc::new(send)))
    }

    /// A sink into a channel of `capacity`, and its other end.
    pub fn channel(capacity: usize) -> (Self, mpsc::Receiver<Notice>) {
        let (sender, receiver) = mpsc::channel(capacity);
        (Self(Way::Channel(sender)), receiver)
    }

    /// Hands over one notice; drops it if the channel is full.
    pub fn send(&self, notice: Notice) {
        match &self.0 {
            Way::Function(send) => send(notice),
            // Full or closed: nobody is listening fast enough, and a notice is not worth a wait.
            Way::Channel(sender) => drop(sender.try_send(notice)),
        }
    }

    /// Hands over one notice, waiting while the channel is full.
    pub async fn deliver(&self, notice: Notice) {
        match &self.0 {
            Way::Function(send) => send(notice),
            Way::Channel(sender) => drop(sender.send(notice).await),
        }
    }
}

impl Cancellation {
    /// A call that can be cancelled, and the guard that does it.
    pub fn new() -> (CancelGuard, Self) {
        let (sender, receiver) = watch::channel(false);
        let guard = CancelGuard {
            sender,
            finished: false,
        };
        (guard, Self(receiver))
    }
}

impl CancelGuard {
    /// The call ended by itself.
    pub fn finished(mut self) {
        self.finished = true;
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        if !self.finished {
            self.sender.send_replace(true);
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("request_id", &self.request_id)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NoticeSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoticeSink")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_guard_cancels_and_a_finished_one_does_not() {
        let (guard, cancellation) = Cancellation::new();
        let cx = Context::default().with_cancellation(cancellation);
        assert!(!cx.is_cancelled());
        drop(guard);
        assert!(cx.is_cancelled());
        cx.cancelled().await;

        let (guard, cancellation) = Cancellation::new();
        let cx = Context::default().with_cancellation(cancellation);
        guard.finished();
        assert!(!cx.is_cancelled());
        let waited = tokio::time::timeout(std::time::Duration::from_millis(5), cx.cancelled());
        assert!(waited.await.is_err());
    }

    #[tokio::test]
    async fn notices_wait_for_room_and_vanish_without_a_listener() {
        let (sink, mut notices) = NoticeSink::channel(1);
        let cx = Context::new(Some(sink));
        assert!(cx.wants_progress());
        cx.progress(0.1, "one").await;
        {
            let second = cx.progress(0.2, "two");
            tokio::pin!(second);
            let early = tokio::time::timeout(std::time::Duration::from_millis(5), &mut second);
            assert!(early.await.is_err());
            assert!(notices.recv().await.is_some());
            second.await;
        }
        drop(notices);
        cx.progress(0.3, "three").await;
        Context::default().progress(1.0, "nobody asked").await;
    }
}
