//! The proxy as [`Authenticator`]: token → grant → session.
//!
//! A verified token is remembered, up to [`REMEMBERED`] of them, so a warm call costs one hash and
//! one look-up: no signature, no store, no network. Its grant is looked at again after
//! [`WINDOW`], which bounds how long a revocation on another node goes unseen; a revocation on
//! this node is seen at once, because the ledger counts them and a count that moved makes every
//! remembered look stale.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::Inner;
use super::fresh::{For, Stale, fresh};
use crate::auth::{
    AuthSession, Authenticator, Principal, TokenSource, TokenUnavailable, Unauthenticated,
};
use crate::ledger::{self, Grant, GrantId, UpstreamTokens};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::Scopes;

/// How many verified tokens are remembered.
const REMEMBERED: u64 = 20_000;
/// For how many seconds a look at a grant counts.
const WINDOW: UnixSeconds = 5;
/// Longest token that is looked at.
const LONGEST: usize = 8 * 1024;
/// When to try again while the store is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Turns access tokens of the proxy into sessions.
pub(super) struct Bearer {
    inner: Arc<Inner>,
    resource_metadata: String,
    known: Cache<[u8; 32], Known>,
}

/// A verified token.
#[derive(Clone)]
struct Known {
    session: AuthSession,
    token: Arc<Token>,
    looked_at: UnixSeconds,
    changes: u64,
}

/// What is remembered of a token, and when that was looked up.
struct Recalled {
    key: [u8; 32],
    now: UnixSeconds,
    changes: u64,
    known: Option<Known>,
}

/// What a verified token says.
pub(super) struct Token {
    pub(super) grant: GrantId,
    /// Its `jti`; the provider's own tokens have none that means something here.
    pub(super) jti: Option<String>,
    client_id: Option<String>,
    scopes: Scopes,
    pub(super) expires_at: UnixSeconds,
}

impl Bearer {
    pub(super) fn new(inner: Arc<Inner>, resource_metadata: String) -> Self {
        Self {
            inner,
            resource_metadata,
            known: Cache::new(REMEMBERED),
        }
    }

    /// What is remembered of a token, without a wait.
    fn recall(&self, token: &str) -> Recalled {
        let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        Recalled {
            key,
            now: self.inner.parts.clock.now(),
            // Read before the grant is: a change in between then makes this look stale.
            changes: self.inner.ledger.changes(),
            known: self.known.get(&key),
        }
    }

    /// The session of a token of which nothing current is remembered.
    async fn session(
        &self,
        token: &str,
        recalled: Recalled,
    ) -> Result<AuthSession, Unauthenticated> {
        let Recalled {
            key,
            now,
            changes,
            known,
        } = recalled;
        let token = match known {
            Some(known) if now < known.token.expires_at => known.token,
            _ => Arc::new(self.verified(token).await?),
        };
        let Some(session) = self.look(&token).await? else {
            self.known.invalidate(&key);
            return Err(Unauthenticated::InvalidToken);
        };
        let known = Known {
            session: session.clone(),
            token,
            looked_at: now,
            changes,
        };
        self.known.insert(key, known);
        Ok(session)
    }

    async fn verified(&self, token: &str) -> Result<Token, Unauthenticated> {
        let verified = verified(&self.inner, token).await;
        let verified = verified.map_err(|error| unavailable(&error))?;
        if verified.is_none() && self.inner.ledger.is_left_behind() {
            tracing::error!("a token may be of a key that this server does not have");
            return Err(Unauthenticated::Unavailable {
                retry_after: RETRY_AFTER,
            });
        }
        verified.ok_or(Unauthenticated::InvalidToken)
    }

    /// The session of a verified token, if its grant lives.
    async fn look(&self, token: &Token) -> Result<Option<AuthSession>, Unauthenticated> {
        let grant = self.inner.ledger.grant(token.grant).await;
        let Some(grant) = grant.map_err(|error| unavailable(&error))? else {
            return Ok(None);
        };
        let binding = grant.binding();
        let client_id = &binding.client_id;
        if token.client_id.as_ref().is_some_and(|id| id != client_id) {
            return Ok(None);
        }
        if let Some(jti) = &token.jti {
            let revoked = self.inner.ledger.is_access_token_revoked(jti).await;
            if revoked.map_err(|error| unavailable(&error))? {
                return Ok(None);
            }
        }
        // A passed token says nothing about its audience; its grant does.
        if !self.inner.owns(&grant) {
            return Ok(None);
        }
        Ok(Some(self.session_of(token, &grant)))
    }

    fn session_of(&self, token: &Token, grant: &Grant) -> AuthSession {
        let facts = grant.facts();
        let principal = Principal {
            subject: facts.subject.clone(),
            client_id: grant.binding().client_id.clone(),
            scopes: token.scopes.intersection(&facts.scopes).as_set().clone(),
            roles: facts.roles.clone(),
            claims: facts.claims.clone(),
            expires_at: token.expires_at,
        };
        let source = GrantTokens {
            inner: Arc::clone(&self.inner),
            grant: token.grant,
        };
        AuthSession::new(principal, Some(Arc::new(source)))
    }

    /// The upstream tokens behind an access token of ours, fresh.
    pub(super) async fn upstream_tokens(
        &self,
        token: &str,
    ) -> Result<UpstreamTokens, TokenUnavailable> {
        let no_session = |error| match error {
            Unauthenticated::InvalidToken => TokenUnavailable::SignInAgain,
            Unauthenticated::Unavailable { .. } => TokenUnavailable::Unavailable,
        };
        let verified = self.verified(token).await.map_err(no_session)?;
        let session = self.look(&verified).await.map_err(no_session)?;
        session.ok_or(TokenUnavailable::SignInAgain)?;
        upstream_tokens(&self.inner, verified.grant).await
    }
}

/// What the token says, if it is one of ours and has not ended; its grant may have.
pub(super) async fn verified(inner: &Inner, token: &str) -> Result<Option<Token>, ledger::Error> {
    if !inner.settings.enable_token_swap {
        let passed = inner.ledger.passed(token).await?;
        return Ok(passed.map(|passed| Token {
            grant: passed.grant,
            jti: None,
            client_id: None,
            scopes: passed.scopes,
            expires_at: passed.expires_at,
        }));
    }
    let audience = inner.settings.resource.as_str();
    let claims = inner.issuer.verify(token, audience);
    Ok(claims.and_then(|claims| {
        Some(Token {
            grant: GrantId::from_text(&claims.grant)?,
            jti: Some(claims.jti),
            client_id: Some(claims.client_id),
            scopes: claims.scope,
            expires_at: claims.exp,
        })
    }))
}

impl Recalled {
    /// The session, if nothing has to be asked anew.
    fn current(&self) -> Option<&AuthSession> {
        let known = self.known.as_ref()?;
        let is_current = self.now < known.token.expires_at
            && self.now.saturating_sub(known.looked_at) < WINDOW
            && self.changes == known.changes;
        is_current.then_some(&known.session)
    }
}

fn unavailable(error: &ledger::Error) -> Unauthenticated {
    tracing::error!(%error, "a token could not be checked");
    Unauthenticated::Unavailable {
        retry_after: RETRY_AFTER,
    }
}

impl Authenticator for Bearer {
    fn remembered(&self, token: &str) -> Option<AuthSession> {
        if token.len() > LONGEST {
            return None;
        }
        self.recall(token).current().cloned()
    }

    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        if token.len() > LONGEST {
            return Box::pin(ready(Err(Unauthenticated::InvalidToken)));
        }
        // The way to the store is a large future, and a warm call does not go it.
        let recalled = self.recall(token);
        match recalled.current() {
            Some(session) => Box::pin(ready(Ok(session.clone()))),
            None => Box::pin(self.session(token, recalled)),
        }
    }

    fn resource_metadata(&self) -> &str {
        &self.resource_metadata
    }
}

/// The upstream tokens of one grant.
struct GrantTokens {
    inner: Arc<Inner>,
    grant: GrantId,
}

impl TokenSource for GrantTokens {
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, TokenUnavailable>> {
        Box::pin(async {
            let tokens = upstream_tokens(&self.inner, self.grant).await?;
            Ok(tokens.access_token)
        })
    }
}

async fn upstream_tokens(
    inner: &Inner,
    grant: GrantId,
) -> Result<UpstreamTokens, TokenUnavailable> {
    match fresh(inner, grant, For::Call).await {
        Ok(Some(grant)) => {
            let tokens = grant.facts().upstream.clone();
            tokens.ok_or(TokenUnavailable::None)
        }
        Ok(None) => Err(TokenUnavailable::None),
        Err(Stale::SignInAgain) => Err(TokenUnavailable::SignInAgain),
        Err(Stale::Provider(error)) => {
            tracing::warn!(%error, "an upstream token could not be refreshed");
            still_good(inner, grant)
                .await
                .ok_or(TokenUnavailable::Unavailable)
        }
        Err(Stale::Store(error)) => {
            tracing::error!(%error, "an upstream token could not be loaded");
            Err(TokenUnavailable::Unavailable)
        }
    }
}

/// The tokens that could not be refreshed, while they have not ended: an outage of the provider is
/// then nobody's concern yet.
async fn still_good(inner: &Inner, grant: GrantId) -> Option<UpstreamTokens> {
    let grant = inner.ledger.grant(grant).await.ok()??;
    let now = inner.parts.clock.now();
    let tokens = grant.facts().upstream.clone();
    tokens.filter(|tokens| tokens.expires_at.is_none_or(|ends| now < ends))
}
