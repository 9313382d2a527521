//! From code to grant: the last arrow of a login (see `login.rs` for the whole).
//!
//! The grant is written before the code is spent, so a fault between the two loses nothing: the
//! code can be redeemed again and meets the same grant. A spent code that comes again with its
//! right verifier revokes the grant, and the grant remembers what its code was bound to for as
//! long as it lives.

use super::grant::{Grant, NewGrant};
use super::handle::GrantId;
use super::login::{AuthorizationRequest, CodeBinding, KIND, Payload, Record, Stage};
use super::{Error, Ledger, Passed};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::store::{Expected, Put, Version};

/// Answer to [`Ledger::redeem`].
#[derive(Debug)]
pub enum Redemption<E> {
    /// The code is spent; this is its grant, and the scopes are in it.
    Done(Box<Grant>),
    /// The code is spent; the provider's code is still to be exchanged. Finish with
    /// [`Ledger::begin`] or, if the provider cannot be reached, [`Ledger::put_back`].
    Deferred(Box<Deferred>),
    /// No such code is waiting. A replay has revoked its grant.
    Invalid {
        /// The code was redeemed before, and came with its right verifier.
        replayed: bool,
        /// Its grant, if this request ended it; see [`Ledger::revoke`].
        ended: Option<Box<Grant>>,
    },
    /// The caller's own check failed; nothing has changed.
    Refused(E),
}

impl<E> Redemption<E> {
    fn never_there() -> Self {
        Self::Invalid {
            replayed: false,
            ended: None,
        }
    }
}

/// A spent code whose upstream exchange is still to be made.
#[derive(Debug)]
pub struct Deferred {
    /// The login it came from.
    pub request: AuthorizationRequest,
    /// The provider's code.
    pub upstream_code: Secret,
    /// The `state` that the provider was sent.
    pub state: Secret,
    spend: Spend,
}

#[derive(Clone, Copy, Debug)]
struct Spend {
    id: GrantId,
    browser: [u8; 32],
    version: Version,
    until: UnixSeconds,
    expires_at: UnixSeconds,
}

impl Ledger {
    /// Spends `code`: returned → redeemed, once, after `check` agreed to what it is bound to.
    pub async fn redeem<E>(
        &self,
        code: &str,
        check: impl Fn(&CodeBinding) -> Result<(), E>,
    ) -> Result<Redemption<E>, Error> {
        self.redeem_passing(code, check, |_| None).await
    }

    /// The same; the upstream token of the grant is noted as handed out if `pass` gives a note.
    /// Like the grant it is written before the code is spent, so that a fault loses nothing.
    pub async fn redeem_passing<E>(
        &self,
        code: &str,
        check: impl Fn(&CodeBinding) -> Result<(), E>,
        pass: impl Fn(&Grant) -> Option<Passed>,
    ) -> Result<Redemption<E>, Error> {
        let invalid = Redemption::never_there();
        let Some(id) = GrantId::from_code(code, self.keys()) else {
            self.made_elsewhere()?;
            return Ok(invalid);
        };
        let Some(live) = self.read::<Record>(KIND, id.as_bytes()).await? else {
            return self.redeemed_before(id, check).await;
        };
        let Record {
            request,
            browser,
            stage,
        } = live.value;
        if let Err(refusal) = check(&request.binding) {
            return Ok(Redemption::Refused(refusal));
        }
        match stage {
            Stage::Returned { until, .. } if self.now() >= until => Ok(invalid),
            Stage::Returned { payload, until } => {
                let spend = Spend {
                    id,
                    browser,
                    version: live.version,
                    until,
                    expires_at: live.expires_at,
                };
                self.spend(spend, request, payload, pass).await
            }
            Stage::Redeemed { .. } => self.replayed(id).await,
            _ => Ok(invalid),
        }
    }

    async fn spend<E>(
        &self,
        spend: Spend,
        request: AuthorizationRequest,
        payload: Payload,
        pass: impl Fn(&Grant) -> Option<Passed>,
    ) -> Result<Redemption<E>, Error> {
        let id = spend.id;
        let mut answer = match payload {
            Payload::SignedIn(new) => match self.begin_grant(id, &request, *new).await? {
                Some(grant) => {
                    self.pass_on(&grant, pass(&grant).as_ref()).await?;
                    Redemption::Done(Box::new(grant))
                }
                None => Redemption::Invalid {
                    replayed: true,
                    ended: None,
                },
            },
            Payload::Deferred {
                upstream_code,
                state,
            } => Redemption::Deferred(Box::new(Deferred {
                request: request.clone(),
                upstream_code,
                state,
                spend,
            })),
        };
        let by = self.parts().random.token();
        let record = Record {
            request,
            browser: spend.browser,
            stage: Stage::Redeemed { by: by.clone() },
        };
        let expected = Expected::Version(spend.version);
        let put = self
            .sealed()
            .put(KIND, id.as_bytes(), &record, spend.expires_at, expected)
            .await;
        let put = match put {
            Ok(put) => put,
            Err(error) => self.spent_by(id, &by).await.ok_or(error)?,
        };
        match put {
            Put::Done(version) => {
                if let Redemption::Deferred(deferred) = &mut answer {
                    deferred.spend.version = version;
                }
                Ok(answer)
            }
            Put::Conflict => self.replayed(id).await,
        }
    }

    /// The write that spent the code, if it was done although the store said that it failed.
    async fn spent_by(&self, id: GrantId, attempt: &str) -> Option<Put> {
        let live = self.read::<Record>(KIND, id.as_bytes()).await.ok()??;
        let ours = matches!(live.value.stage, Stage::Redeemed { by } if by == attempt);
        ours.then_some(Put::Done(live.version))
    }

    /// The login's record is gone; its grant still knows whether the code was ever redeemed.
    async fn redeemed_before<E>(
        &self,
        id: GrantId,
        check: impl Fn(&CodeBinding) -> Result<(), E>,
    ) -> Result<Redemption<E>, Error> {
        match self.grant(id).await? {
            Some(grant) => match check(grant.binding()) {
                Ok(()) => self.replayed(id).await,
                Err(refusal) => Ok(Redemption::Refused(refusal)),
            },
            None => Ok(Redemption::never_there()),
        }
    }

    async fn replayed<E>(&self, id: GrantId) -> Result<Redemption<E>, Error> {
        Ok(Redemption::Invalid {
            replayed: true,
            ended: self.revoke(id).await?,
        })
    }

    /// Begins the grant of a code whose upstream exchange was deferred; `None` if the code was
    /// replayed meanwhile.
    pub async fn begin(&self, deferred: Deferred, new: NewGrant) -> Result<Option<Grant>, Error> {
        self.begin_grant(deferred.spend.id, &deferred.request, new)
            .await
    }

    /// Makes the code of a deferred exchange good again, because the provider was out of reach and
    /// no grant came of it. One compare-and-set: of a code that was replayed meanwhile, the grant
    /// stays revoked.
    pub async fn put_back(&self, deferred: Deferred) -> Result<(), Error> {
        let Deferred {
            request,
            upstream_code,
            state,
            spend,
        } = deferred;
        let payload = Payload::Deferred {
            upstream_code,
            state,
        };
        let record = Record {
            request,
            browser: spend.browser,
            stage: Stage::Returned {
                payload,
                until: spend.until,
            },
        };
        let expected = Expected::Version(spend.version);
        self.sealed()
            .put(
                KIND,
                spend.id.as_bytes(),
                &record,
                spend.expires_at,
                expected,
            )
            .await?;
        Ok(())
    }
}
