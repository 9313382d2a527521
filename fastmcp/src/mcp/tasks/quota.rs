//! How many tasks may run in this process, and how many of those that it began may be kept.
//!
//! A task counts as kept until it expires, wherever it lies. Callers who are not signed in cannot be
//! told apart, and share what is theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::place::Place;
use crate::mcp::session::Owner;
use crate::parts::{Clock, UnixSeconds};

/// Most tasks: running, kept.
const ALL: Count = Count(1000, 10_000);
/// Most of one user and client.
const EACH: Count = Count(32, 200);
/// Most of all who are not signed in.
const ANONYMOUS: Count = Count(500, 1000);

/// How many run, and how many are kept, the former among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count(usize, usize);

impl Count {
    fn reaches(self, most: Self) -> bool {
        self.0 >= most.0 || self.1 >= most.1
    }
}

/// The tasks of this process.
#[derive(Debug)]
pub(super) struct Quota {
    clock: Clock,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    kept: HashMap<Place, Kept>,
    all: Count,
    each: HashMap<Owner, Count>,
    /// When what expired was taken away last.
    swept: UnixSeconds,
}

#[derive(Debug)]
struct Kept {
    owner: Owner,
    until: UnixSeconds,
    runs: bool,
}

/// The permission to run a task; dropped, it runs no more, and is kept until it expires.
#[derive(Debug)]
pub(super) struct Permit {
    quota: Arc<Quota>,
    place: Place,
}

impl Quota {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        let table = Mutex::default();
        Arc::new(Self { clock, table })
    }

    /// A task more of `owner`, if there is room; it lies at `place` and is kept until that second.
    pub(super) fn take(
        self: &Arc<Self>,
        owner: Owner,
        place: Place,
        until: UnixSeconds,
    ) -> Option<Permit> {
        let mut table = self.table();
        if table.is_full(&owner) {
            table.sweep(self.clock.now());
            if table.is_full(&owner) {
                return None;
            }
        }
        table.count(&owner, |Count(running, kept)| Count(running + 1, kept + 1));
        let runs = true;
        table.kept.insert(place, Kept { owner, until, runs });
        drop(table);
        Some(Permit {
            quota: Arc::clone(self),
            place,
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn is_full(&self, owner: &Owner) -> bool {
        let most = if owner.is_someone() { EACH } else { ANONYMOUS };
        let each = self.each.get(owner).copied().unwrap_or_default();
        self.all.reaches(ALL) || each.reaches(most)
    }

    fn count(&mut self, owner: &Owner, change: impl Fn(Count) -> Count) {
        self.all = change(self.all);
        let each = self.each.entry(owner.clone()).or_default();
        *each = change(*each);
        if *each == Count::default() {
            self.each.remove(owner);
        }
    }

    /// At most once a second, so that whoever knocks at a full table does not hold up the others.
    fn sweep(&mut self, now: UnixSeconds) {
        if self.swept == now {
            return;
        }
        self.swept = now;
        let expired = |kept: &Kept| !kept.runs && kept.until <= now;
        let gone: Vec<_> = self.kept.extract_if(|_, kept| expired(kept)).collect();
        for (_, kept) in gone {
            self.count(&kept.owner, |Count(running, kept)| Count(running, kept - 1));
        }
    }
}

impl Permit {
    /// The task is kept until then.
    pub(super) fn kept_until(&self, until: UnixSeconds) {
        if let Some(kept) = self.quota.table().kept.get_mut(&self.place) {
            kept.until = until;
        }
    }

    /// Nothing was kept.
    pub(super) fn unused(self) {
        self.kept_until(0);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut table = self.quota.table();
        let Some(kept) = table.kept.get_mut(&self.place) else {
            return;
        };
        kept.runs = false;
        let (owner, until) = (kept.owner.clone(), kept.until);
        table.count(&owner, |Count(running, kept)| Count(running - 1, kept));
        if until == 0 {
            table.kept.remove(&self.place);
            table.count(&owner, |Count(running, kept)| Count(running, kept - 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::auth::{AuthSession, Principal};

    fn quota() -> (Arc<AtomicU64>, Arc<Quota>) {
        let now = Arc::new(AtomicU64::new(1000));
        let clock = Arc::clone(&now);
        let tell = move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst));
        (now, Quota::new(Clock::new(tell)))
    }

    fn owner(subject: &str) -> Owner {
        let principal = Principal {
            subject: subject.to_owned(),
            ..Principal::default()
        };
        Owner::of(Some(&AuthSession::new(principal, None)))
    }

    fn place(number: usize) -> Place {
        let mut place = [0; 32];
        place[..8].copy_from_slice(&number.to_be_bytes());
        Place(place)
    }

    #[test]
    fn a_user_runs_so_many_and_takes_nobody_elses_room() {
        let (_, quota) = quota();
        let take = |user: &str, number| quota.take(owner(user), place(number), 2000);
        let mut running: Vec<_> = (0..EACH.0)
            .map(|number| take("ada", number).unwrap())
            .collect();
        assert!(take("ada", 100).is_none());
        assert!(take("bob", 100).is_some());
        running.pop();
        assert!(take("ada", 101).is_some());
    }

    #[test]
    fn what_is_kept_counts_until_it_expires() {
        let (now, quota) = quota();
        let take = |number| quota.take(owner("ada"), place(number), 2000);
        for number in 0..EACH.1 {
            take(number).unwrap();
        }
        assert!(take(EACH.1).is_none());
        now.store(1999, Ordering::SeqCst);
        assert!(take(EACH.1).is_none());
        now.store(2000, Ordering::SeqCst);
        let late = take(EACH.1).unwrap();
        late.kept_until(3000);
        drop(late);
        assert_eq!(quota.table().all, Count(0, 1));
        quota.table().sweep(3000);
        let table = quota.table();
        assert!(table.all == Count(0, 0) && table.each.is_empty() && table.kept.is_empty());
    }

    #[test]
    fn a_task_that_was_not_kept_takes_no_room() {
        let (_, quota) = quota();
        let permit = quota.take(owner("ada"), place(1), 2000).unwrap();
        permit.unused();
        let table = quota.table();
        assert!(table.all == Count(0, 0) && table.each.is_empty() && table.kept.is_empty());
    }

    #[test]
    fn strangers_leave_room_for_users() {
        let (_, quota) = quota();
        let stranger = |number: &usize| {
            let permit = quota.take(Owner::of(None), place(*number), 2000);
            permit.map(drop).is_some()
        };
        assert_eq!((0..=ALL.1).take_while(stranger).count(), ANONYMOUS.1);
        assert!(quota.take(owner("ada"), place(ALL.1), 2000).is_some());
    }
}
