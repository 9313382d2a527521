//! Upstream tokens that clients hold themselves (`enable_token_swap = false`).
//!
//! The client then presents the provider's own access token. It is honoured only if this server
//! handed it out: an index record, kept under the token's SHA-256, leads to the grant, and every
//! check of a grant stays in force.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::grant::Grant;
use super::handle::GrantId;
use super::{Error, Ledger};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::Scopes;
use crate::store::{Expected, Put};

const KIND: &str = "passed";

/// An upstream token that was handed out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passed {
    /// The grant it belongs to.
    pub grant: GrantId,
    /// What it may do here.
    pub scopes: Scopes,
    /// When it ends here.
    pub expires_at: UnixSeconds,
}

impl Ledger {
    /// Notes that `token` was handed out; said again, it moves to the newer note.
    ///
    /// # Errors
    /// The store is out of reach, or a damaged note, which is left for inspection, is in the way.
    pub async fn pass(&self, token: &Secret, passed: &Passed) -> Result<(), Error> {
        let id = Sha256::digest(token.expose().as_bytes());
        loop {
            // A damaged note is not absent: taken for it, this would go round for ever.
            let live = self.sealed().get::<Passed>(KIND, &id).await?;
            let expected = live.map_or(Expected::Absent, |live| Expected::Version(live.version));
            let put = self
                .sealed()
                .put(KIND, &id, passed, passed.expires_at, expected)
                .await?;
            if let Put::Done(_) = put {
                return Ok(());
            }
        }
    }

    /// Notes that the upstream token of `grant` was handed out, if there is one and a note for it.
    pub async fn pass_on(&self, grant: &Grant, passed: Option<&Passed>) -> Result<(), Error> {
        match (&grant.facts().upstream, passed) {
            (Some(tokens), Some(passed)) => self.pass(&tokens.access_token, passed).await,
            _ => Ok(()),
        }
    }

    /// The note on `token`, if this server handed it out and it has not ended.
    pub async fn passed(&self, token: &str) -> Result<Option<Passed>, Error> {
        let id = Sha256::digest(token.as_bytes());
        let live = self.read::<Passed>(KIND, &id).await?;
        Ok(live.map(|live| live.value))
    }
}
