//! Assertions of clients that were used: each proves its client once (RFC 7523 section 3, `jti`).
//!
//! The record is created or it is there already: one compare-and-set, on one node and on many. It
//! lives as long as the assertion would be good on any of them.

use serde::{Deserialize, Serialize};

use super::{Error, Ledger};
use crate::parts::UnixSeconds;
use crate::store::Put;

pub(super) const KIND: &str = "assertion";

/// How far the clocks of two nodes may be apart: by the one an assertion is over, by the other it is
/// still good.
const SKEW: UnixSeconds = 60;

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
        let kept_until = ends.saturating_add(SKEW);
        let put = self
            .create(KIND, place.as_bytes(), &Used, kept_until)
            .await?;
        Ok(matches!(put, Put::Done(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fixture, START};

    #[tokio::test]
    async fn it_is_used_up_by_every_clock() {
        let fixture = Fixture::new().await;
        let ends = START + 60;
        let again = || fixture.ledger.use_assertion("c", "1", ends);
        assert!(again().await.unwrap());
        fixture.wait(60 + 59);
        assert!(!again().await.unwrap(), "good by a clock that is slow");
        fixture.wait(2);
        assert!(again().await.unwrap(), "not kept for ever");
    }
}
