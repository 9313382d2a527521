//! Where tasks are kept: in the store of the logins, so that every node answers for them and they
//! outlive the node. A server without a login has no store, and its tasks end with the process.

use std::sync::Arc;

use super::storage::unopened;
use super::upkeep;
use crate::error::Problem;
use crate::item::Registry;
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::parts::Parts;
use crate::store::{MemoryStore, Sealed};
use crate::task::Memory;

/// Of a server with a login.
pub(super) fn of_ledger(ledger: &Ledger) -> Arc<dyn Memory> {
    Arc::new(ledger.clone())
}

/// Of a server without, if some tool has tasks.
///
/// # Errors
/// None that a store in memory would have.
pub(super) async fn without_store(
    registry: &Registry,
    parts: &Parts,
) -> Result<Option<Arc<dyn Memory>>, Problem> {
    if registry.tools().iter().all(|entry| entry.task.is_none()) {
        return Ok(None);
    }
    let keys = Keys::ephemeral(&parts.random);
    let store = Arc::new(MemoryStore::new());
    let sealed = Sealed::open(store, &keys, parts.clone()).await;
    let sealed = sealed.map_err(|error| unopened(&error))?;
    let ledger = Ledger::new(sealed, keys, parts.clone());
    upkeep::sweeping(&ledger);
    Ok(Some(Arc::new(ledger)))
}
