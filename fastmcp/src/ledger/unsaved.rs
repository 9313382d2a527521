//! Upstream tokens that the provider gave and the store would not take.
//!
//! A provider that rotates honours each refresh token once, so tokens that were fetched and not
//! written down are the only ones left. They wait here, in this process, and are written before
//! anybody refreshes that grant again. A process that dies before the store is back loses them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::handle::GrantId;
use super::upstream::Renewed;
use crate::parts::UnixSeconds;

/// Tokens waiting for the store, one entry a grant.
#[derive(Default)]
pub(super) struct Unsaved(Mutex<HashMap<GrantId, Waiting>>);

/// New tokens of one grant.
pub(super) struct Waiting {
    /// The generation of upstream tokens that these follow.
    pub(super) seen: u32,
    pub(super) renewed: Renewed,
    /// The end of the grant, after which they are worth nothing.
    pub(super) grant_ends: UnixSeconds,
}

impl Unsaved {
    /// Keeps `waiting`, and forgets those whose grants have ended.
    pub(super) fn keep(&self, id: GrantId, waiting: Waiting, now: UnixSeconds) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, other| now < other.grant_ends);
        all.insert(id, waiting);
    }

    /// Takes what waits for this grant.
    pub(super) fn take(&self, id: GrantId) -> Option<Waiting> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&id)
    }

    /// Whether something waits for this grant.
    pub(super) fn holds(&self, id: GrantId) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.contains_key(&id)
    }
}
