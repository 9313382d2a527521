//! Registrations that no login used yet, bounded in number: the oldest one makes room.
//!
//! Anyone may register, so a day's worth of registrations is what strangers can make a store keep.
//! Each process counts what it registered; when it has registered a tenth of what may be, it looks
//! once for those that others left behind. So of several nodes each bounds its own, and a server
//! that nobody floods never looks. The index is a guess, and the record decides: one that was used
//! meanwhile, on whatever node, stays.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::client::{Client, KIND};
use super::{Error, Ledger};
use crate::audit::{AuditEvent, AuditId};
use crate::parts::UnixSeconds;
use crate::store::Found;

/// Registrations of this process by their end, the oldest ones first.
#[derive(Default)]
pub(super) struct Unused(Mutex<Index>);

#[derive(Default)]
struct Index {
    by_end: BTreeMap<(UnixSeconds, u64), String>,
    by_id: HashMap<String, (UnixSeconds, u64)>,
    next: u64,
    has_looked: bool,
}

impl Index {
    fn note(&mut self, id: &str, ends: UnixSeconds) {
        self.forget(id);
        let place = (ends, self.next);
        self.next += 1;
        self.by_end.insert(place, id.to_owned());
        self.by_id.insert(id.to_owned(), place);
    }

    fn forget(&mut self, id: &str) {
        if let Some(place) = self.by_id.remove(id) {
            self.by_end.remove(&place);
        }
    }

    fn forget_oldest(&mut self, is_over: impl Fn(UnixSeconds) -> bool) -> Option<String> {
        let entry = self.by_end.first_entry()?;
        if !is_over(entry.key().0) {
            return None;
        }
        let id = entry.remove();
        self.by_id.remove(&id);
        Some(id)
    }
}

impl Unused {
    fn with<T>(&self, act: impl FnOnce(&mut Index) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Nothing more to bound: a login used it.
    pub(super) fn forget(&self, id: &str) {
        self.with(|index| index.forget(id));
    }
}

impl Ledger {
    /// Counts the registration `id`, which ends at `ends`, and makes room if there are too many.
    pub(super) async fn bound_unused(&self, id: &str, ends: UnixSeconds) {
        let Some(most) = self.lifetimes().most_unused_clients else {
            return;
        };
        let now = self.now();
        let wants_look = self.unused().with(|index| {
            while index.forget_oldest(|ends| ends <= now).is_some() {}
            index.note(id, ends);
            let wants_look = !index.has_looked && index.by_id.len() > most / 10;
            index.has_looked |= wants_look;
            wants_look
        });
        if wants_look {
            // Whoever registers does not wait for a look at every record.
            let ledger = self.clone();
            tokio::spawn(async move {
                match ledger.find_unused().await {
                    Ok(()) => ledger.make_room(most).await,
                    Err(error) => {
                        tracing::warn!(%error, "registrations were not counted");
                        ledger.unused().with(|index| index.has_looked = false);
                    }
                }
            });
        }
        self.make_room(most).await;
    }

    /// Removes the oldest ones until no more than `most` are left.
    async fn make_room(&self, most: usize) {
        loop {
            let oldest = self.unused().with(|index| {
                let is_full = index.by_id.len() > most;
                is_full.then(|| index.forget_oldest(|_| true)).flatten()
            });
            let Some(oldest) = oldest else { return };
            if let Err(error) = self.evict(&oldest).await {
                tracing::warn!(%error, "a registration could not make room for another");
            }
        }
    }

    /// Removes a registration if no login used it.
    async fn evict(&self, id: &str) -> Result<(), Error> {
        let live = self.read::<Client>(KIND, id.as_bytes()).await?;
        let Some(live) = live.filter(|live| !live.value.is_used()) else {
            return Ok(());
        };
        let place = id.as_bytes();
        // A conflict means that a login has just used it.
        if self.sealed().delete(KIND, place, live.version).await? {
            let client = AuditId::of(id);
            self.parts()
                .tell(AuditEvent::RegistrationEvicted { client });
        }
        Ok(())
    }

    async fn find_unused(&self) -> Result<(), Error> {
        let mut after = None;
        loop {
            let step = self.sealed().walk(after.as_ref()).await?;
            for found in step.found {
                if let Found::Open(opened) = found
                    && opened.kind() == KIND
                    && let Ok(client) = opened.value::<Client>()
                    && !client.is_used()
                {
                    let ends = opened.expires_at();
                    self.unused().with(|index| {
                        if !index.by_id.contains_key(client.id()) {
                            index.note(client.id(), ends);
                        }
                    });
                }
            }
            after = step.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
