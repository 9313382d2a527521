//! Sessions of the legacy era, and whose they are.
//!
//! A session is no authentication: every request is authenticated, and a session that was opened
//! by one principal (subject and client) does not exist for another. The table is bounded; the
//! session that was idle longest goes first, and one that is idle for an hour goes anyway. A
//! session lives in this process: several nodes need a balancer that sends each session to the
//! node that opened it, and to any other it is unknown (404), so that its client begins anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::{Notify, watch};

use super::ask::Questions;
use super::streams::Streams;
use crate::auth::AuthSession;
use crate::item::{Capabilities, Listener, LogLevel};

/// Most sessions at a time.
const MOST: u64 = 10_000;
/// A session ends after this long without a request or an open stream.
const IDLE: Duration = Duration::from_hours(1);

/// The open sessions by id.
#[derive(Debug)]
pub(crate) struct Sessions(Cache<String, Arc<Session>>);

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    owner: Owner,
    capabilities: Capabilities,
    questions: Arc<Questions>,
    calls: Mutex<HashMap<Box<str>, Arc<Notify>>>,
    log_level: Mutex<LogLevel>,
    listener: Listener,
    streams: Streams,
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

impl Sessions {
    /// An empty table.
    pub(crate) fn new() -> Self {
        let table = Cache::builder()
            .max_capacity(MOST)
            // The newcomer must get in, so that nobody can lock others out by filling the table.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .eviction_listener(|_, session: Arc<Session>, _| session.end())
            .build();
        Self(table)
    }

    /// Enters a session.
    pub(crate) fn insert(&self, id: String, session: Session) {
        self.0.insert(id, Arc::new(session));
    }

    /// The session of this id, if it is `caller`'s.
    pub(crate) fn find(&self, id: &str, caller: Option<&AuthSession>) -> Option<Arc<Session>> {
        let session = self.0.get(id)?;
        (session.owner == Owner::of(caller)).then_some(session)
    }

    /// Ends a session: its streams, and the calls that nobody waits for.
    pub(crate) fn remove(&self, id: &str) {
        if let Some(session) = self.0.remove(id) {
            session.end();
        }
    }

    /// Nobody will answer any more: every open question ends.
    pub(crate) fn close_questions(&self) {
        for (_, session) in &self.0 {
            session.questions.close();
        }
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
        owner: Option<&AuthSession>,
        capabilities: Capabilities,
        listener: Listener,
        resumes: bool,
    ) -> Self {
        Self {
            owner: Owner::of(owner),
            capabilities,
            questions: Arc::default(),
            calls: Mutex::default(),
            log_level: Mutex::new(LogLevel::Info),
            listener,
            streams: Streams::new(resumes),
            ended: watch::Sender::new(false),
        }
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

    fn end(&self) {
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
    use futures_util::FutureExt as _;

    use super::*;
    use crate::auth::Principal;
    use crate::item::Control;

    fn who(subject: &str, client: &str) -> AuthSession {
        let principal = Principal {
            subject: subject.to_owned(),
            client_id: client.to_owned(),
            ..Principal::default()
        };
        AuthSession::new(principal, None)
    }

    fn session(owner: Option<&AuthSession>) -> Session {
        let listener = Control::default().hub().listen(vec![]);
        Session::new(owner, Capabilities::default(), listener, true)
    }

    #[test]
    fn a_session_exists_for_its_owner_alone() {
        let sessions = Sessions::new();
        let ada = who("ada", "c");
        sessions.insert("s".to_owned(), session(Some(&ada)));
        let found = sessions.find("s", Some(&who("ada", "c"))).unwrap();
        for other in [who("eve", "c"), who("ada", "x")] {
            assert!(sessions.find("s", Some(&other)).is_none());
        }
        assert!(sessions.find("s", None).is_none());
        assert!(found.ended().now_or_never().is_none());
        sessions.remove("s");
        assert!(sessions.find("s", Some(&ada)).is_none());
        assert!(found.ended().now_or_never().is_some());
    }

    #[test]
    fn a_session_that_made_room_has_ended() {
        let sessions = Sessions::new();
        sessions.insert("s".to_owned(), session(None));
        let first = sessions.find("s", None).unwrap();
        sessions.insert("s".to_owned(), session(None));
        sessions.0.run_pending_tasks();
        assert!(first.ended().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_call_under_way_can_be_cancelled_by_its_id() {
        let sessions = Sessions::new();
        sessions.insert("s".to_owned(), session(None));
        let session = sessions.find("s", None).unwrap();
        let call = session.begin("1");
        session.cancel("2");
        session.cancel("1");
        call.cancelled().await;
        drop(call);
        assert!(session.calls().is_empty());
    }

    #[test]
    fn a_level_is_what_the_client_said_last() {
        let session = session(None);
        assert_eq!(session.log_level(), LogLevel::Info);
        session.set_log_level(LogLevel::Debug);
        session.set_log_level(LogLevel::Error);
        assert_eq!(session.log_level(), LogLevel::Error);
    }
}
