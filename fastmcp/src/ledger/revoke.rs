//! The end of a grant.
//!
//! One compare-and-set turns a live grant into the bare fact that it was revoked, and nothing turns
//! it back: rotation and a refresh upstream write over the version that they read, which is then
//! gone, and a grant that has not begun yet finds its place taken.
//!
//! Who made that write, and nobody else, is given the grant as it was. The provider's tokens are in
//! no record from then on, so whoever wants to give them back must do it with these.

use super::grant::{Grant, KIND, Record};
use super::handle::GrantId;
use super::{Error, Ledger, seconds};
use crate::store::{self, Expected, Live, Put};

impl Ledger {
    /// Ends a grant: every token of it is dead from now on. Harmless where there is none.
    ///
    /// Gives the grant that was ended, with the newest upstream tokens, to the one caller who ended
    /// it; `None` where there was no live one.
    ///
    /// # Errors
    /// The store is out of reach: the grant may live on, and revoking it again is safe.
    pub async fn revoke(&self, id: GrantId) -> Result<Option<Box<Grant>>, Error> {
        let revoked = Record::Revoked { at: self.now() };
        loop {
            let live = match self.sealed().get::<Record>(KIND, id.as_bytes()).await {
                // Nobody can use it, and it stays where it is: trying to replace what is not
                // absent and has no version would never end.
                Err(store::Error::Corrupt) => {
                    self.note_change();
                    return Ok(None);
                }
                answer => answer?,
            };
            let (expected, ends, ended) = match live {
                Some(Live {
                    value: Record::Revoked { .. },
                    ..
                }) => return Ok(None),
                Some(Live {
                    value: Record::Live(grant),
                    version,
                    expires_at,
                }) => (Expected::Version(version), expires_at, Some(grant)),
                // A login whose grant has not begun yet must not begin it.
                None => (
                    Expected::Absent,
                    self.now() + seconds(self.lifetimes().transaction),
                    None,
                ),
            };
            let put = self
                .sealed()
                .put(KIND, id.as_bytes(), &revoked, ends, expected)
                .await?;
            if let Put::Done(_) = put {
                self.note_change();
                return Ok(ended.map(|grant| self.with_unsaved(grant)));
            }
        }
    }

    /// The grant with upstream tokens that its record never took, if any wait in this process.
    fn with_unsaved(&self, mut grant: Box<Grant>) -> Box<Grant> {
        if let Some(waiting) = self.0.unsaved.take(grant.id()) {
            grant.set_upstream(waiting.renewed, self.now());
        }
        grant
    }
}
