//! The upstream tokens of a grant, kept fresh: one refresh per grant at a time, on all nodes.
//!
//! Who finds the token about to expire takes the grant's lease, looks again, refreshes, writes the
//! new tokens into the grant and releases the lease; everyone else waits and then reads. The write
//! is fenced: it lands only if nobody has written newer upstream tokens since they were read.
//!
//! A provider that rotates honours each refresh token once, so what it gave must not be lost, and
//! nobody may take a refusal of the token before it for the end of the login:
//! - A write that fails is tried again for as long as the lease lives. Tokens that are still not
//!   written then wait in this process (`unsaved.rs`), and the lease is left to expire.
//! - Who succeeds a holder that never gave its lease back believes a failure only when its own
//!   lease is over as well: until then the holder may yet write what it was given.
//! - Whose lease was over before the provider failed knows nothing: its successor may have called.

use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::handle::GrantId;
use super::lease::{Held, Leased, Locked, PAUSE};
use super::unsaved::Waiting;
use super::{Error, Ledger, seconds};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::Scopes;
use crate::store::Put;

/// What the provider gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UpstreamTokens {
    /// Its access token.
    #[serde(with = "super::exposed")]
    pub access_token: Secret,
    /// Its refresh token, if it gives one.
    #[serde(with = "super::exposed::option")]
    pub refresh_token: Option<Secret>,
    /// When the access token ends, if it said so.
    pub expires_at: Option<UnixSeconds>,
    /// The scopes it granted, if it said so.
    pub scopes: Option<Scopes>,
    /// When the refresh token ends, if it said so.
    pub refresh_expires_at: Option<UnixSeconds>,
}

/// What the provider gave for a refresh token.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// The tokens.
    pub tokens: UpstreamTokens,
    /// The ID token beside them, for the next look at the user.
    pub id_token: Option<Secret>,
}

impl From<UpstreamTokens> for Renewed {
    fn from(tokens: UpstreamTokens) -> Self {
        let id_token = None;
        Self { tokens, id_token }
    }
}

/// Answer to [`Ledger::renewed_upstream`].
#[derive(Debug)]
pub enum Fresh<F> {
    /// A token that lives at least as long as was asked, or has no known end.
    Token(Box<Grant>),
    /// The grant has no upstream tokens.
    None,
    /// The token has ended and the provider gave nothing to refresh it with.
    Ended,
    /// The grant is revoked or expired.
    Gone,
    /// It was revoked while the provider was asked: these tokens belong to no grant any more, and
    /// want to be given back.
    Late(Box<UpstreamTokens>),
    /// The refresh failed; the grant is as it was.
    Failed(F),
}

impl UpstreamTokens {
    /// `margin`, but no more than a quarter of the life that the token came with: one that lives
    /// shorter than the margin would otherwise never count as fresh.
    fn margin(&self, margin: UnixSeconds, since: UnixSeconds) -> UnixSeconds {
        self.expires_at
            .map_or(margin, |ends| margin.min(ends.saturating_sub(since) / 4))
    }

    fn ends_within(&self, margin: UnixSeconds, now: UnixSeconds) -> bool {
        self.expires_at.is_some_and(|ends| ends <= now + margin)
    }
}

impl Ledger {
    /// A grant whose upstream access token lives for another `margin`, refreshed by `refresh` if
    /// it would not; an ID token may come beside the new tokens.
    pub async fn renewed_upstream<F, A, R>(
        &self,
        id: GrantId,
        margin: Duration,
        refresh: R,
    ) -> Result<Fresh<F>, Error>
    where
        R: FnOnce(Secret) -> A + Send,
        A: Future<Output = Result<Renewed, F>> + Send,
    {
        if let Some(settled) = self.settled(id, margin).await? {
            return Ok(settled);
        }
        let local = self.lock_upstream(id).await?;
        // Whoever had the lock before may have done it: that spares this one the lease.
        if let Some(settled) = self.settled(id, margin).await? {
            return Ok(settled);
        }
        if local.failed_meanwhile() {
            let words = "the refresh that this one waited for came to nothing";
            return Err(Error::unavailable(words));
        }
        let Some(lease) = self.lease(id, || self.settled(id, margin)).await? else {
            return Err(Error::unavailable(
                "another node is refreshing for too long",
            ));
        };
        let held = match lease {
            Leased::Held(held) => held,
            Leased::Meanwhile(settled) => return Ok(settled),
        };
        let answer = self.refresh_under_lease(id, margin, &held, refresh).await;
        if matches!(answer, Err(_) | Ok(Fresh::Failed(_))) {
            local.fail();
        }
        if !self.0.unsaved.holds(id) {
            self.release(held).await;
        }
        answer
    }

    /// This process's lock on the tokens of a grant, and none of them waiting for the store.
    pub(super) async fn lock_upstream(&self, id: GrantId) -> Result<Locked, Error> {
        let local = self.0.refreshing.lock(id).await;
        if let Some(waiting) = self.0.unsaved.take(id) {
            self.keep_upstream(id, waiting, None).await?;
        }
        Ok(local)
    }

    async fn refresh_under_lease<F, A, R>(
        &self,
        id: GrantId,
        margin: Duration,
        held: &Held,
        refresh: R,
    ) -> Result<Fresh<F>, Error>
    where
        R: FnOnce(Secret) -> A + Send,
        A: Future<Output = Result<Renewed, F>> + Send,
    {
        // One look: what is judged is what is refreshed.
        let Some(grant) = self.grant(id).await? else {
            return Ok(Fresh::Gone);
        };
        if let Some(settled) = self.judged(&grant, margin) {
            return Ok(settled);
        }
        let old = grant.facts().upstream.clone();
        let Some((old, token)) = old.and_then(|old| {
            let token = old.refresh_token.clone()?;
            Some((old, token))
        }) else {
            return Ok(Fresh::None);
        };
        let new = match refresh(token).await {
            Ok(new) => new,
            Err(failure) => return self.unless_overtaken(&grant, held, failure).await,
        };
        let waiting = Waiting {
            seen: grant.upstream_generation(),
            renewed: old.followed_by(new),
            grant_ends: grant.expires_at(),
        };
        let tokens = Box::new(waiting.renewed.tokens.clone());
        let kept = self.keep_upstream(id, waiting, Some(held)).await?;
        Ok(match kept {
            Some(grant) => Fresh::Token(Box::new(grant)),
            None => Fresh::Late(tokens),
        })
    }

    /// A failure says nothing about the grant if somebody has refreshed it meanwhile: the token that
    /// was refused is then an old one, which providers that rotate refuse to everyone.
    pub(super) async fn unless_overtaken<F>(
        &self,
        seen: &Grant,
        held: &Held,
        failure: F,
    ) -> Result<Fresh<F>, Error> {
        let late = held.is_over(self.now());
        for _ in 0..self.looks() {
            match self.grant(seen.id()).await? {
                Some(grant) if grant.upstream_generation() != seen.upstream_generation() => {
                    return Ok(Fresh::Token(Box::new(grant)));
                }
                None => return Ok(Fresh::Gone),
                Some(_) if late => {
                    return Err(Error::unavailable("a refresh outlived its lease"));
                }
                Some(_) if !held.succeeds() || held.is_over(self.now()) => break,
                Some(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        Ok(Fresh::Failed(failure))
    }

    /// Writes new upstream tokens into the grant; where the store fails, again while the lease
    /// lives, and then they wait for the next who asks.
    async fn keep_upstream(
        &self,
        id: GrantId,
        waiting: Waiting,
        held: Option<&Held>,
    ) -> Result<Option<Grant>, Error> {
        let mut looks = self.looks().max(1);
        loop {
            let error = match self
                .write_upstream(id, waiting.seen, &waiting.renewed)
                .await
            {
                Ok(kept) => return Ok(kept),
                Err(error) => error,
            };
            looks -= 1;
            if looks == 0 || held.is_none_or(|held| held.is_over(self.now())) {
                self.0.unsaved.keep(id, waiting, self.now());
                return Err(error);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Writes new upstream tokens into the grant, whatever else has changed in it meanwhile,
    /// unless somebody has written newer ones.
    async fn write_upstream(
        &self,
        id: GrantId,
        seen: u32,
        renewed: &Renewed,
    ) -> Result<Option<Grant>, Error> {
        loop {
            let Some((mut grant, expected)) = self.live_grant(id).await? else {
                return Ok(None);
            };
            if grant.upstream_generation() != seen {
                return Ok(Some(grant));
            }
            grant.set_upstream(renewed.clone(), self.now());
            if let Put::Done(_) = self.put_grant(&grant, expected).await? {
                return Ok(Some(grant));
            }
        }
    }

    /// The answer, if no refresh is needed or none is possible.
    async fn settled<F>(&self, id: GrantId, margin: Duration) -> Result<Option<Fresh<F>>, Error> {
        Ok(match self.grant(id).await? {
            Some(grant) => self.judged(&grant, margin),
            None => Some(Fresh::Gone),
        })
    }

    fn judged<F>(&self, grant: &Grant, margin: Duration) -> Option<Fresh<F>> {
        let Some(tokens) = &grant.facts().upstream else {
            return Some(Fresh::None);
        };
        let now = self.now();
        let margin = tokens.margin(seconds(margin), grant.upstream_since());
        if tokens.ends_within(margin, now) && tokens.refresh_token.is_some() {
            return None;
        }
        Some(if tokens.ends_within(0, now) {
            Fresh::Ended
        } else {
            Fresh::Token(Box::new(grant.clone()))
        })
    }
}

impl UpstreamTokens {
    /// The tokens after a refresh: what the provider left out stays as it was (RFC 6749 section 6).
    fn followed_by(self, new: Renewed) -> Renewed {
        let Renewed {
            tokens: new,
            id_token,
        } = new;
        let tokens = Self {
            refresh_expires_at: match new.refresh_token {
                Some(_) => new.refresh_expires_at.or(self.refresh_expires_at),
                None => self.refresh_expires_at,
            },
            refresh_token: new.refresh_token.or(self.refresh_token),
            scopes: new.scopes.or(self.scopes),
            ..new
        };
        Renewed { tokens, id_token }
    }
}
