//! The token endpoint of the development provider, without HTTP.

use super::Upstream;
use super::again::Again;
use super::client::SignedIn;
use super::error::UpstreamError;
use crate::ledger::{Renewed, Told, UpstreamTokens};
use crate::provider::dev::Arrival;
use crate::provider::{Identity, Sources};
use crate::secret::Secret;

/// Lifetime of an access token, in seconds: that of most providers.
const LIFETIME: u64 = 3600;

/// What `exchange` is for other providers.
pub(super) fn exchange(
    upstream: &Upstream,
    code: &Secret,
    state: &str,
    verifier: &str,
) -> Result<SignedIn, UpstreamError> {
    let inner = &upstream.0;
    let arrival = inner
        .tickets
        .redeem(code, state, verifier)
        .ok_or(UpstreamError::Refused)?;
    let claims = arrival.user.claims();
    let sources = Sources {
        id_token: Some(claims.clone()),
        ..Sources::default()
    };
    let identity = Identity::read(&inner.provider, sources, &inner.parts.random)
        .map_err(|_| UpstreamError::BadAnswer)?;
    let tokens = tokens(upstream, &arrival)?;
    Ok(SignedIn {
        granted: tokens.scopes.clone(),
        tokens,
        identity,
        access_token_claims: None,
        id_token_claims: Some(claims),
        told: Told::default(),
    })
}

/// What `look_again` is for other providers: the refresh token knows for whom it was made.
pub(super) fn look_again(upstream: &Upstream, refresh_token: &Secret) -> Option<Again> {
    let inner = &upstream.0;
    let claims = inner.tickets.refresh(refresh_token)?.user.claims();
    let sources = Sources {
        id_token: Some(claims.clone()),
        ..Sources::default()
    };
    let identity = Identity::read(&inner.provider, sources, &inner.parts.random).ok()?;
    Some(Again {
        identity,
        access_token_claims: None,
        id_token_claims: Some(claims),
        told: Told::default(),
    })
}

/// What `refresh` is for other providers.
pub(super) fn refresh(
    upstream: &Upstream,
    refresh_token: &Secret,
) -> Result<Renewed, UpstreamError> {
    let arrival = upstream
        .0
        .tickets
        .refresh(refresh_token)
        .ok_or(UpstreamError::Refused)?;
    tokens(upstream, &arrival).map(Renewed::from)
}

fn tokens(upstream: &Upstream, arrival: &Arrival) -> Result<UpstreamTokens, UpstreamError> {
    let inner = &upstream.0;
    let refresh_token = inner
        .tickets
        .refresh_token(arrival)
        .ok_or(UpstreamError::BadAnswer)?;
    Ok(UpstreamTokens {
        access_token: inner.tickets.access_token(),
        refresh_token: Some(refresh_token),
        expires_at: Some(inner.parts.clock.now().saturating_add(LIFETIME)),
        scopes: Some(arrival.scopes.clone()),
        refresh_expires_at: None,
    })
}
