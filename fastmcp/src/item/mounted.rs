//! Entries as they are called where they are mounted, and what each borrows there.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::items::State;
use super::{Entry, Prefix};

/// Entries that were copied under a prefix. They last as long as the program, like those that they
/// are copies of; servers that are made again and again find the ones of before.
static MOUNTED: LazyLock<Mutex<HashMap<(usize, Prefix), Kept>>> = LazyLock::new(Mutex::default);

type Kept = &'static (dyn Any + Send + Sync);

/// The entry under the prefix, the same one each time.
pub(super) fn below<E: Entry>(entry: &'static E, prefix: &Prefix) -> &'static E {
    let mut mounted = MOUNTED.lock().unwrap_or_else(PoisonError::into_inner);
    let made = || Box::leak(Box::new(entry.below(prefix))) as Kept;
    let of = (address(entry), prefix.clone());
    let kept: Kept = *mounted.entry(of).or_insert_with(made);
    // An address is of one type.
    kept.downcast_ref().unwrap_or(entry)
}

/// How an entry is mounted.
#[derive(Clone, Default)]
pub(super) struct Mount {
    /// What it is called by begins with this.
    pub(super) prefix: Option<Prefix>,
    /// What it borrows instead of the server.
    state: Option<State>,
}

/// Entries by their address, with how each is mounted.
#[derive(Clone, Default)]
pub(super) struct Mounts(HashMap<usize, Mount>);

impl Mounts {
    /// Whether nothing was said of the entry.
    pub(super) fn is_new<E: Entry>(&self, entry: &'static E) -> bool {
        !self.0.contains_key(&address(entry))
    }

    /// Says how the entry is mounted, and lends it the state, if it can borrow that.
    pub(super) fn add<E: Entry>(
        &mut self,
        entry: &'static E,
        prefix: Option<Prefix>,
        state: Option<&State>,
    ) {
        let fits = state.filter(|state| entry.accepts(&***state));
        let state = fits.map(Arc::clone);
        if prefix.is_some() || state.is_some() {
            self.0.insert(address(entry), Mount { prefix, state });
        }
    }

    pub(super) fn state<E: Entry>(&self, entry: &'static E) -> Option<&(dyn Any + Send + Sync)> {
        self.of(entry)?.state.as_deref()
    }

    pub(super) fn prefix<E: Entry>(&self, entry: &'static E) -> Option<&Prefix> {
        self.of(entry)?.prefix.as_ref()
    }

    fn of<E: Entry>(&self, entry: &'static E) -> Option<&Mount> {
        // Most servers mount nothing, and every call asks.
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&address(entry))
    }
}

impl fmt::Debug for Mounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mounts").finish_non_exhaustive()
    }
}

fn address<E: Entry>(entry: &'static E) -> usize {
    std::ptr::from_ref(entry).addr()
}
