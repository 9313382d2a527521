//! One refresher per grant: a lock in this process, and a lease in the store across nodes.
//!
//! A lease is a record: created by compare-and-set, deleted by its holder, and free again after
//! `Lifetimes::upstream_refresh` if the holder died. It only spares the provider a second refresh;
//! that a late holder does no harm is the fence's doing (`upstream.rs`).
//!
//! The record stays for as long again as the lease, so that who succeeds a holder knows it: the
//! predecessor may be dead, or it may be late with an answer of the provider.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;

use super::handle::GrantId;
use super::{Error, Ledger, seconds};
use crate::parts::UnixSeconds;
use crate::store::{Expected, Put, Version};

pub(super) const KIND: &str = "lease";
/// How often a waiting node looks again.
pub(super) const PAUSE: Duration = Duration::from_millis(50);
/// Waits for this much longer than a lease before giving up.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
struct Record {
    until: UnixSeconds,
}

/// A lease that is held.
pub(super) struct Held {
    id: GrantId,
    version: Version,
    until: UnixSeconds,
    succeeds: bool,
}

impl Held {
    /// Whether it was taken from a holder that never gave it back.
    pub(super) fn succeeds(&self) -> bool {
        self.succeeds
    }

    /// Whether it may be taken by others.
    pub(super) fn is_over(&self, now: UnixSeconds) -> bool {
        now >= self.until
    }
}

/// What waiting for a lease came to.
pub(super) enum Leased<T> {
    Held(Held),
    /// The holder finished the work meanwhile.
    Meanwhile(T),
}

/// The locks of this process, one a grant, dropped when nobody waits.
#[derive(Default)]
pub(super) struct Local(Mutex<HashMap<GrantId, Weak<Turn>>>);

/// Whose turn it is, and how many turns came to nothing.
#[derive(Default)]
struct Turn {
    lock: Arc<tokio::sync::Mutex<()>>,
    failures: AtomicU64,
}

/// This process's lock on a grant.
pub(super) struct Locked {
    turn: Arc<Turn>,
    failures_before: u64,
    _guard: OwnedMutexGuard<()>,
}

impl Locked {
    /// Whether somebody's turn came to nothing while this one waited for its own. Each of many who
    /// wait would otherwise try in vain after the other, and wait for all before it.
    pub(super) fn failed_meanwhile(&self) -> bool {
        self.turn.failures.load(Ordering::Relaxed) != self.failures_before
    }

    /// This turn came to nothing.
    pub(super) fn fail(&self) {
        self.turn.failures.fetch_add(1, Ordering::Relaxed);
    }
}

impl Local {
    /// Waits for this process's lock on `id`.
    pub(super) async fn lock(&self, id: GrantId) -> Locked {
        let turn = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() > 1024 {
                locks.retain(|_, lock| lock.strong_count() > 0);
            }
            let kept = locks.get(&id).and_then(Weak::upgrade);
            kept.unwrap_or_else(|| {
                let turn = Arc::new(Turn::default());
                locks.insert(id, Arc::downgrade(&turn));
                turn
            })
        };
        let failures_before = turn.failures.load(Ordering::Relaxed);
        let guard = Arc::clone(&turn.lock).lock_owned().await;
        Locked {
            turn,
            failures_before,
            _guard: guard,
        }
    }
}

impl Ledger {
    /// Takes the lease on `id`; while another node holds it, asks `done` whether the work is done.
    /// `None` if it took too long.
    pub(super) async fn lease<T, W>(
        &self,
        id: GrantId,
        done: impl Fn() -> W,
    ) -> Result<Option<Leased<T>>, Error>
    where
        W: Future<Output = Result<Option<T>, Error>>,
    {
        for _ in 0..self.looks() {
            if let Some(held) = self.take(id).await? {
                return Ok(Some(Leased::Held(held)));
            }
            tokio::time::sleep(PAUSE).await;
            if let Some(answer) = done().await? {
                return Ok(Some(Leased::Meanwhile(answer)));
            }
        }
        Ok(None)
    }

    /// How often to look before a wait for somebody else's lease is given up.
    pub(super) fn looks(&self) -> u128 {
        let life = self.lifetimes().upstream_refresh;
        (life + PATIENCE).as_millis() / PAUSE.as_millis()
    }

    /// The lease, if nobody holds it.
    async fn take(&self, id: GrantId) -> Result<Option<Held>, Error> {
        let length = seconds(self.lifetimes().upstream_refresh);
        let now = self.now();
        let until = now + length;
        let lease = Record { until };
        let (key, forgotten) = (id.as_bytes(), until + length);
        let first = self.create(KIND, key, &lease, forgotten).await?;
        let (put, succeeds) = match first {
            Put::Done(_) => (first, false),
            Put::Conflict => match self.read::<Record>(KIND, key).await? {
                Some(live) if live.value.until <= now => {
                    let expected = Expected::Version(live.version);
                    let put = self.sealed().put(KIND, key, &lease, forgotten, expected);
                    (put.await?, true)
                }
                _ => (Put::Conflict, false),
            },
        };
        Ok(match put {
            Put::Done(version) => Some(Held {
                id,
                version,
                until,
                succeeds,
            }),
            Put::Conflict => None,
        })
    }

    /// Gives a lease back. If the store fails it expires by itself.
    pub(super) async fn release(&self, held: Held) {
        let deleted = self
            .sealed()
            .delete(KIND, held.id.as_bytes(), held.version)
            .await;
        if let Err(error) = deleted {
            tracing::warn!(%error, "a refresh lease could not be given back; it will expire");
        }
    }

    /// Takes the lease and never gives it back, for tests of dead holders.
    #[cfg(test)]
    pub(super) async fn seize(&self, id: GrantId) -> Result<(), Error> {
        self.take(id).await?;
        Ok(())
    }
}
