//! The store's mark: how this store is sealed, and where its records lie.
//!
//! One record under a key that depends on no secret, so that any server finds it. It is sealed
//! like every other, which makes it the canary: who opens it has the right key, and is told so
//! before anything is written. It holds
//!
//! - the **index key**, random, which turns kind and id into a record's place. It never changes,
//!   so records stay where they are when the storage key is exchanged, and sealing one anew is one
//!   compare-and-set in its own place;
//! - **every storage key that records may be sealed with**, by its fingerprint, the one that all
//!   are to be sealed with last. A server that lacks one of them is refused: it would take those
//!   records for damaged, and log people out.
//!
//! ```text
//!   (none) ── start with a ──▶ [a] ── start with b, previous a ──▶ [a, b] ── settle ──▶ [b]
//! ```
//!
//! Every arrow is one compare-and-set. Who starts last decides which key is last; only servers
//! whose current key that is seal records anew. A key is struck off only after a walk that found
//! no record of it and that began
//!
//! - [`SETTLING`] after anybody was last known to write with it: a server that does says so every
//!   minute ([`Mark::keep`]), and one that was left behind without the new key finds out within
//!   that minute and stops writing;
//! - as long after the exchange as other things of the old key live: pages, codes, access tokens.
//!
//! There are two copies, of which the first decides. The second one is there for the case that the
//! first is lost or damaged, since nothing in the store can be found without the index key. A store
//! that has records and neither is refused: it is half a copy, or not ours.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{Error, Expected};
use super::envelope::NO_KEY;
use super::marker::{Marker, Reader, place, report_corrupt, wrong_key};
use crate::keys::{KeyMaterial, Keys, hex};
use crate::parts::UnixSeconds;
use crate::secret::Secret;

/// For so long after a server was last known to write with a key, others allow for it to do so
/// still: several turns of [`Mark::keep`], and clocks that disagree.
const SETTLING: Duration = Duration::from_mins(5);
/// A server that writes with a key says so again after this many seconds.
const NOTED_AGAIN: UnixSeconds = 30;

/// What the mark says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// In hexadecimal.
    #[serde(serialize_with = "exposed")]
    index: Secret,
    sealed_by: Vec<By>,
}

/// A key that records may be sealed with.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct By {
    key: String,
    /// Since when it is where it is in the list.
    since: UnixSeconds,
    /// When a server was last known to write with it.
    noted: UnixSeconds,
}

impl Mark {
    /// Reads the mark, leaves one in a store without, and notes that all records are to be sealed
    /// with the current key.
    ///
    /// # Errors
    /// [`Error::WrongKey`] if a key is missing, [`Error::Unmarked`] if there are records and no
    /// mark: nothing has been changed then.
    pub(super) async fn of(marker: &Marker<'_>) -> Result<Self, Error> {
        if marker.reader.read().await?.is_none() {
            marker.must_be_new().await?;
            let mut mark = Self {
                index: Secret::from(hex(&marker.parts.random.bytes::<32>())),
                sealed_by: Vec::new(),
            };
            mark.start(marker);
            // Of several servers that start together one writes; the others read what it wrote.
            marker.put(&mark, &place(), Expected::Absent).await?;
        }
        marker.change(|mark| mark.start(marker)).await
    }

    /// Reads the mark and changes nothing; `None` in a store without.
    pub(super) async fn existing(reader: Reader<'_>) -> Result<Option<Self>, Error> {
        let Some(found) = reader.read().await? else {
            return Ok(None);
        };
        found.mark.check(reader.keys)?;
        Ok(Some(found.mark))
    }

    /// All are to be sealed with the current key, and some may be with every other of the ring.
    pub(super) fn start(&mut self, marker: &Marker<'_>) {
        let (now, current) = (marker.now(), marker.current());
        for id in marker.reader.keys.into_iter().flat_map(Keys::ids).skip(1) {
            if id != current && !self.lists(id) {
                self.sealed_by.insert(0, By::new(id, now));
            }
        }
        if self.is_last(current) {
            return;
        }
        self.sealed_by.retain(|by| by.key != current);
        self.sealed_by.push(By::new(current, now));
    }

    /// Notes that records are sealed with the current key still; tells whether others are to be
    /// sealed with it anew.
    pub(super) async fn keep(marker: &Marker<'_>) -> Result<bool, Error> {
        let (now, current) = (marker.now(), marker.current());
        let mark = marker.change(|mark| {
            let is_settled = mark.is_settled(current);
            match mark.sealed_by.iter_mut().find(|by| by.key == current) {
                None => mark.sealed_by.insert(0, By::new(current, now)),
                Some(by) if !is_settled && now.saturating_sub(by.noted) > NOTED_AGAIN => {
                    by.noted = now;
                }
                Some(_) => {}
            }
        });
        let mark = mark.await?;
        Ok(mark.is_last(current) && !mark.is_settled(current))
    }

    /// Strikes off the keys of `seen`, the mark as it was when a walk began at `began` that found
    /// no record of theirs, if it is time; tells whether none but the current one is left.
    /// `hold` is how long other things live that were made with a key.
    pub(super) async fn settle(
        marker: &Marker<'_>,
        seen: &Self,
        began: UnixSeconds,
        hold: Duration,
    ) -> Result<bool, Error> {
        let current = marker.current();
        let mark = marker.change(|mark| {
            let since = mark.sealed_by.last().map_or(began, |by| by.since);
            let is_time = began >= since.saturating_add(hold.max(SETTLING).as_secs());
            if !mark.is_last(current) || !is_time {
                return;
            }
            mark.sealed_by.retain(|by| {
                let is_over = began >= by.noted.saturating_add(SETTLING.as_secs());
                by.key == current || !seen.lists(&by.key) || !is_over
            });
        });
        Ok(mark.await?.is_settled(current))
    }

    pub(super) fn lists(&self, key: &str) -> bool {
        self.sealed_by.iter().any(|by| by.key == key)
    }

    fn is_last(&self, key: &str) -> bool {
        self.sealed_by.last().is_some_and(|by| by.key == key)
    }

    /// Whether every record is sealed with `key`.
    fn is_settled(&self, key: &str) -> bool {
        self.sealed_by.iter().all(|by| by.key == key)
    }

    /// The key that gives records their places.
    pub(super) fn index(&self) -> Result<KeyMaterial, Error> {
        KeyMaterial::parse(&self.index).map_err(|_| report_corrupt(&place()))
    }

    /// Every key that records may be sealed with must be at hand.
    pub(super) fn check(&self, keys: Option<&Keys>) -> Result<(), Error> {
        let at_hand = |by: &str| keys.map_or(by == NO_KEY, |keys| keys.ids().any(|id| id == by));
        let missing = self.sealed_by.iter().find(|by| !at_hand(&by.key));
        missing.map_or(Ok(()), |by| Err(wrong_key(by.key.clone(), keys)))
    }
}

impl By {
    fn new(key: &str, now: UnixSeconds) -> Self {
        Self {
            key: key.to_owned(),
            since: now,
            noted: now,
        }
    }
}

fn exposed<S: serde::Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose())
}
