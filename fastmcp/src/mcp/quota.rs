//! How many streams may stand open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Gauge;

use super::session::Owner;
use crate::measure::{self, Open as Measured};

/// Most streams at a time.
const MOST: usize = 10_000;
/// Most streams of one subject and client.
const MOST_EACH: usize = 16;

/// The streams that stand open, by caller. Callers that are not signed in cannot be told apart;
/// only the number of all streams binds them.
#[derive(Debug)]
pub(crate) struct Quota {
    open: Mutex<Open>,
    gauge: Gauge,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            gauge: Measured::Streams.gauge(),
        }
    }
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    each: HashMap<Owner, usize>,
}

/// The permission for one stream, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    quota: Arc<Quota>,
    owner: Owner,
}

impl Quota {
    /// A stream more for `owner`, if there is room.
    pub(crate) fn take(self: &Arc<Self>, owner: Owner) -> Option<Permit> {
        let permit = self.taken(owner);
        if permit.is_none() {
            measure::refused("streams");
        }
        permit
    }

    fn taken(self: &Arc<Self>, owner: Owner) -> Option<Permit> {
        let mut open = self.open();
        if open.all >= MOST {
            return None;
        }
        if owner.is_someone() {
            let each = open.each.entry(owner.clone()).or_default();
            if *each >= MOST_EACH {
                return None;
            }
            *each += 1;
        }
        open.all += 1;
        drop(open);
        self.gauge.increment(1.0);
        Some(Permit {
            quota: Arc::clone(self),
            owner,
        })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.quota.gauge.decrement(1.0);
        let mut open = self.quota.open();
        open.all -= 1;
        if let Some(each) = open.each.get_mut(&self.owner) {
            *each -= 1;
            if *each == 0 {
                open.each.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{AuthSession, Principal};

    #[test]
    fn one_caller_has_so_many_and_gives_them_back() {
        let quota = Arc::<Quota>::default();
        let principal = Principal {
            subject: "ada".to_owned(),
            ..Principal::default()
        };
        let ada = AuthSession::new(principal, None);
        let owner = || Owner::of(Some(&ada));
        let mut permits: Vec<_> = (0..MOST_EACH)
            .map(|_| quota.take(owner()).unwrap())
            .collect();
        assert!(quota.take(owner()).is_none());
        assert!(quota.take(Owner::of(None)).is_some());
        permits.pop();
        assert!(quota.take(owner()).is_some());
        drop(permits);
        let open = quota.open();
        assert!(open.all == 0 && open.each.is_empty());
    }
}
