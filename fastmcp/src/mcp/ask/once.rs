//! Which conversations are under way or over.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;

use crate::parts::{Clock, UnixSeconds};

/// A memory that every node of a server shares; see the states in the module above.
///
/// The first eight bytes of an id are the same for all conversations of one user and client, zeros
/// where nobody is signed in, so that a memory can share out its room; the others are random.
pub trait Once: Send + Sync + 'static {
    /// Enters `id` until that second, if it is not there: one atomic step. Tells whether it did.
    fn enter(&self, id: [u8; 32], until: UnixSeconds) -> BoxFuture<'_, Result<bool, Unreachable>>;

    /// Takes `id` away.
    fn leave(&self, id: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>>;
}

/// The memory is out of reach or full: try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what this server has seen cannot be looked up at the moment; try again")
    }
}

impl std::error::Error for Unreachable {}

/// Most conversations at a time; each costs a sealed state to get in.
const MOST: usize = 100_000;
/// Most of one user and client.
const MOST_EACH: usize = 1000;
/// Most of those who are not signed in, whom nothing tells apart.
const MOST_ANONYMOUS: usize = MOST / 2;

/// Whose a conversation is.
type Owner = [u8; 8];

/// The memory of one process.
pub(super) struct Local {
    clock: Clock,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    entered: HashMap<[u8; 32], UnixSeconds>,
    each: HashMap<Owner, usize>,
    /// When what expired was taken away last.
    swept: UnixSeconds,
}

impl Local {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            table: Mutex::default(),
        }
    }

    fn try_enter(&self, id: [u8; 32], until: UnixSeconds) -> Result<bool, Unreachable> {
        let now = self.clock.now();
        let mut table = self.table();
        if table.entered.contains_key(&id) {
            return Ok(false);
        }
        let owner = owner(&id);
        if table.is_full(owner) || table.entered.len() == table.entered.capacity() {
            table.sweep(now);
            if table.is_full(owner) {
                return Err(Unreachable);
            }
        }
        table.entered.insert(id, until);
        *table.each.entry(owner).or_default() += 1;
        Ok(true)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn is_full(&self, owner: Owner) -> bool {
        let most = if owner == Owner::default() {
            MOST_ANONYMOUS
        } else {
            MOST_EACH
        };
        self.entered.len() >= MOST || self.each.get(&owner).is_some_and(|each| *each >= most)
    }

    /// At most once a second: nothing expires in between, and whoever knocks at a full table must
    /// not hold up the others.
    fn sweep(&mut self, now: UnixSeconds) {
        if self.swept == now {
            return;
        }
        self.swept = now;
        self.entered.retain(|_, until| *until > now);
        self.each.clear();
        for id in self.entered.keys() {
            *self.each.entry(owner(id)).or_default() += 1;
        }
    }

    fn remove(&mut self, id: &[u8; 32]) {
        if self.entered.remove(id).is_none() {
            return;
        }
        if let Entry::Occupied(mut each) = self.each.entry(owner(id)) {
            *each.get_mut() -= 1;
            if *each.get() == 0 {
                each.remove();
            }
        }
    }
}

fn owner(id: &[u8; 32]) -> Owner {
    std::array::from_fn(|index| id[index])
}

impl Once for Local {
    fn enter(&self, id: [u8; 32], until: UnixSeconds) -> BoxFuture<'_, Result<bool, Unreachable>> {
        let entered = self.try_enter(id, until);
        Box::pin(std::future::ready(entered))
    }

    fn leave(&self, id: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        self.table().remove(&id);
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn local() -> (Arc<AtomicU64>, Local) {
        let now = Arc::new(AtomicU64::new(1000));
        let clock = Arc::clone(&now);
        let clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        (now, Local::new(clock))
    }

    fn id(owner: usize, number: usize) -> [u8; 32] {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&owner.to_be_bytes());
        id[8..16].copy_from_slice(&number.to_be_bytes());
        id
    }

    /// How many more of an owner get in.
    fn room(local: &Local, owner: usize, until: UnixSeconds) -> usize {
        let entered = |number: &usize| local.try_enter(id(owner, *number), until).is_ok();
        (0..=MOST).take_while(entered).count()
    }

    #[test]
    fn an_id_enters_once_and_what_expired_makes_room() {
        let (now, local) = local();
        assert_eq!(local.try_enter(id(0, 0), 1100), Ok(true));
        assert_eq!(local.try_enter(id(0, 0), 1100), Ok(false));
        drop(local.leave(id(0, 0)));
        assert_eq!(room(&local, 0, 1100), MOST_ANONYMOUS);
        let users = (1..=MOST).take_while(|user| room(&local, *user, 1100) == MOST_EACH);
        assert_eq!(users.count(), (MOST - MOST_ANONYMOUS) / MOST_EACH);
        // What is there is known even where there is no room.
        assert_eq!(local.try_enter(id(0, 1), 1100), Ok(false));
        now.store(1100, Ordering::SeqCst);
        assert_eq!(local.try_enter(id(0, MOST), 1200), Ok(true));
        assert_eq!(local.table().entered.len(), 1);
        assert_eq!(local.table().each.len(), 1);
    }

    #[test]
    fn a_user_takes_nobody_elses_room() {
        let (now, local) = local();
        assert_eq!(room(&local, 7, 1100), MOST_EACH);
        assert_eq!(local.try_enter(id(8, 0), 1100), Ok(true));
        assert_eq!(local.try_enter(id(7, MOST_EACH), 1100), Err(Unreachable));
        drop(local.leave(id(7, 0)));
        assert_eq!(local.try_enter(id(7, MOST_EACH), 1100), Ok(true));
        now.store(1100, Ordering::SeqCst);
        assert_eq!(room(&local, 7, 1200), MOST_EACH);
    }

    #[test]
    fn a_full_table_is_swept_once_a_second() {
        let (now, local) = local();
        assert_eq!(room(&local, 7, 1100), MOST_EACH);
        now.store(1099, Ordering::SeqCst);
        assert_eq!(local.try_enter(id(7, MOST), 1200), Err(Unreachable));
        assert_eq!(local.table().swept, 1099);
        // A sweep would take this one away.
        local.table().entered.insert(id(9, 0), 0);
        assert_eq!(local.try_enter(id(7, MOST), 1200), Err(Unreachable));
        assert!(local.table().entered.contains_key(&id(9, 0)));
    }
}
