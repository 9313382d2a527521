//! A store and its ledger without a server, opened by the same variables: for `admin`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::choices::Choices;
use super::environment::{self, variable};
use super::storage;
use super::stores::Planned;
use crate::error::{Error, Problem};
use crate::ledger::Ledger;
use crate::settings::places;
use crate::store::{self, Store};

/// A store that is open, and its records.
pub(crate) struct Opened {
    ledger: Ledger,
    key_id: String,
}

impl Opened {
    /// The store at `address`, or at `FASTMCP_STORE`, which must be there already.
    ///
    /// # Errors
    /// It is not there, or cannot be opened as it is configured; everything that is wrong.
    pub(crate) async fn existing(address: Option<&str>) -> Result<Self, Error> {
        let choices = lasting(address)?;
        must_exist(address)?;
        let parts = environment::parts(Duration::from_secs(10))?;
        let plan = storage::plan(&choices)?;
        let storage = storage::attach(plan, &choices, &parts).await?;
        Ok(Self {
            key_id: storage.keys.id().to_owned(),
            ledger: Ledger::new(storage.sealed, storage.keys, parts),
        })
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Fingerprint of the current key.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// About how many records there are.
    pub(crate) async fn estimate(&self) -> Result<Option<u64>, store::Error> {
        self.ledger.estimate().await
    }
}

/// The bare store at `address`, or at `FASTMCP_STORE`: its records as they are, without a key.
///
/// # Errors
/// It cannot be opened, or is not there although it must be.
pub(crate) async fn bare(address: Option<&str>, is_there: bool) -> Result<Arc<dyn Store>, Error> {
    let choices = lasting(address)?;
    if is_there {
        must_exist(address)?;
    }
    let planned = Planned::of(&choices)?;
    Ok(planned.open().await?)
}

/// Whether keys come from the operator's secret.
pub(crate) fn environment_has_secret() -> bool {
    ["FASTMCP_SECRET", "FASTMCP_SECRET_FILE"]
        .iter()
        .any(|name| variable(name).is_some())
}

/// The directory of a `disk:` store.
pub(crate) fn disk_directory(address: Option<&str>) -> Option<String> {
    let address = address
        .map(str::to_owned)
        .or_else(|| variable("FASTMCP_STORE"))?;
    address.strip_prefix("disk:").map(str::to_owned)
}

fn lasting(address: Option<&str>) -> Result<Choices, Problem> {
    let choices = Choices {
        store: address.map(Into::into),
        ..Choices::default()
    };
    if Planned::of(&choices)?.outlives_process() {
        return Ok(choices);
    }
    Err(Problem::new(
        "FM0930",
        "the store `memory` ends with its server, so there is nothing to look after",
        "name the store: `--store disk:<directory>`, or set `FASTMCP_STORE`",
    )
    .at(places("store")))
}

/// A mistyped directory must not become an empty store.
fn must_exist(address: Option<&str>) -> Result<(), Problem> {
    match disk_directory(address) {
        Some(directory) if !Path::new(&directory).join("fastmcp.redb").is_file() => {
            Err(Problem::new(
                "FM0931",
                format!("there is no store in `{directory}`"),
                "name the directory that the server uses",
            )
            .at(places("store")))
        }
        _ => Ok(()),
    }
}
