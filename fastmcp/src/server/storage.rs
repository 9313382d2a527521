//! The store and its keys, planned and opened together.

use std::sync::Arc;

use super::choices::Choices;
use super::keyring::{Forged, Keyring, keys_would_end};
use super::stores::Planned;
use crate::error::Problem;
use crate::keys::Keys;
use crate::parts::Parts;
use crate::settings::places;
use crate::store::{self, Sealed};

/// An opened store and its keys.
pub(super) struct Storage {
    pub(super) sealed: Sealed,
    pub(super) keys: Keys,
    /// Logins survive the process.
    pub(super) lasting: bool,
}

/// A store and its keys, checked as far as that goes without touching either.
pub(super) struct Plan {
    store: Planned,
    keyring: Keyring,
}

/// Checks what was chosen and what the environment says.
///
/// # Errors
/// Every problem that is known before anything is opened.
pub(super) fn plan(choices: &Choices) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut keep = |problem: Problem| problems.push(problem);
    let keyring = Keyring::plan(choices)
        .map_err(|found| found.into_iter().for_each(&mut keep))
        .ok();
    let store = Planned::of(choices).map_err(&mut keep).ok();
    if let (Some(store), Some(keyring)) = (&store, &keyring)
        && store.outlives_process()
        && !store.keeps_keys()
        && !keyring.has_keys(choices)
    {
        keep(keys_would_end());
    }
    if let Some(store) = &store
        && choices.unencrypted_for_development
        && store.outlives_process()
    {
        keep(
            Problem::new(
                "FM0936",
                "`unencrypted_for_development` would leave tokens in the clear in a store that \
                 outlives the process",
                "leave it out, or use the store `memory`",
            )
            .at(places("store")),
        );
    }
    match (store, keyring, problems.is_empty()) {
        (Some(store), Some(keyring), true) => Ok(Plan { store, keyring }),
        _ => Err(problems),
    }
}

/// Opens what was planned and was opened before, and changes nothing in it.
#[cfg(feature = "admin")]
pub(super) async fn attach(
    plan: Plan,
    choices: &Choices,
    parts: &Parts,
) -> Result<Storage, Problem> {
    let Plan { store, keyring } = plan;
    let kept = store.keys_beside(keyring.has_keys(choices), parts)?;
    let store = store.open().await?;
    let none = || {
        let help = "name the store that the server uses";
        Problem::new("FM0931", "there is no store yet where `store` points", help)
            .at(places("store"))
    };
    let is_marked = store::is_marked(&*store).await;
    if !is_marked.map_err(|error| unopened(&error))? {
        return Err(none());
    }
    let Forged { keys, .. } = keyring.forge(choices, &*store, kept, parts).await?;
    let sealed = Sealed::attach(store, &keys, parts.clone()).await;
    let sealed = sealed.map_err(|error| unopened(&error))?.ok_or_else(none)?;
    Ok(Storage {
        sealed,
        keys,
        lasting: true,
    })
}

/// Opens what was planned.
pub(super) async fn open(plan: Plan, choices: &Choices, parts: &Parts) -> Result<Storage, Problem> {
    let Plan { store, keyring } = plan;
    let kept = store.keys_beside(keyring.has_keys(choices), parts)?;
    let store = store.open().await?;
    let Forged { keys, salt } = keyring.forge(choices, &*store, kept, parts).await?;
    let lasting = store.outlives_process();
    let sealed = if choices.unencrypted_for_development {
        Sealed::plain(Arc::clone(&store), parts.clone()).await
    } else {
        Sealed::open(Arc::clone(&store), &keys, parts.clone()).await
    };
    let sealed = sealed.map_err(|error| unopened(&error))?;
    // Only now is it known that these keys are the store's.
    if let Some(salt) = &salt {
        let kept = store::keep_rounds(&*store, salt).await;
        kept.map_err(|error| unopened(&error))?;
    }
    Ok(Storage {
        sealed,
        keys,
        lasting,
    })
}

pub(super) fn unopened(error: &store::Error) -> Problem {
    let help = match error {
        store::Error::WrongKey { .. } => {
            "restore the key; or, if it is to be exchanged, give the earlier secret as \
             `FASTMCP_SECRET_PREVIOUS` (several nodes: docs/operations.md first), or name an earlier \
             key file `fastmcp.key.previous`; no record has been changed"
        }
        _ => "check `FASTMCP_STORE` and `FASTMCP_SECRET`; no record has been changed",
    };
    Problem::new("FM0931", format!("the store cannot be used: {error}"), help).at(places("store"))
}
