//! Which conversations are under way or over.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::parts::{Clock, UnixSeconds};

/// A memory that every node of a server shares; see the states in the module above.
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

/// The memory of one process.
pub(super) struct Local {
    clock: Clock,
    entered: Mutex<HashMap<[u8; 32], UnixSeconds>>,
}

impl Local {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            entered: Mutex::default(),
        }
    }

    fn try_enter(&self, id: [u8; 32], until: UnixSeconds) -> Result<bool, Unreachable> {
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        // A sweep as often as the table doubles costs a constant for each entry.
        if entered.len() == entered.capacity() {
            let now = self.clock.now();
            entered.retain(|_, until| *until > now);
            if entered.len() >= MOST {
                return Err(Unreachable);
            }
        }
        if entered.contains_key(&id) {
            return Ok(false);
        }
        entered.insert(id, until);
        Ok(true)
    }
}

impl Once for Local {
    fn enter(&self, id: [u8; 32], until: UnixSeconds) -> BoxFuture<'_, Result<bool, Unreachable>> {
        let entered = self.try_enter(id, until);
        Box::pin(std::future::ready(entered))
    }

    fn leave(&self, id: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.remove(&id);
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn an_id_enters_once_and_what_expired_makes_room() {
        let now = Arc::new(AtomicU64::new(1000));
        let clock = Arc::clone(&now);
        let clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        let local = Local::new(clock);
        let id = |number: u64| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_be_bytes());
            id
        };
        assert_eq!(local.try_enter(id(0), 1100), Ok(true));
        assert_eq!(local.try_enter(id(0), 1100), Ok(false));
        drop(local.leave(id(0)));
        assert_eq!(local.try_enter(id(0), 1100), Ok(true));
        let mut number = 1;
        while local.try_enter(id(number), 1100).is_ok() {
            number += 1;
        }
        assert!(number >= MOST as u64, "{number}");
        now.store(1100, Ordering::SeqCst);
        assert_eq!(local.try_enter(id(number), 1200), Ok(true));
        assert_eq!(local.entered.lock().unwrap().len(), 1);
    }
}
