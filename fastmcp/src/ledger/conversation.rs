//! Calls that ask their client and go on, and those that are over.
//!
//! One record a conversation, made if absent: while it is there, no other request goes on with the
//! same conversation.

use super::{Error, Ledger};
use crate::parts::UnixSeconds;
use crate::store::Put;

const KIND: &str = "conversation";

impl Ledger {
    /// Enters a conversation until that second; tells whether it was not there.
    pub(crate) async fn enter_conversation(
        &self,
        id: &[u8; 32],
        until: UnixSeconds,
    ) -> Result<bool, Error> {
        let put = self.create(KIND, id, &(), until).await?;
        Ok(matches!(put, Put::Done(_)))
    }

    /// Takes a conversation away.
    pub(crate) async fn leave_conversation(&self, id: &[u8; 32]) -> Result<(), Error> {
        if let Some(live) = self.read::<()>(KIND, id).await? {
            self.sealed().delete(KIND, id, live.version).await?;
        }
        Ok(())
    }
}
