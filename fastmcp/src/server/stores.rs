//! Which store is meant, and how it is opened with the keys that lie beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choices::{Choices, StoreChoice};
use super::environment::variable;
use super::keyring::no_keys;
use crate::error::Problem;
use crate::keys::Keys;
use crate::parts::Parts;
use crate::settings::places;
use crate::store::{self, MemoryStore, Store};

/// A store that is not open yet, or is.
pub(super) enum Planned {
    Open(Arc<dyn Store>),
    Memory,
    Disk(PathBuf),
    Redis(String),
    Postgres(String),
}

impl Planned {
    /// The store that was given, or that an address names.
    pub(super) fn of(choices: &Choices) -> Result<Self, Problem> {
        let address = match &choices.store {
            Some(StoreChoice::Open(store)) => return Ok(Self::Open(Arc::clone(store))),
            Some(StoreChoice::Address(address)) => Some(address.clone()),
            None => variable("FASTMCP_STORE"),
        };
        let address = address.unwrap_or_else(|| "memory".to_owned());
        if let Some(directory) = address.strip_prefix("disk:").filter(|it| !it.is_empty()) {
            return Ok(Self::Disk(directory.into()));
        }
        // `redis+cluster` and `redis+sentinel` are Redis too.
        let engine = scheme_of(&address).split('+').next().unwrap_or_default();
        match engine {
            _ if address == "memory" => Ok(Self::Memory),
            "redis" | "rediss" => Ok(Self::Redis(address)),
            "postgres" | "postgresql" => Ok(Self::Postgres(address)),
            _ => Err(Problem::new(
                "FM0930",
                format!("`store` names no store: `{}…`", scheme_of(&address)),
                "write `memory`, `disk:<directory>`, `redis://…` or `postgres://…`",
            )
            .at(places("store"))),
        }
    }

    pub(super) fn outlives_process(&self) -> bool {
        match self {
            Self::Open(store) => store.outlives_process(),
            Self::Memory => false,
            Self::Disk(_) | Self::Redis(_) | Self::Postgres(_) => true,
        }
    }

    /// Whether keys can be kept beside it.
    pub(super) fn keeps_keys(&self) -> bool {
        matches!(self, Self::Disk(_))
    }

    /// The keys that are kept beside it: to be asked for before it is opened, since beside existing
    /// data none are made. Where there are other keys, previous ones alone.
    pub(super) fn keys_beside(
        &self,
        has_keys: bool,
        parts: &Parts,
    ) -> Result<Option<Keys>, Problem> {
        let kept = match self {
            Self::Disk(directory) if has_keys => Keys::load_previous(directory),
            Self::Disk(directory) if cfg!(feature = "disk") => {
                Keys::load_or_create(directory, &parts.random).map(Some)
            }
            _ => Ok(None),
        };
        kept.map_err(|error| no_keys(&error))
    }

    pub(super) async fn open(self) -> Result<Arc<dyn Store>, Problem> {
        match self {
            Self::Open(store) => Ok(store),
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Disk(directory) => disk(&directory),
            Self::Redis(address) => redis(&address).await,
            Self::Postgres(address) => postgres(&address).await,
        }
    }
}

/// A store's address may hold a password; its scheme does not. What has no scheme, such as
/// `host=db password=…`, may be a password from its first letter.
fn scheme_of(address: &str) -> &str {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-".contains(c);
    if scheme.chars().all(letter) {
        scheme
    } else {
        ""
    }
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
        "FM0931",
        format!("the store that `store` names cannot be used: {error}"),
        "check the address (it may hold a password and is not shown) and that the server runs",
    )
    .at(places("store"))
}

#[cfg(not(all(feature = "disk", feature = "postgres", feature = "redis")))]
fn left_out(store: &str, feature: &str) -> Problem {
    Problem::new(
        "FM0937",
        format!("this program was built without the store that `store` names: `{store}`"),
        format!("turn on the feature `{feature}` of `fastmcp`"),
    )
    .at(places("store"))
}

#[cfg(feature = "disk")]
fn disk(directory: &Path) -> Result<Arc<dyn Store>, Problem> {
    let store = store::DiskStore::open(directory).map_err(|error| {
        Problem::new(
            "FM0931",
            format!(
                "the store in `{}` cannot be opened: {error}",
                directory.display()
            ),
            "name another directory in `FASTMCP_STORE`, or stop the process that uses this one",
        )
        .at(places("store"))
    })?;
    Ok(Arc::new(store))
}

#[cfg(not(feature = "disk"))]
fn disk(_: &Path) -> Result<Arc<dyn Store>, Problem> {
    Err(left_out("DiskStore", "disk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_names_no_store_is_not_repeated() {
        for address in [
            "host=db user=x password=hunter2",
            "hunter2@db",
            "hunter2",
            "floppy://user:hunter2@db",
            "disk:",
        ] {
            let choices = Choices {
                store: Some(address.into()),
                ..Choices::default()
            };
            let Err(problem) = Planned::of(&choices) else {
                panic!("{address} is a store")
            };
            assert_eq!(problem.code(), "FM0930");
            assert!(!problem.fault().contains("hunter2"), "{problem:?}");
        }
    }
}
