//! All records, one after another: to list them, to check that they open, to seal them anew.
//!
//! A walk sees records as they are stored and needs to know no id: each opened record says its own.
//! It holds nothing but one page, so it runs beside live traffic.
//!
//! Sealing anew replaces a record in its own place by the same content under the current key: one
//! compare-and-set, which a writer who came first wins. Kinds whose versions are held across
//! requests are left to expire instead, as they do within minutes.

use serde::de::DeserializeOwned;

use super::Sealed;
use super::envelope::{self, Closed, Plaintext};
use super::mark::{self, Mark};
use crate::keys::Keys;
use crate::parts::UnixSeconds;
use crate::store::{Cursor, Error, Expected, Key, Put, Record, Version};

/// Records in one page of a walk.
const PAGE: usize = 256;

/// One step of a walk.
#[derive(Debug)]
pub struct Step {
    /// What was found.
    pub found: Vec<Found>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
}

/// What lies at one place.
#[derive(Debug)]
pub enum Found {
    /// A record that has not expired, opened.
    Open(Opened),
    /// One that has expired and waits for the sweep.
    Expired,
    /// One that does not open: changed, moved, cut short, or in a form that is not known here.
    Damaged(Key),
    /// One that is sealed with the key of this fingerprint, which is not at hand.
    OtherKey(Key, String),
}

/// An opened record.
pub struct Opened {
    place: Key,
    record: Record,
    plain: Plaintext,
}

/// How far sealing anew has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records that were looked at.
    pub seen: u64,
    /// Records that there are, as far as the store can tell.
    pub of: Option<u64>,
    /// Records that were sealed anew.
    pub sealed: u64,
    /// Records that are still sealed with another key: they end by themselves within minutes, or
    /// were changed meanwhile.
    pub left: u64,
    /// Records that do not open.
    pub damaged: u64,
}

impl Opened {
    /// Its kind.
    pub fn kind(&self) -> &str {
        self.place.kind()
    }

    /// Its id.
    pub fn id(&self) -> &[u8] {
        self.plain.id()
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.record.version
    }

    /// From this second on it is gone.
    pub fn expires_at(&self) -> UnixSeconds {
        self.record.expires_at
    }

    /// Fingerprint of the key that it is sealed with; `none` if it is in clear.
    pub fn sealed_with(&self) -> &str {
        envelope::sealed_with(&self.record.value).unwrap_or(envelope::NO_KEY)
    }

    /// What it says.
    ///
    /// # Errors
    /// It was written by a newer version of this server.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(self.plain.json()).map_err(|_| mark::newer())
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("kind", &self.kind())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

impl Sealed {
    /// The records that follow `after`, or the first ones; each at least once in a whole walk.
    ///
    /// # Errors
    /// The store is unavailable.
    pub async fn walk(&self, after: Option<&Cursor>) -> Result<Step, Error> {
        let page = self.store.scan(after, PAGE).await?;
        let now = self.parts.clock.now();
        let own = [mark::place(), crate::store::salt::place()];
        let records = page.records.into_iter();
        let found = records
            .filter(|(place, _)| !own.contains(place))
            .map(|(place, record)| self.find(place, record, now))
            .collect();
        Ok(Step {
            found,
            next: page.next,
        })
    }

    /// About how many records there are, if the store can tell.
    ///
    /// # Errors
    /// The store is unavailable.
    pub async fn estimate(&self) -> Result<Option<u64>, Error> {
        self.store.estimate().await
    }

    fn find(&self, place: Key, record: Record, now: UnixSeconds) -> Found {
        if record.expires_at <= now {
            return Found::Expired;
        }
        match envelope::open(self.keys.as_ref(), &place, &record) {
            Ok(plain) => Found::Open(Opened {
                place,
                record,
                plain,
            }),
            Err(Closed::OtherKey(by)) => Found::OtherKey(place, by),
            Err(Closed::Damaged | Closed::OtherFormat) => Found::Damaged(place),
        }
    }

    /// Whether records may still be sealed with a previous key and it is this server's turn to
    /// seal them anew. To be asked now and then by every server with keys: it also sees to it that
    /// its own key is not forgotten while it writes with it.
    ///
    /// # Errors
    /// The store is unavailable, or sealed with a key that is not at hand.
    pub async fn wants_sealing_anew(&self) -> Result<bool, Error> {
        match &self.keys {
            Some(keys) => Mark::keep(&*self.store, keys, &self.parts.random).await,
            None => Ok(false),
        }
    }

    /// Seals every record with the current key, but those of the kinds `held`, which are left to
    /// expire; tells `progress` after every page. If none is left, the previous keys are no longer
    /// needed, and the store remembers that.
    ///
    /// # Errors
    /// The store is unavailable. What was done is done; it can be called again.
    pub async fn seal_anew(
        &self,
        held: &[&str],
        mut progress: impl FnMut(Progress),
    ) -> Result<Progress, Error> {
        let mut sum = Progress {
            of: self.estimate().await?,
            ..Progress::default()
        };
        let Some(keys) = &self.keys else {
            return Ok(sum);
        };
        let mut next = None;
        loop {
            let step = self.walk(next.as_ref()).await?;
            for found in step.found {
                self.seal_one_anew(keys, held, found, &mut sum).await?;
            }
            progress(sum);
            next = step.next;
            if next.is_none() {
                break;
            }
            // Live traffic goes first.
            tokio::task::yield_now().await;
        }
        if sum.left == 0 {
            Mark::settle(&*self.store, keys, &self.parts.random).await?;
        }
        Ok(sum)
    }

    pub(super) async fn seal_one_anew(
        &self,
        keys: &Keys,
        held: &[&str],
        found: Found,
        sum: &mut Progress,
    ) -> Result<(), Error> {
        sum.seen += 1;
        let opened = match found {
            Found::Expired => return Ok(()),
            Found::Damaged(_) => {
                sum.damaged += 1;
                return Ok(());
            }
            Found::OtherKey(place, by) => {
                let closed = Closed::OtherKey(by);
                match Mark::explain(&*self.store, Some(keys), &place, closed).await {
                    Error::Corrupt => sum.damaged += 1,
                    Error::WrongKey { .. } => sum.left += 1,
                    unavailable @ Error::Unavailable(_) => return Err(unavailable),
                }
                return Ok(());
            }
            Found::Open(opened) if opened.sealed_with() == keys.id() => return Ok(()),
            Found::Open(opened) => opened,
        };
        if held.contains(&opened.kind()) {
            sum.left += 1;
            return Ok(());
        }
        let (ends, random) = (opened.expires_at(), &self.parts.random);
        let value = envelope::seal(Some(keys), &opened.place, ends, &opened.plain, random);
        let expected = Expected::Version(opened.version());
        match self.store.put(&opened.place, value, ends, expected).await? {
            Put::Done(_) => sum.sealed += 1,
            Put::Conflict => sum.left += 1,
        }
        Ok(())
    }
}
