//! A clock for a server in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use fastmcp::parts::{Clock, Parts};

/// A clock that can be turned; by default it goes on.
#[derive(Clone, Default)]
pub struct Turned {
    by: Arc<AtomicI64>,
    stands_at: Option<u64>,
}

impl Turned {
    /// A clock that stands still at `now` unless it is turned, so that a second more or less is
    /// told apart.
    pub fn standing(now: u64) -> Self {
        Self {
            by: Arc::default(),
            stands_at: Some(now),
        }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        let now = self.stands_at.unwrap_or_else(crate::now);
        now.saturating_add_signed(self.by.load(Ordering::SeqCst))
    }

    /// Lets seconds pass; fewer than none make it late.
    pub fn by(&self, seconds: i64) {
        self.by.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The real world with this clock.
    pub fn parts(&self) -> Parts {
        let mut parts = Parts::system(Duration::from_secs(10)).expect("TLS");
        let clock = self.clone();
        parts.clock = Clock::new(move || UNIX_EPOCH + Duration::from_secs(clock.now()));
        parts
    }
}
