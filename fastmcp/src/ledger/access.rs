//! Access tokens that were revoked one by one: (never known) → revoked → (expired).
//!
//! An access token has no record while it is good; one that its client gave up (RFC 7009) has one
//! under its `jti`, for as long as it would have lived.

use serde::{Deserialize, Serialize};

use super::{Error, Ledger};
use crate::parts::UnixSeconds;

const KIND: &str = "revoked";

#[derive(Serialize, Deserialize)]
struct Record {}

impl Ledger {
    /// Ends one access token, which would have ended at `expires_at`; harmless if it has ended.
    pub async fn revoke_access_token(
        &self,
        jti: &str,
        expires_at: UnixSeconds,
    ) -> Result<(), Error> {
        // If the record is there already, so is the end of the token.
        self.create(KIND, jti.as_bytes(), &Record {}, expires_at)
            .await?;
        self.note_change();
        Ok(())
    }

    /// Whether this access token was ended by itself. A record that does not open counts as one.
    pub async fn is_access_token_revoked(&self, jti: &str) -> Result<bool, Error> {
        match self.sealed().get::<Record>(KIND, jti.as_bytes()).await {
            Err(crate::store::Error::Corrupt) => Ok(true),
            found => Ok(found?.is_some()),
        }
    }
}
