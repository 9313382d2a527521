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

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::choices::Choices;
use super::environment::variable;
use crate::error::Problem;
use crate::keys::{DEFAULT_ITERATIONS, KeyError, KeyMaterial, Keys};
use crate::ledger::Ledger;
use crate::parts::Parts;
use crate::secret::Secret;
use crate::store::{self, MemoryStore, Sealed, Store};

/// Records removed by one step of a sweep.
const SWEEP_BATCH: usize = 500;

/// An opened store and its keys.
pub(super) struct Storage {
    pub(super) sealed: Sealed,
    pub(super) keys: Keys,
    /// Logins survive the process.
    pub(super) lasting: bool,
}

/// Opens the chosen store with its keys.
pub(super) async fn open(choices: &Choices, parts: &Parts) -> Result<Storage, Problem> {
    let secret = choices
        .secret
        .clone()
        .or_else(|| variable("FASTMCP_SECRET").map(Secret::from));
    let has_keys = choices.keys.is_some() || secret.is_some();
    let (store, kept) = match &choices.store {
        Some(store) => (Arc::clone(store), None),
        None => named(variable("FASTMCP_STORE").as_deref(), has_keys, parts).await?,
    };
    let keys = match (&choices.keys, secret, kept) {
        (Some(keys), ..) => keys.clone(),
        (None, Some(secret), _) => derived(secret, choices, &*store, parts).await?,
        (None, None, Some(kept)) => kept,
        (None, None, None) if !store.outlives_process() => Keys::ephemeral(&parts.random),
        (None, None, None) => {
            return Err(Problem::new(
                "the store outlives the process, but its keys would not",
                "set `FASTMCP_SECRET`, or call `.secret(…)` or `.keys(…)`",
            ));
        }
    };
    let keys = with_overrides(keys, choices)?;
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

/// The store that a `FASTMCP_STORE` value names, and the keys that lie beside it.
async fn named(
    value: Option<&str>,
    has_keys: bool,
    parts: &Parts,
) -> Result<(Arc<dyn Store>, Option<Keys>), Problem> {
    let value = value.unwrap_or("memory");
    // `redis+cluster` and `redis+sentinel` are Redis too.
    let engine = scheme_of(value).split('+').next().unwrap_or_default();
    match (value, engine) {
        ("memory", _) => Ok((Arc::new(MemoryStore::new()), None)),
        (_, "redis" | "rediss") => Ok((redis(value).await?, None)),
        (_, "postgres" | "postgresql") => Ok((postgres(value).await?, None)),
        _ => match value.strip_prefix("disk:") {
            Some(directory) if !directory.is_empty() => disk(Path::new(directory), has_keys, parts),
            _ => Err(Problem::new(
                format!("`FASTMCP_STORE` names no store: `{}`", scheme_of(value)),
                "write `memory`, `disk:<directory>`, `redis://…` or `postgres://…`",
            )),
        },
    }
}

/// A store's address may hold a password; its scheme does not.
fn scheme_of(value: &str) -> &str {
    value.split(':').next().unwrap_or_default()
}

#[cfg(feature = "redis")]
async fn redis(address: &str) -> Result<Arc<dyn Store>, Problem> {
    let store = store::RedisStore::connect(address).await;
    Ok(Arc::new(store.map_err(|error| unusable(&error))?))
}

#[cfg(not(feature = "redis"))]
#[expect(
    clippy::unused_async,
    reason = "called alike with the feature and without"
)]
async fn redis(_: &str) -> Result<Arc<dyn Store>, Problem> {
    Err(left_out("RedisStore", "redis"))
}

#[cfg(feature = "postgres")]
async fn postgres(address: &str) -> Result<Arc<dyn Store>, Problem> {
    let store = store::PostgresStore::connect(address).await;
    Ok(Arc::new(store.map_err(|error| unusable(&error))?))
}

#[cfg(not(feature = "postgres"))]
#[expect(
    clippy::unused_async,
    reason = "called alike with the feature and without"
)]
async fn postgres(_: &str) -> Result<Arc<dyn Store>, Problem> {
    Err(left_out("PostgresStore", "postgres"))
}

#[cfg(any(feature = "postgres", feature = "redis"))]
fn unusable(error: &store::Error) -> Problem {
    Problem::new(
        format!("the store that `FASTMCP_STORE` names cannot be used: {error}"),
        "check the address (it may hold a password and is not shown) and that the server runs",
    )
}

#[cfg(not(all(feature = "disk", feature = "postgres", feature = "redis")))]
fn left_out(store: &str, feature: &str) -> Problem {
    Problem::new(
        format!("`FASTMCP_STORE` names a store that this program was built without: `{store}`"),
        format!("turn on the feature `{feature}` of `fastmcp`"),
    )
}

#[cfg(feature = "disk")]
fn disk(
    directory: &Path,
    has_keys: bool,
    parts: &Parts,
) -> Result<(Arc<dyn Store>, Option<Keys>), Problem> {
    // Keys first: beside existing data none are made.
    let kept = if has_keys {
        None
    } else {
        Some(Keys::load_or_create(directory, &parts.random).map_err(|error| no_keys(&error))?)
    };
    let store = store::DiskStore::open(directory).map_err(|error| {
        Problem::new(
            format!(
                "the store in `{}` cannot be opened: {error}",
                directory.display()
            ),
            "name another directory in `FASTMCP_STORE`, or stop the process that uses this one",
        )
    })?;
    Ok((Arc::new(store), kept))
}

#[cfg(not(feature = "disk"))]
fn disk(_: &Path, _: bool, _: &Parts) -> Result<(Arc<dyn Store>, Option<Keys>), Problem> {
    Err(left_out("DiskStore", "disk"))
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
            "key derivation was interrupted",
            "start the server again",
        )),
    }
}

fn with_overrides(mut keys: Keys, choices: &Choices) -> Result<Keys, Problem> {
    let material = |name: &str, key: &Secret| {
        KeyMaterial::parse(key).map_err(|error| {
            Problem::new(
                format!("`{name}` is no key: {error}"),
                format!("call `.{name}(…)` with 32 random bytes in base64, or leave it out"),
            )
        })
    };
    if let Some(key) = &choices.jwt_signing_key {
        keys = keys.with_jwt_key(material("jwt_signing_key", key)?);
    }
    if let Some(key) = &choices.encryption_key {
        keys = keys.with_storage_key(material("encryption_key", key)?);
    }
    if let Some(key) = &choices.consent_signing_key {
        keys = keys.with_consent_key(material("consent_signing_key", key)?);
    }
    Ok(keys)
}

fn no_keys(error: &KeyError) -> Problem {
    Problem::new(
        format!("there are no keys: {error}"),
        "set `FASTMCP_SECRET` to at least 32 random characters, or call `.secret(…)`",
    )
}

fn unopened(error: &store::Error) -> Problem {
    Problem::new(
        format!("the store cannot be used: {error}"),
        "check `FASTMCP_STORE` and `FASTMCP_SECRET`; nothing has been changed",
    )
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
