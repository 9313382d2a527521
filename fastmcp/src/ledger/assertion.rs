//! Assertions of clients that were used: each proves its client once (RFC 7523 section 3, `jti`).
//!
//! The record is created or it is there already: one compare-and-set, on one node and on many. It
//! lives as long as the assertion would be good.

use serde::{Deserialize, Serialize};

use super::{Error, Ledger};
use crate::parts::UnixSeconds;
use crate::store::Put;

pub(super) const KIND: &str = "assertion";

#[derive(Serialize, Deserialize)]
struct Used;

impl Ledger {
    /// Uses the assertion `id` of `client`, which is good until `ends`; tells whether it was not used
    /// before.
    pub async fn use_assertion(
        &self,
        client: &str,
        id: &str,
        ends: UnixSeconds,
    ) -> Result<bool, Error> {
        // With its length, so that no two pairs are spelled alike.
        let place = format!("{} {client} {id}", client.len());
        let put = self.create(KIND, place.as_bytes(), &Used, ends).await?;
        Ok(matches!(put, Put::Done(_)))
    }
}
