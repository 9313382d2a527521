//! What a successful token request gives (RFC 6749 section 5.1): the same for a code and for a
//! refresh token.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::PRAGMA;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::Inner;
use super::authorization_request::names_resource;
use super::error::{Code, Error, json};
use super::form::Form;
use crate::ledger::{Client, Grant, Passed};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::Scopes;
use crate::token::AccessClaims;

/// Checks a `resource` parameter (RFC 8707 section 2.2) against the one that tokens are for; it
/// may be left out.
pub(super) fn check_resource(inner: &Inner, form: &Form) -> Result<(), Error> {
    if names_resource(form.get("resource"), &inner.settings) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidTarget,
        "`resource` is not the MCP endpoint of this server",
    ))
}

/// A successful answer (RFC 6749 section 5.1).
pub(super) struct Granted {
    access_token: Secret,
    refresh_token: Option<Secret>,
    expires_in: u64,
    scope: Scopes,
}

/// The note that goes with the provider's token where the server passes it through; written
/// before [`grant_tokens`] hands it out.
pub(super) fn passed(inner: &Inner, grant: &Grant, scopes: &Scopes) -> Option<Passed> {
    let is_passed = !inner.settings.enable_token_swap && grant.facts().upstream.is_some();
    is_passed.then(|| Passed {
        grant: grant.id(),
        scopes: scopes.clone(),
        expires_at: ends(inner, grant),
    })
}

/// When an access token that is made now ends.
fn ends(inner: &Inner, grant: &Grant) -> UnixSeconds {
    let now = inner.parts.clock.now();
    let upstream = grant.facts().upstream.as_ref();
    let upstream_life = upstream
        .and_then(|tokens| tokens.expires_at)
        .map(|ends| Duration::from_secs(ends.saturating_sub(now)));
    let life = inner.settings.access_life(upstream_life).as_secs();
    (now + life).min(grant.expires_at())
}

/// Makes the answer: an access token of ours for `scope`, or the provider's where the server
/// passes it through.
pub(super) fn grant_tokens(
    inner: &Inner,
    client: &Client,
    grant: &Grant,
    scope: Scopes,
    refresh_token: Secret,
) -> Result<Granted, Error> {
    let now = inner.parts.clock.now();
    let expires_at = ends(inner, grant);
    let access_token = match &grant.facts().upstream {
        Some(tokens) if !inner.settings.enable_token_swap => tokens.access_token.clone(),
        _ => {
            let claims = AccessClaims {
                iss: inner.settings.base_url.as_str().to_owned(),
                aud: inner.settings.resource.as_str().to_owned(),
                sub: grant.facts().subject.clone(),
                client_id: client.id().to_owned(),
                scope: scope.clone(),
                jti: inner.parts.random.token(),
                iat: now,
                exp: expires_at,
                grant: grant.id().to_text(),
                extra: grant.facts().claims.clone(),
            };
            inner.issuer.mint(&claims).map_err(Error::internal)?
        }
    };
    let bound = grant.binding().published.as_ref();
    let metadata = bound.unwrap_or(client.metadata());
    Ok(Granted {
        access_token,
        refresh_token: Some(refresh_token).filter(|_| metadata.may_refresh),
        expires_in: expires_at.saturating_sub(now),
        scope,
    })
}

impl IntoResponse for Granted {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            access_token: &'a str,
            token_type: &'static str,
            expires_in: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            refresh_token: Option<&'a str>,
            scope: String,
        }
        let body = Body {
            access_token: self.access_token.expose(),
            token_type: "Bearer",
            expires_in: self.expires_in,
            refresh_token: self.refresh_token.as_ref().map(Secret::expose),
            scope: self.scope.to_string(),
        };
        let mut response = json(StatusCode::OK, &body);
        let no_cache = HeaderValue::from_static("no-cache");
        response.headers_mut().insert(PRAGMA, no_cache);
        response
    }
}
