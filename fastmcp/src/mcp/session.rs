//! Sessions of the legacy era, and whose they are.
//!
//! A session is no authentication: every request is authenticated, and a session that was opened
//! by one principal (subject and client) does not exist for another. The table is bounded; the
//! session that was idle longest goes first, and one that is idle for an hour goes anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::Notify;

use super::ask::Questions;
use crate::auth::AuthSession;
use crate::item::{Capabilities, LogLevel};

/// Most sessions at a time.
const MOST: u64 = 10_000;
/// A session ends after this long without a request.
const IDLE: Duration = Duration::from_hours(1);

/// The open sessions by id.
#[derive(Debug)]
pub(crate) struct Sessions(Cache<String, Arc<Session>>);

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    owner: Owner,
    capabilities: Capabilities,
    log_level: Mutex<LogLevel>,
    questions: Arc<Questions>,
    calls: Mutex<HashMap<Box<str>, Arc<Notify>>>,
}

/// Subject and client; `None` is an anonymous caller.
#[derive(Debug, PartialEq, Eq)]
struct Owner(Option<(String, String)>);

impl Owner {
    fn of(session: Option<&AuthSession>) -> Self {
        Self(session.map(|s| (s.subject().to_owned(), s.client_id().to_owned())))
    }
}

impl Sessions {
    /// An empty table that tells `ended` which session is gone.
    pub(crate) fn new(ended: impl Fn(String) + Send + Sync + 'static) -> Self {
        let table = Cache::builder()
            .max_capacity(MOST)
            // The newcomer must get in, so that nobody can lock others out by filling the table.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .eviction_listener(move |id: Arc<String>, session: Arc<Session>, _| {
                session.questions.close();
                ended((*id).clone());
            })
            .build();
        Self(table)
    }

    /// Enters a session that `owner` opened, whose client declared `capabilities`.
    pub(crate) fn insert(
        &self,
        id: String,
        owner: Option<&AuthSession>,
        capabilities: Capabilities,
    ) {
        let session = Session {
            owner: Owner::of(owner),
            capabilities,
            log_level: Mutex::new(LogLevel::Info),
            questions: Arc::default(),
            calls: Mutex::default(),
        };
        self.0.insert(id, Arc::new(session));
    }

    /// The session of this id, if it is `caller`'s.
    pub(crate) fn find(&self, id: &str, caller: Option<&AuthSession>) -> Option<Arc<Session>> {
        let session = self.0.get(id)?;
        (session.owner == Owner::of(caller)).then_some(session)
    }

    /// Ends a session.
    pub(crate) fn remove(&self, id: &str) {
        // The listener hears of it at its leisure; a call that asks does not wait for that.
        if let Some(session) = self.0.remove(id) {
            session.questions.close();
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
        *self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = level;
    }

    /// Puts a call on the list of those that `notifications/cancelled` can end.
    pub(crate) fn begin(self: &Arc<Self>, id: &str) -> UnderWay {
        let call = UnderWay {
            session: Arc::clone(self),
            id: id.into(),
            cancel: Arc::default(),
        };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.insert(call.id.clone(), Arc::clone(&call.cancel));
        drop(calls);
        call
    }

    /// Cancels the call of this request id, if it is under way.
    pub(crate) fn cancel(&self, id: &str) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = calls.get(id) {
            call.notify_one();
        }
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
        let mut calls = self
            .session
            .calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
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
    use crate::auth::Principal;

    fn who(subject: &str, client: &str) -> AuthSession {
        let principal = Principal {
            subject: subject.to_owned(),
            client_id: client.to_owned(),
            ..Principal::default()
        };
        AuthSession::new(principal, None)
    }

    #[test]
    fn a_session_exists_for_its_owner_alone() {
        let ended = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&ended);
        let sessions = Sessions::new(move |id| log.lock().unwrap().push(id));
        let ada = who("ada", "c");
        sessions.insert("s".to_owned(), Some(&ada), Capabilities::default());
        assert!(sessions.find("s", Some(&who("ada", "c"))).is_some());
        for other in [who("eve", "c"), who("ada", "x")] {
            assert!(sessions.find("s", Some(&other)).is_none());
        }
        assert!(sessions.find("s", None).is_none());
        sessions.remove("s");
        assert!(sessions.find("s", Some(&ada)).is_none());
        sessions.0.run_pending_tasks();
        assert_eq!(*ended.lock().unwrap(), ["s"]);
    }

    #[tokio::test]
    async fn a_call_under_way_can_be_cancelled_by_its_id() {
        let sessions = Sessions::new(drop);
        sessions.insert("s".to_owned(), None, Capabilities::default());
        let session = sessions.find("s", None).unwrap();
        let call = session.begin("1");
        session.cancel("2");
        session.cancel("1");
        call.cancelled().await;
        drop(call);
        assert!(session.calls.lock().unwrap().is_empty());
    }
}
