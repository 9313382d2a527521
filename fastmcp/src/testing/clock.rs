//! A clock to turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::parts::{self, Parts, UnixSeconds};

/// A clock that can be turned; by default it goes on. Clones are turned together.
///
/// ```
/// use fastmcp::testing::Clock;
///
/// let clock = Clock::standing(1_000_000);
/// clock.by(3600);
/// assert_eq!(clock.now(), 1_003_600);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    by: Arc<AtomicI64>,
    stands_at: Option<UnixSeconds>,
}

impl Clock {
    /// A clock that stands still at `now` unless it is turned, so that a second more or less is
    /// told apart.
    pub fn standing(now: UnixSeconds) -> Self {
        Self {
            by: Arc::default(),
            stands_at: Some(now),
        }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> UnixSeconds {
        let now = self
            .stands_at
            .unwrap_or_else(|| parts::Clock::system().now());
        now.saturating_add_signed(self.by.load(Ordering::SeqCst))
    }

    /// Lets seconds pass; fewer than none make it late.
    pub fn by(&self, seconds: i64) {
        self.by.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sets by how many seconds it is ahead in all.
    pub fn ahead(&self, seconds: i64) {
        self.by.store(seconds, Ordering::SeqCst);
    }

    /// The real world with this clock, for [`Server::parts`](crate::server::Server::parts).
    ///
    /// # Panics
    /// When this machine has no TLS.
    pub fn parts(&self) -> Parts {
        let mut parts = Parts::system(Duration::from_secs(10)).expect("TLS");
        parts.clock = self.as_part();
        parts
    }

    pub(super) fn as_part(&self) -> parts::Clock {
        let clock = self.clone();
        parts::Clock::new(move || UNIX_EPOCH + Duration::from_secs(clock.now()))
    }
}
