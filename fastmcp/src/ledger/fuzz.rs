//! What targets of the fuzzer need of a ledger: one that lives in the process.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::Ledger;
use crate::keys::Keys;
use crate::parts::Parts;
use crate::store::{MemoryStore, Sealed};

/// A ledger over an empty store in memory.
pub(crate) fn in_memory(keys: Keys, parts: Parts) -> Ledger {
    let store = Arc::new(MemoryStore::new());
    let sealed = Sealed::open(store, &keys, parts.clone()).now_or_never();
    let Some(Ok(sealed)) = sealed else {
        unreachable!("memory does not wait, and is empty");
    };
    Ledger::new(sealed, keys, parts)
}
