//! The store and its keys, from what was chosen and what the environment says.
//!
//! Which keys a store is opened with:
//!
//! | keys | secret | store | then |
//! |---|---|---|---|
//! | given | – | any | those |
//! | – | given | any | derived from it, with the salt that lies in the store |
//! | – | – | `disk:` | generated once and kept in its directory |
//! | – | – | ends with the process | generated, and end with it |
//! | – | – | Redis, PostgreSQL, your own | refused: keys that end with the process would lose the data |

use std::time::Duration;

use super::choices::Choices;
use super::environment::variable;
use super::stores::Planned;
use crate::error::Problem;
use crate::keys::{self, DEFAULT_ITERATIONS, KeyError, KeyMaterial, Keys};
use crate::ledger::Ledger;
use crate::parts::Parts;
use crate::secret::Secret;
use crate::settings::places;
use crate::store::{self, Sealed, Store};

/// Records removed by one step of a sweep.
const SWEEP_BATCH: usize = 500;

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
    secret: Option<Secret>,
    overrides: Vec<(Override, KeyMaterial)>,
}

/// Puts one key in another's place.
type Override = fn(Keys, KeyMaterial) -> Keys;

/// Checks what was chosen and what the environment says.
///
/// # Errors
/// Every problem that is known before anything is opened.
pub(super) fn plan(choices: &Choices) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut keep = |problem: Problem| problems.push(problem);
    let secret = choices
        .secret
        .clone()
        .or_else(|| variable("FASTMCP_SECRET").map(Secret::from));
    if let Some(secret) = secret.as_ref().filter(|_| choices.keys.is_none()) {
        let rounds = choices.secret_iterations.unwrap_or(DEFAULT_ITERATIONS);
        if let Err(error) = keys::check_secret(secret, rounds) {
            keep(no_keys(&error));
        }
    }
    let store = Planned::of(choices).map_err(&mut keep).ok();
    if let Some(store) = &store
        && store.outlives_process()
        && !store.keeps_keys()
        && choices.keys.is_none()
        && secret.is_none()
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
    let overrides = overrides(choices)
        .map_err(|found| found.into_iter().for_each(&mut keep))
        .ok();
    match (store, overrides, problems.is_empty()) {
        (Some(store), Some(overrides), true) => Ok(Plan {
            store,
            secret,
            overrides,
        }),
        _ => Err(problems),
    }
}

/// Opens what was planned.
pub(super) async fn open(plan: Plan, choices: &Choices, parts: &Parts) -> Result<Storage, Problem> {
    let Plan {
        store,
        secret,
        overrides,
    } = plan;
    let has_keys = choices.keys.is_some() || secret.is_some();
    let (store, kept) = store.open(has_keys, parts).await?;
    let keys = match (&choices.keys, secret, kept) {
        (Some(keys), ..) => keys.clone(),
        (None, Some(secret), _) => derived(secret, choices, &*store, parts).await?,
        (None, None, Some(kept)) => kept,
        (None, None, None) if !store.outlives_process() => Keys::ephemeral(&parts.random),
        (None, None, None) => return Err(keys_would_end()),
    };
    let keys = overrides
        .into_iter()
        .fold(keys, |keys, (replace, key)| replace(keys, key));
    let lasting = store.outlives_process();
    let sealed = if choices.unencrypted_for_development {
        Sealed::plain(store, parts.clone()).await
    } else {
        Sealed::open(store, &keys, parts.clone()).await
    };
    Ok(Storage {
        sealed: sealed.map_err(|error| unopened(&error))?,
        keys,
        lasting,
    })
}

/// Derivation takes tens of milliseconds, so it stays off the threads that answer requests.
async fn derived(
    secret: Secret,
    choices: &Choices,
    store: &dyn Store,
    parts: &Parts,
) -> Result<Keys, Problem> {
    let salt = store::salt(store, &parts.random)
        .await
        .map_err(|error| unopened(&error))?;
    let rounds = choices.secret_iterations.unwrap_or(DEFAULT_ITERATIONS);
    let derived = tokio::task::spawn_blocking(move || Keys::derive(&secret, &salt, rounds)).await;
    match derived {
        Ok(keys) => keys.map_err(|error| no_keys(&error)),
        Err(_) => Err(Problem::new(
            "FM0933",
            "key derivation was interrupted",
            "start the server again",
        )),
    }
}

/// Keys that were given one by one.
fn overrides(choices: &Choices) -> Result<Vec<(Override, KeyMaterial)>, Vec<Problem>> {
    let given: [(&str, &Option<Secret>, Override); 3] = [
        (
            "jwt_signing_key",
            &choices.jwt_signing_key,
            Keys::with_jwt_key,
        ),
        (
            "encryption_key",
            &choices.encryption_key,
            Keys::with_storage_key,
        ),
        (
            "consent_signing_key",
            &choices.consent_signing_key,
            Keys::with_consent_key,
        ),
    ];
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for (name, key, replace) in given {
        match key.as_ref().map(KeyMaterial::parse) {
            None => {}
            Some(Ok(key)) => found.push((replace, key)),
            Some(Err(error)) => problems.push(
                Problem::new(
                    "FM0934",
                    format!("`{name}` is no key: {error}"),
                    "give 32 random bytes in base64, or leave it out",
                )
                .at(places(name)),
            ),
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

pub(super) fn no_keys(error: &KeyError) -> Problem {
    Problem::new(
        "FM0933",
        format!("there are no keys: {error}"),
        "set `FASTMCP_SECRET` to at least 32 random characters, or call `.secret(…)`",
    )
    .at(places("secret"))
}

fn keys_would_end() -> Problem {
    Problem::new(
        "FM0932",
        "the store outlives the process, but its keys would not",
        "set `FASTMCP_SECRET`, or call `.secret(…)` or `.keys(…)`",
    )
    .at(places("secret"))
}

fn unopened(error: &store::Error) -> Problem {
    Problem::new(
        "FM0931",
        format!("the store cannot be used: {error}"),
        "check `FASTMCP_STORE` and `FASTMCP_SECRET`; no record has been changed",
    )
    .at(places("store"))
}

/// Removes expired records for as long as the process lives.
pub(super) async fn sweep(ledger: Ledger, every: Duration) {
    let mut turn = tokio::time::interval(every);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        loop {
            match ledger.sweep(SWEEP_BATCH).await {
                Ok(removed) if removed == SWEEP_BATCH => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "expired records were not removed; trying again later");
                    break;
                }
            }
        }
    }
}
