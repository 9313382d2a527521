//! All records, one after another: to list them, to check that they open, to seal them anew.
//!
//! A walk sees records as they are stored and needs to know no id: each opened record says its own.
//! It holds nothing but one page, so it runs beside live traffic.
//!
//! Sealing anew replaces a record in its own place by the same content under the current key: one
//! compare-and-set, which a writer who came first wins. Kinds whose versions are held across
//! requests are left to expire instead, as they do within minutes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use serde::de::DeserializeOwned;

use super::Sealed;
use super::envelope::{self, Closed, Plaintext};
use super::mark::Mark;
use super::marker;
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
    /// Whether the store has forgotten every key but the current one.
    pub settled: bool,
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
        serde_json::from_slice(self.plain.json()).map_err(|_| marker::newer())
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
        let records = page.records.into_iter();
        let found = records
            .filter(|(place, _)| !marker::is_own(place))
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
    /// seal them anew. To be asked every minute by every server with keys: it also sees to it that
    /// its own key is not forgotten while it writes with it, and finds out when it was left behind.
    ///
    /// # Errors
    /// The store is unavailable, or sealed with a key that is not at hand.
    pub async fn wants_sealing_anew(&self) -> Result<bool, Error> {
        if self.keys.is_none() {
            return Ok(false);
        }
        let wants = Mark::keep(&self.marker()).await;
        let is_left_behind = matches!(wants, Err(Error::WrongKey { .. }));
        if is_left_behind || wants.is_ok() {
            self.left_behind.store(is_left_behind, Ordering::Relaxed);
        }
        wants
    }

    /// Seals every record with the current key, but those of the kinds `held`, which are left to
    /// expire; tells `progress` after every page. If none is left, and it is time, the store
    /// forgets the previous keys: not before `keep`, the longest life of anything else that was
    /// made with them.
    ///
    /// # Errors
    /// The store is unavailable. What was done is done; it can be called again.
    pub async fn seal_anew(
        &self,
        held: &[&str],
        keep: Duration,
        mut progress: impl FnMut(Progress),
    ) -> Result<Progress, Error> {
        let mut sum = Progress {
            of: self.estimate().await?,
            ..Progress::default()
        };
        let Some(keys) = &self.keys else {
            return Ok(sum);
        };
        let began = self.parts.clock.now();
        let seen = Mark::existing(self.reader()).await?;
        let mut after = None;
        loop {
            let page = self.store.scan(after.as_ref(), PAGE).await?;
            self.seal_page_anew(keys, held, page.records, &mut sum)
                .await?;
            progress(sum);
            after = page.next;
            if after.is_none() {
                break;
            }
            // Live traffic goes first.
            tokio::task::yield_now().await;
        }
        if let Some(seen) = seen.filter(|_| sum.left == 0) {
            sum.settled = Mark::settle(&self.marker(), &seen, began, keep).await?;
        }
        Ok(sum)
    }

    pub(super) async fn seal_page_anew(
        &self,
        keys: &Keys,
        held: &[&str],
        records: Vec<(Key, Record)>,
        sum: &mut Progress,
    ) -> Result<(), Error> {
        let now = self.parts.clock.now();
        let mut writes = Vec::new();
        for (place, record) in records {
            if marker::is_own(&place) {
                continue;
            }
            sum.seen += 1;
            let is_current = envelope::sealed_with(&record.value) == Ok(keys.id());
            if is_current || record.expires_at <= now {
                continue;
            }
            let opened = match self.find(place, record, now) {
                Found::Open(opened) => opened,
                Found::Expired => continue,
                Found::Damaged(_) => {
                    sum.damaged += 1;
                    continue;
                }
                Found::OtherKey(place, by) => {
                    match self.reader().explain(&place, Closed::OtherKey(by)).await {
                        Error::Corrupt => sum.damaged += 1,
                        Error::WrongKey { .. } => sum.left += 1,
                        error => return Err(error),
                    }
                    continue;
                }
            };
            if held.contains(&opened.kind()) {
                sum.left += 1;
            } else {
                writes.push(self.write_anew(keys, opened));
            }
        }
        // Together: a store that makes each write durable does so for many at once.
        for put in join_all(writes).await {
            match put? {
                Put::Done(_) => sum.sealed += 1,
                Put::Conflict => sum.left += 1,
            }
        }
        Ok(())
    }

    /// The same content in the same place, unless somebody has written there meanwhile.
    async fn write_anew(&self, keys: &Keys, opened: Opened) -> Result<Put, Error> {
        let (ends, random) = (opened.expires_at(), &self.parts.random);
        let value = envelope::seal(Some(keys), &opened.place, ends, &opened.plain, random);
        let expected = Expected::Version(opened.version());
        self.store.put(&opened.place, value, ends, expected).await
    }
}
