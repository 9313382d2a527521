//! Who the user of a grant is, looked at again: what the provider says now takes the place of what
//! it said before.
//!
//! A grant is *behind* while its upstream tokens are newer than the last look, and whoever uses it
//! then looks first. A look holds the grant's lease like a refresh does: a provider that rotates
//! may end the old access token with the refresh, and a look with that one would take it for the
//! end of the login. What was seen lands only if the tokens are still those that it was seen with.

use std::collections::BTreeSet;
use std::future::Future;

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::handle::GrantId;
use super::lease::{Held, Leased};
use super::upstream::Fresh;
use super::{Error, Ledger};
use crate::spec::Claims;
use crate::store::Put;

/// Which source told what at the last look, for a later one at which not all of them speak.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The verified ID token, if there was one.
    pub id_token: Option<ToldByIdToken>,
    /// Whether claims of an ID token that nobody could verify were passed on.
    pub unverified: bool,
    /// Whether userinfo spoke.
    pub userinfo: bool,
}

/// What a verified ID token told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldByIdToken {
    /// Claims that it alone told.
    pub own: Claims,
    /// Names of claims that userinfo told as well.
    pub shared: BTreeSet<String>,
}

/// What a look has seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// See [`NewGrant::roles`](super::NewGrant::roles).
    pub roles: BTreeSet<String>,
    /// See [`NewGrant::claims`](super::NewGrant::claims); `None` leaves them as they are.
    pub claims: Option<Claims>,
    /// Who told it.
    pub told: Told,
}

/// Answer to [`Ledger::look_again`].
#[derive(Debug)]
pub enum Looked<F> {
    /// The grant, with all that is known now.
    Known(Box<Grant>),
    /// It is revoked or expired.
    Gone,
    /// The look failed; the grant is as it was.
    Failed(F),
    /// So did the look that this one waited for.
    InVain,
}

impl Ledger {
    /// A grant whose user was looked at by `look`, if it is due. `look` gives `None` where the
    /// provider told nothing, which changes nothing and counts as a look.
    pub async fn look_again<F, A, L>(
        &self,
        id: GrantId,
        is_due: impl Fn(&Grant) -> bool,
        look: L,
    ) -> Result<Looked<F>, Error>
    where
        L: FnOnce(Box<Grant>) -> A + Send,
        A: Future<Output = Result<Option<Seen>, F>> + Send,
    {
        if let Some(settled) = self.looked(id, &is_due).await? {
            return Ok(settled);
        }
        let local = self.lock_upstream(id).await?;
        if let Some(settled) = self.looked(id, &is_due).await? {
            return Ok(settled);
        }
        if local.failed_meanwhile() {
            return Ok(Looked::InVain);
        }
        let held = match self.lease(id, || self.looked(id, &is_due)).await? {
            Some(Leased::Held(held)) => held,
            Some(Leased::Meanwhile(settled)) => return Ok(settled),
            None => return Ok(Looked::InVain),
        };
        let answer = self.look_under_lease(id, &is_due, &held, look).await;
        if matches!(answer, Err(_) | Ok(Looked::Failed(_))) {
            local.fail();
        }
        self.release(held).await;
        answer
    }

    async fn look_under_lease<F, A, L>(
        &self,
        id: GrantId,
        is_due: &impl Fn(&Grant) -> bool,
        held: &Held,
        look: L,
    ) -> Result<Looked<F>, Error>
    where
        L: FnOnce(Box<Grant>) -> A + Send,
        A: Future<Output = Result<Option<Seen>, F>> + Send,
    {
        let Some(grant) = self.grant(id).await? else {
            return Ok(Looked::Gone);
        };
        if !is_due(&grant) {
            return Ok(Looked::Known(Box::new(grant)));
        }
        match look(Box::new(grant.clone())).await {
            Ok(seen) => self.write_seen(&grant, seen).await,
            Err(failure) => match self.unless_overtaken(&grant, held, failure).await? {
                Fresh::Token(newer) => Ok(Looked::Known(newer)),
                Fresh::Failed(failure) => Ok(Looked::Failed(failure)),
                _ => Ok(Looked::Gone),
            },
        }
    }

    /// Writes what was seen into the grant, whatever else has changed in it meanwhile, unless its
    /// tokens are newer: then somebody will look with those.
    async fn write_seen<F>(&self, looked: &Grant, seen: Option<Seen>) -> Result<Looked<F>, Error> {
        loop {
            let Some((mut grant, expected)) = self.live_grant(looked.id()).await? else {
                return Ok(Looked::Gone);
            };
            if grant.upstream_generation() != looked.upstream_generation() {
                return Ok(Looked::Known(Box::new(grant)));
            }
            let has_changed = grant.set_seen(seen.clone(), self.now());
            if let Put::Done(_) = self.put_grant(&grant, expected).await? {
                if has_changed {
                    // Whoever remembers the grant has other facts in mind.
                    self.note_change();
                }
                return Ok(Looked::Known(Box::new(grant)));
            }
        }
    }

    /// The answer, if no look is due.
    async fn looked<F>(
        &self,
        id: GrantId,
        is_due: &impl Fn(&Grant) -> bool,
    ) -> Result<Option<Looked<F>>, Error> {
        Ok(match self.grant(id).await? {
            None => Some(Looked::Gone),
            Some(grant) if is_due(&grant) => None,
            Some(grant) => Some(Looked::Known(Box::new(grant))),
        })
    }
}
