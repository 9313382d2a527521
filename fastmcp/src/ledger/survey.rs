//! All records at a glance, for operators: which logins there are, whether every record opens, and
//! sealing them anew after the keys were exchanged.
//!
//! Nothing here gives a token, code or secret away, and nothing holds up live traffic.

use std::collections::BTreeMap;

use super::grant::{Grant, Record};
use super::handle::GrantId;
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

/// Who is logged in by what: what a filter looks at.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The grant, which is still to begin where a code waits.
    pub grant: GrantId,
    /// The user, by the provider's id; `None` where the provider is still to be asked
    /// (`forward_pkce`).
    pub subject: Option<&'a str>,
    /// The client.
    pub client_id: &'a str,
    /// The resource that it is for.
    pub resource: &'a str,
}

impl<'a> Party<'a> {
    /// That of a grant.
    pub fn of_grant(grant: &'a Grant) -> Self {
        Self {
            grant: grant.id(),
            subject: Some(&grant.facts().subject),
            client_id: &grant.binding().client_id,
            resource: &grant.binding().resource,
        }
    }
}

/// What [`Ledger::revoke_all`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Logins and waiting codes that were ended.
    pub ended: u64,
    /// Grants that do not open or cannot be read, so that nobody can tell whose they are. They are
    /// good for nothing on this server.
    pub unreadable: u64,
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
    /// Live records whose key is not at hand, by its fingerprint.
    pub other_keys: BTreeMap<String, u64>,
    /// Records that open and yet cannot be read: a newer version wrote them.
    pub newer: u64,
}

impl Survey {
    /// Whether every record can be read.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.other_keys.is_empty() && self.newer == 0
    }

    /// All records that were seen.
    pub fn seen(&self) -> u64 {
        let opened = self.live.values().chain(self.other_keys.values());
        opened.sum::<u64>() + self.expired + self.damaged.len() as u64 + self.newer
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

    /// Ends every grant that `chosen` picks, and hands each to `each` once it has ended; and every
    /// code that was issued to such a party and is not redeemed yet.
    ///
    /// # Errors
    /// The store is out of reach: those that were handed over have ended, and running it again ends
    /// the rest.
    pub async fn revoke_all(
        &self,
        chosen: impl Fn(&Party<'_>) -> bool,
        mut each: impl FnMut(Grant),
    ) -> Result<Ended, Error> {
        let (mut ended, mut after) = (Ended::default(), None);
        loop {
            let step = self.sealed().walk(after.as_ref()).await?;
            for found in step.found {
                let picked = picked(found, &chosen, &mut ended.unreadable);
                if let Some((id, has_begun)) = picked {
                    let grant = self.revoke(id).await?;
                    ended.ended += u64::from(grant.is_some() || !has_begun);
                    if let Some(grant) = grant {
                        each(*grant);
                    }
                }
            }
            after = step.next;
            if after.is_none() {
                return Ok(ended);
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

    /// Seals every record with the current key, and forgets the previous ones when nothing that was
    /// made with them lives any more; see [`Sealed::seal_anew`](crate::store::Sealed).
    pub async fn seal_anew(&self, progress: impl FnMut(Progress)) -> Result<Progress, Error> {
        let lifetimes = self.lifetimes();
        let pages = lifetimes.transaction * 2 + lifetimes.authorization_code;
        let hold = pages.max(lifetimes.access_token);
        Ok(self.sealed().seal_anew(&HELD, hold, progress).await?)
    }

    /// Whether it is this server's turn to seal records anew; to be asked every minute.
    pub async fn wants_sealing_anew(&self) -> Result<bool, Error> {
        Ok(self.sealed().wants_sealing_anew().await?)
    }
}

/// The grant that `found` is or will be, if `chosen` picks it, and whether it has begun.
fn picked(
    found: Found,
    chosen: impl Fn(&Party<'_>) -> bool,
    unreadable: &mut u64,
) -> Option<(GrantId, bool)> {
    let opened = match found {
        Found::Open(opened) => opened,
        Found::Damaged(place) | Found::OtherKey(place, _) => {
            *unreadable += u64::from(place.kind() == grant::KIND);
            return None;
        }
        Found::Expired => return None,
    };
    match opened.kind() {
        grant::KIND => match opened.value::<Record>() {
            Ok(Record::Live(grant)) => chosen(&Party::of_grant(&grant)).then(|| (grant.id(), true)),
            Ok(Record::Revoked { .. }) => None,
            Err(_) => {
                *unreadable += 1;
                None
            }
        },
        login::KIND => {
            let login = opened.value::<login::Record>().ok()?;
            let party = login.party(opened.id())?;
            chosen(&party).then_some((party.grant, false))
        }
        _ => None,
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
            Found::OtherKey(_, by) => {
                *self.other_keys.entry(by).or_default() += 1;
                return;
            }
            Found::Damaged(place) => {
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
