//! What calls need that ask their client in several rounds.
//!
//! A server with a login seals their states with the keys of its store and remembers in it which
//! are over, so every node goes on with every call. A server without one has no store: with
//! `FASTMCP_SECRET` every node opens the states of every other, and each remembers its own part;
//! without, a call goes on at the node that asked.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::choices::Choices;
use super::keyring::{Keyring, no_keys};
use crate::error::Problem;
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::mcp::{Once, Rounds, Unreachable};
use crate::parts::{Parts, UnixSeconds};

/// Where there is no store to keep a salt: the secret alone has to be strong.
const SALT: [u8; 16] = *b"fastmcp/1 rounds";

/// Of a server with a login.
pub(super) fn of_ledger(ledger: &Ledger) -> Rounds {
    Rounds::new(ledger.keys().clone(), Arc::new(Kept(ledger.clone())))
}

/// Of a server without.
///
/// # Errors
/// The secret is none.
pub(super) async fn without_store(choices: &Choices, parts: &Parts) -> Result<Rounds, Problem> {
    if let Some(keys) = &choices.keys {
        return Ok(Rounds::remembered_here(keys.clone(), parts));
    }
    let Some((secret, iterations)) = Keyring::secret_alone(choices)? else {
        return Ok(Rounds::of_process(parts));
    };
    let derived = tokio::task::spawn_blocking(move || Keys::derive(&secret, &SALT, iterations));
    match derived.await {
        Ok(Ok(keys)) => Ok(Rounds::remembered_here(keys, parts)),
        Ok(Err(error)) => Err(no_keys(&error)),
        Err(_) => Ok(Rounds::of_process(parts)),
    }
}

/// The memory that a store is.
struct Kept(Ledger);

impl Once for Kept {
    fn enter(&self, id: [u8; 32], until: UnixSeconds) -> BoxFuture<'_, Result<bool, Unreachable>> {
        Box::pin(async move {
            let entered = self.0.enter_conversation(&id, until).await;
            entered.map_err(|error| unreachable(&error))
        })
    }

    fn leave(&self, id: [u8; 32]) -> BoxFuture<'_, Result<(), Unreachable>> {
        Box::pin(async move {
            let left = self.0.leave_conversation(&id).await;
            left.map_err(|error| unreachable(&error))
        })
    }
}

fn unreachable(error: &crate::ledger::Error) -> Unreachable {
    tracing::warn!(%error, "a call that asked its client cannot go on");
    Unreachable
}
