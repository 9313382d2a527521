//! The upstream tokens of a grant, kept fresh: one refresh per grant at a time, on all nodes.
//!
//! Who finds the token about to expire takes the grant's lease, looks again, refreshes, writes the
//! new tokens into the grant and releases the lease; everyone else waits and then reads. The write
//! is fenced: it lands only if nobody has written newer upstream tokens since they were read.

use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::handle::GrantId;
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

/// Answer to [`Ledger::fresh_upstream`].
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
    /// it would not.
    pub async fn fresh_upstream<F, A, R>(
        &self,
        id: GrantId,
        margin: Duration,
        refresh: R,
    ) -> Result<Fresh<F>, Error>
    where
        R: FnOnce(Secret) -> A + Send,
        A: Future<Output = Result<UpstreamTokens, F>> + Send,
    {
        if let Some(settled) = self.settled(id, margin).await? {
            return Ok(settled);
        }
        let _local = self.0.refreshing.lock(id).await;
        let Some(lease) = self.lease(id, || self.settled(id, margin)).await? else {
            return Err(Error::unavailable(
                "another node is refreshing for too long",
            ));
        };
        let held = match lease {
            super::lease::Leased::Held(held) => held,
            super::lease::Leased::Meanwhile(settled) => return Ok(settled),
        };
        let answer = self.refresh_under_lease(id, margin, refresh).await;
        self.release(held).await;
        answer
    }

    async fn refresh_under_lease<F, A, R>(
        &self,
        id: GrantId,
        margin: Duration,
        refresh: R,
    ) -> Result<Fresh<F>, Error>
    where
        R: FnOnce(Secret) -> A + Send,
        A: Future<Output = Result<UpstreamTokens, F>> + Send,
    {
        if let Some(waiting) = self.0.unsaved.take(id) {
            self.keep_upstream(id, waiting).await?;
        }
        if let Some(settled) = self.settled(id, margin).await? {
            return Ok(settled);
        }
        let Some((grant, _)) = self.live_grant(id).await? else {
            return Ok(Fresh::Gone);
        };
        let old = grant.facts().upstream.clone();
        let Some((old, token)) = old.and_then(|old| {
            let token = old.refresh_token.clone()?;
            Some((old, token))
        }) else {
            return Ok(Fresh::None);
        };
        let new = match refresh(token).await {
            Ok(new) => new,
            Err(failure) => return self.unless_overtaken(&grant, failure).await,
        };
        let waiting = Waiting {
            seen: grant.upstream_generation(),
            tokens: old.followed_by(new),
            grant_ends: grant.expires_at(),
        };
        self.keep_upstream(id, waiting)
            .await
            .map(|kept| kept.map_or(Fresh::Gone, |grant| Fresh::Token(Box::new(grant))))
    }

    /// A failure says nothing about the grant if somebody has refreshed it meanwhile: the token that
    /// was refused is then an old one, which providers that rotate refuse to everyone.
    async fn unless_overtaken<F>(&self, seen: &Grant, failure: F) -> Result<Fresh<F>, Error> {
        Ok(match self.grant(seen.id()).await? {
            Some(grant) if grant.upstream_generation() == seen.upstream_generation() => {
                Fresh::Failed(failure)
            }
            Some(grant) => Fresh::Token(Box::new(grant)),
            None => Fresh::Gone,
        })
    }

    /// Writes new upstream tokens into the grant; where the store fails, they wait for it.
    async fn keep_upstream(&self, id: GrantId, waiting: Waiting) -> Result<Option<Grant>, Error> {
        let kept = self.write_upstream(id, waiting.seen, &waiting.tokens).await;
        if kept.is_err() {
            self.0.unsaved.keep(id, waiting, self.now());
        }
        kept
    }

    /// Writes new upstream tokens into the grant, whatever else has changed in it meanwhile,
    /// unless somebody has written newer ones.
    async fn write_upstream(
        &self,
        id: GrantId,
        seen: u32,
        tokens: &UpstreamTokens,
    ) -> Result<Option<Grant>, Error> {
        loop {
            let Some((mut grant, expected)) = self.live_grant(id).await? else {
                return Ok(None);
            };
            if grant.upstream_generation() != seen {
                return Ok(Some(grant));
            }
            grant.set_upstream(tokens.clone(), self.now());
            if let Put::Done(_) = self.put_grant(&grant, expected).await? {
                return Ok(Some(grant));
            }
        }
    }

    /// The answer, if no refresh is needed or none is possible.
    async fn settled<F>(&self, id: GrantId, margin: Duration) -> Result<Option<Fresh<F>>, Error> {
        let Some(grant) = self.grant(id).await? else {
            return Ok(Some(Fresh::Gone));
        };
        let Some(tokens) = &grant.facts().upstream else {
            return Ok(Some(Fresh::None));
        };
        let now = self.now();
        if !tokens.ends_within(tokens.margin(seconds(margin), grant.upstream_since()), now) {
            return Ok(Some(Fresh::Token(Box::new(grant))));
        }
        if tokens.refresh_token.is_some() {
            return Ok(None);
        }
        Ok(Some(if tokens.ends_within(0, now) {
            Fresh::Ended
        } else {
            Fresh::Token(Box::new(grant))
        }))
    }
}

impl UpstreamTokens {
    /// The tokens after a refresh: what the provider left out stays as it was (RFC 6749 section 6).
    fn followed_by(self, new: Self) -> Self {
        Self {
            refresh_expires_at: match new.refresh_token {
                Some(_) => new.refresh_expires_at.or(self.refresh_expires_at),
                None => self.refresh_expires_at,
            },
            refresh_token: new.refresh_token.or(self.refresh_token),
            scopes: new.scopes.or(self.scopes),
            ..new
        }
    }
}
