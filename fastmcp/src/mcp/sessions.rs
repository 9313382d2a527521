//! The open sessions.
//!
//! The table is bounded, and what one principal (subject and client) has in it, so that nobody can
//! end the sessions of others by opening more: beyond its share, a principal's own session that
//! was idle longest goes. Callers who are not signed in cannot be told apart, so they share the
//! table; there, too, the longest idle goes first. Whatever is idle for an hour goes anyway. A
//! session lives in this process: several nodes need a balancer that sends each session to the
//! node that opened it, and to any other it is unknown (404), so that its client begins anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::Gauge;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::session::{Owner, Session};
use crate::auth::AuthSession;
use crate::measure::Open;

/// Most sessions at a time.
const MOST: u64 = 10_000;
/// Most sessions of one subject and client.
const MOST_EACH: usize = 64;
/// A session ends after this long without a request or an open stream.
const IDLE: Duration = Duration::from_hours(1);

/// The open sessions by id.
#[derive(Debug)]
pub(crate) struct Sessions {
    table: Cache<String, Arc<Session>>,
    owned: Arc<Owned>,
    uses: AtomicU64,
    gauge: Gauge,
}

/// The sessions of each principal. Its lock is never held over a look at the
/// table, which may report an eviction to it in the same breath.
#[derive(Debug, Default)]
struct Owned(Mutex<HashMap<Owner, Vec<Arc<Session>>>>);

impl Sessions {
    /// An empty table.
    pub(crate) fn new() -> Self {
        let owned = Arc::<Owned>::default();
        let gone = Arc::clone(&owned);
        let gauge = Open::Sessions.gauge();
        let fewer = gauge.clone();
        let table = Cache::builder()
            .max_capacity(MOST)
            // The newcomer must get in, so that nobody can lock others out by filling the table.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .eviction_listener(move |_, session: Arc<Session>, _| {
                fewer.decrement(1.0);
                gone.forget(&session);
                session.end();
            })
            .build();
        Self {
            table,
            owned,
            uses: AtomicU64::default(),
            gauge,
        }
    }

    /// Enters a session. If its owner has too many, the one that was idle longest ends.
    pub(crate) fn insert(&self, session: Session) {
        let session = Arc::new(session);
        self.count(&session);
        let id = session.id();
        self.gauge.increment(1.0);
        self.table.insert(id.to_owned(), Arc::clone(&session));
        if !session.owner().is_someone() {
            return;
        }
        let surplus = self.owned.add(&session);
        // If it had to go at once, that was reported before it stood among its owner's.
        if !self.table.contains_key(id) {
            self.owned.forget(&session);
        }
        if let Some(surplus) = surplus {
            self.remove(surplus.id());
        }
    }

    /// The session of this id, if it is `caller`'s.
    pub(crate) fn find(&self, id: &str, caller: Option<&AuthSession>) -> Option<Arc<Session>> {
        let session = self.table.get(id)?;
        let is_theirs = *session.owner() == Owner::of(caller);
        is_theirs.then(|| {
            self.count(&session);
            session
        })
    }

    /// Ends a session: its streams, and the calls that nobody waits for.
    pub(crate) fn remove(&self, id: &str) {
        if let Some(session) = self.table.remove(id) {
            session.end();
        }
    }

    /// Nobody will answer any more: every open question ends.
    pub(crate) fn close_questions(&self) {
        for (_, session) in &self.table {
            session.questions().close();
        }
    }

    /// Says that a session is in use.
    pub(crate) fn touch(&self, session: &Session) {
        // To be looked up is what keeps it in the table.
        drop(self.table.get(session.id()));
        self.count(session);
    }

    fn count(&self, session: &Session) {
        session.use_at(self.uses.fetch_add(1, Ordering::Relaxed));
    }
}

impl Owned {
    /// Adds a session of a principal; the one that has to go for it, if any.
    fn add(&self, session: &Arc<Session>) -> Option<Arc<Session>> {
        let mut owned = self.lock();
        let theirs = owned.entry(session.owner().clone()).or_default();
        theirs.push(Arc::clone(session));
        if theirs.len() <= MOST_EACH {
            return None;
        }
        let all = theirs.iter().enumerate();
        let (surplus, _) = all.min_by_key(|(_, session)| session.used())?;
        Some(theirs.swap_remove(surplus))
    }

    fn forget(&self, session: &Arc<Session>) {
        let mut owned = self.lock();
        if let Some(theirs) = owned.get_mut(session.owner()) {
            theirs.retain(|other| !Arc::ptr_eq(other, session));
            if theirs.is_empty() {
                owned.remove(session.owner());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Owner, Vec<Arc<Session>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::auth::Principal;
    use crate::item::{Capabilities, Control};

    fn who(subject: &str, client: &str) -> AuthSession {
        let principal = Principal {
            subject: subject.to_owned(),
            client_id: client.to_owned(),
            ..Principal::default()
        };
        AuthSession::new(principal, None)
    }

    fn session(id: &str, owner: Option<&AuthSession>) -> Session {
        let listener = Control::default().hub().listen(vec![]);
        Session::new(
            id.to_owned(),
            owner,
            Capabilities::default(),
            listener,
            true,
        )
    }

    #[test]
    fn a_session_exists_for_its_owner_alone() {
        let sessions = Sessions::new();
        let ada = who("ada", "c");
        sessions.insert(session("s", Some(&ada)));
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
        sessions.insert(session("s", None));
        let first = sessions.find("s", None).unwrap();
        sessions.insert(session("s", None));
        sessions.table.run_pending_tasks();
        assert!(first.ended().now_or_never().is_some());
    }

    #[test]
    fn too_many_sessions_of_one_owner_end_the_idlest_of_their_own() {
        let sessions = Sessions::new();
        let (ada, bob) = (who("ada", "c"), who("bob", "c"));
        sessions.insert(session("bob", Some(&bob)));
        sessions.insert(session("anyone", None));
        for id in 0..MOST_EACH {
            sessions.insert(session(&id.to_string(), Some(&ada)));
        }
        let idlest = Arc::clone(&sessions.owned.lock()[&Owner::of(Some(&ada))][1]);
        sessions.find("0", Some(&ada)).unwrap();
        sessions.insert(session("new", Some(&ada)));
        assert!(idlest.ended().now_or_never().is_some());
        assert!(sessions.find("1", Some(&ada)).is_none());
        for id in ["0", "2", "new"] {
            assert!(sessions.find(id, Some(&ada)).is_some(), "{id}");
        }
        assert!(sessions.find("bob", Some(&bob)).is_some());
        for id in 0..2 * MOST_EACH {
            sessions.insert(session(&format!("anonymous {id}"), None));
        }
        assert!(sessions.find("anyone", None).is_some());
        sessions.remove("bob");
        assert!(!sessions.owned.lock().contains_key(&Owner::of(Some(&bob))));
    }
}
