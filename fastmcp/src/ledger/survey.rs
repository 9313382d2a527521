//! All records at a glance, for operators: which logins there are, whether every record opens, and
//! sealing them anew after the keys were exchanged.
//!
//! Nothing here gives a token, code or secret away, and nothing holds up live traffic.

use std::collections::BTreeMap;

use super::grant::{Grant, Record};
use super::{Error, Ledger, client, grant, lease, login};
use crate::store::{Cursor, Found, Progress};

/// Records whose versions are held while a browser or a provider is waited for; they end within
/// minutes, and are not sealed anew under their holder's hands.
const HELD: [&str; 2] = [login::KIND, lease::KIND];

/// Some live grants, and where the next ones are.
#[derive(Debug)]
pub struct Grants {
    /// Live grants, in no order. One may be seen twice in a walk.
    pub grants: Vec<Grant>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
}

/// What a survey found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Live records of each kind.
    pub live: BTreeMap<String, u64>,
    /// Live records by the fingerprint of the key that they are sealed with; `none` for clear.
    pub sealed_with: BTreeMap<String, u64>,
    /// Records that have expired and wait for the sweep.
    pub expired: u64,
    /// Records that do not open, by the beginning of their keys.
    pub damaged: Vec<String>,
    /// Records that open and yet cannot be read: a newer version wrote them.
    pub newer: u64,
}

impl Survey {
    /// Whether every record can be read.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.newer == 0
    }

    /// All records that were seen.
    pub fn seen(&self) -> u64 {
        self.live.values().sum::<u64>() + self.expired + self.damaged.len() as u64 + self.newer
    }
}

impl Ledger {
    /// The live grants that follow `after`, or the first ones; each at least once in a whole walk.
    pub async fn grants(&self, after: Option<&Cursor>) -> Result<Grants, Error> {
        let step = self.sealed().walk(after).await?;
        let mut grants = Vec::new();
        for found in step.found {
            if let Found::Open(opened) = found
                && opened.kind() == grant::KIND
                && let Ok(Record::Live(grant)) = opened.value()
            {
                grants.push(*grant);
            }
        }
        let next = step.next;
        Ok(Grants { grants, next })
    }

    /// Ends every grant that `chosen` picks, and hands each to `each` once it has ended; tells how
    /// many there were.
    ///
    /// # Errors
    /// The store is out of reach: those that were handed over have ended, and running it again ends
    /// the rest.
    pub async fn revoke_all(
        &self,
        chosen: impl Fn(&Grant) -> bool,
        mut each: impl FnMut(Grant),
    ) -> Result<u64, Error> {
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.grants(after.as_ref()).await?;
            for grant in page.grants.iter().filter(|grant| chosen(grant)) {
                if let Some(ended) = self.revoke(grant.id()).await? {
                    each(*ended);
                    count += 1;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(count);
            }
        }
    }

    /// About how many records there are, if the store can tell.
    pub async fn estimate(&self) -> Result<Option<u64>, crate::store::Error> {
        self.sealed().estimate().await
    }

    /// Looks at every record; tells `progress` how many it has seen and how many there are, as far
    /// as the store can tell.
    pub async fn survey(
        &self,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Survey, Error> {
        let of = self.sealed().estimate().await?;
        let (mut survey, mut after) = (Survey::default(), None);
        loop {
            let step = self.sealed().walk(after.as_ref()).await?;
            step.found.into_iter().for_each(|found| survey.add(found));
            progress(survey.seen(), of);
            after = step.next;
            if after.is_none() {
                return Ok(survey);
            }
        }
    }

    /// Seals every record with the current key; see [`Sealed::seal_anew`](crate::store::Sealed).
    pub async fn seal_anew(&self, progress: impl FnMut(Progress)) -> Result<Progress, Error> {
        Ok(self.sealed().seal_anew(&HELD, progress).await?)
    }

    /// Whether it is this server's turn to seal records anew; to be asked every minute.
    pub async fn wants_sealing_anew(&self) -> Result<bool, Error> {
        Ok(self.sealed().wants_sealing_anew().await?)
    }
}

impl Survey {
    fn add(&mut self, found: Found) {
        let opened = match found {
            Found::Open(opened) => opened,
            Found::Expired => {
                self.expired += 1;
                return;
            }
            Found::Damaged(place) | Found::OtherKey(place, _) => {
                self.damaged.push(format!(
                    "{} {}",
                    place.kind(),
                    crate::keys::hex(&place.as_bytes()[..4])
                ));
                return;
            }
        };
        let readable = match opened.kind() {
            grant::KIND => opened.value::<Record>().is_ok(),
            client::KIND => opened.value::<client::Client>().is_ok(),
            login::KIND => opened.value::<login::Record>().is_ok(),
            _ => true,
        };
        if !readable {
            self.newer += 1;
            return;
        }
        *self.live.entry(opened.kind().to_owned()).or_default() += 1;
        let by = opened.sealed_with().to_owned();
        *self.sealed_with.entry(by).or_default() += 1;
    }
}
