//! A session of the legacy era, and whose it is.
//!
//! A session is no authentication: every request is authenticated, and a session that was opened
//! by one principal (subject and client) does not exist for another. `sessions` has the table.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::ask::Questions;
use super::streams::Streams;
use crate::auth::AuthSession;
use crate::item::{Capabilities, Listener, LogLevel};

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    id: String,
    owner: Owner,
    capabilities: Capabilities,
    questions: Arc<Questions>,
    calls: Mutex<HashMap<Box<str>, Arc<Notify>>>,
    log_level: Mutex<LogLevel>,
    listener: Listener,
    streams: Streams,
    /// When it was used last, counted in uses of all sessions.
    used: AtomicU64,
    ended: watch::Sender<bool>,
}

/// Subject and client; `None` is an anonymous caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner(Option<(String, String)>);

impl Owner {
    pub(crate) fn of(session: Option<&AuthSession>) -> Self {
        Self(session.map(|s| (s.subject().to_owned(), s.client_id().to_owned())))
    }

    pub(crate) fn is_someone(&self) -> bool {
        self.0.is_some()
    }
}

/// A call of a session that is under way; dropping it takes it off the list.
#[derive(Debug)]
pub(crate) struct UnderWay {
    session: Arc<Session>,
    id: Box<str>,
    cancel: Arc<Notify>,
}

impl Session {
    /// A session that `owner` opened, whose client declared `capabilities`, with its ear at the
    /// server. `resumes` says whether its revision knows how to come back to a stream of which it
    /// got no message yet.
    pub(crate) fn new(
        id: String,
        owner: Option<&AuthSession>,
        capabilities: Capabilities,
        listener: Listener,
        resumes: bool,
    ) -> Self {
        Self {
            id,
            owner: Owner::of(owner),
            capabilities,
            questions: Arc::default(),
            calls: Mutex::default(),
            log_level: Mutex::new(LogLevel::Info),
            listener,
            streams: Streams::new(resumes),
            used: AtomicU64::default(),
            ended: watch::Sender::new(false),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// When it was used last, to be compared with other sessions.
    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn use_at(&self, count: u64) {
        self.used.store(count, Ordering::Relaxed);
    }

    /// What its client can be asked for.
    pub(crate) fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// What its client was asked.
    pub(crate) fn questions(&self) -> &Arc<Questions> {
        &self.questions
    }

    /// Which messages its client wants in its log: of this level and graver ones.
    pub(crate) fn log_level(&self) -> LogLevel {
        *self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// `logging/setLevel`.
    pub(crate) fn set_log_level(&self, level: LogLevel) {
        let mut current = self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = level;
    }

    pub(crate) fn listener(&self) -> &Listener {
        &self.listener
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Completes when the session ends.
    pub(crate) async fn ended(&self) {
        // The sender is this very session, so it cannot be gone.
        drop(self.ended.subscribe().wait_for(|ended| *ended).await);
    }

    pub(super) fn end(&self) {
        self.questions.close();
        self.ended.send_replace(true);
    }

    /// Puts a call on the list of those that `notifications/cancelled` can end.
    pub(crate) fn begin(self: &Arc<Self>, id: &str) -> UnderWay {
        let call = UnderWay {
            session: Arc::clone(self),
            id: id.into(),
            cancel: Arc::default(),
        };
        self.calls()
            .insert(call.id.clone(), Arc::clone(&call.cancel));
        call
    }

    /// Cancels the call of this request id, if it is under way.
    pub(crate) fn cancel(&self, id: &str) {
        if let Some(call) = self.calls().get(id) {
            call.notify_one();
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Notify>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    /// Completes when the client cancels the call.
    pub(crate) async fn cancelled(&self) {
        self.cancel.notified().await;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut calls = self.session.calls();
        // A client that uses one id twice must not lose the younger call to the older one's end.
        if calls
            .get(&self.id)
            .is_some_and(|call| Arc::ptr_eq(call, &self.cancel))
        {
            calls.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Control;

    fn session() -> Session {
        let listener = Control::default().hub().listen(vec![]);
        Session::new(
            "s".to_owned(),
            None,
            Capabilities::default(),
            listener,
            true,
        )
    }

    #[tokio::test]
    async fn a_call_under_way_can_be_cancelled_by_its_id() {
        let session = Arc::new(session());
        let call = session.begin("1");
        session.cancel("2");
        session.cancel("1");
        call.cancelled().await;
        drop(call);
        assert!(session.calls().is_empty());
    }

    #[test]
    fn a_level_is_what_the_client_said_last() {
        let session = session();
        assert_eq!(session.log_level(), LogLevel::Info);
        session.set_log_level(LogLevel::Debug);
        session.set_log_level(LogLevel::Error);
        assert_eq!(session.log_level(), LogLevel::Error);
    }
}
