//! `POST /oauth/token` (RFC 6749 section 3.2): a code or a refresh token becomes tokens.
//!
//! Read strictly first: no parameter in the query, none twice, the right media type, a known
//! client. Only then is the ledger asked for a transition, so bad input spends nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::PRAGMA;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use super::client_auth::authenticate;
use super::error::{Code, Error, json};
use super::form::{BodyError, Form, has_type, read_body};
use super::{Inner, code, refresh};
use crate::ledger::{Client, Grant, Passed};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::{Resource, Scopes};
use crate::token::AccessClaims;

/// Longest body that is read.
const MAX_BODY: usize = 64 * 1024;

/// Answers a token request.
pub(super) async fn token(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    match answer(&inner, request).await {
        Ok(granted) => granted.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn answer(inner: &Inner, request: Request) -> Result<Granted, Error> {
    let (headers, form) = read(request).await?;
    let Some(grant_type) = form.get("grant_type") else {
        return Err(Error::request("`grant_type` is missing"));
    };
    let is_code = match grant_type {
        "authorization_code" => true,
        "refresh_token" => false,
        _ => {
            return Err(Error::new(
                Code::UnsupportedGrantType,
                "`grant_type` must be `authorization_code` or `refresh_token`",
            ));
        }
    };
    let client = authenticate(inner, &headers, &form).await?;
    let granted = if is_code {
        code::redeem(inner, &client, &form).await?
    } else {
        refresh::refresh(inner, &client, &form).await?
    };
    // Only the end of the registration depends on it; a fault must not lose the tokens.
    if let Err(error) = inner.ledger.client_used(&client).await {
        tracing::warn!(%error, "the use of a client was not noted");
    }
    Ok(granted)
}

async fn read(request: Request) -> Result<(HeaderMap, Form), Error> {
    let (head, body) = request.into_parts();
    if head.uri.query().is_some_and(|query| !query.is_empty()) {
        return Err(Error::request(
            "parameters belong into the body, never into the address",
        ));
    }
    if !has_type(&head.headers, "application/x-www-form-urlencoded") {
        return Err(Error::request(
            "the body must be `application/x-www-form-urlencoded` in UTF-8",
        ));
    }
    let body = read_body(&head.headers, body, MAX_BODY)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Error::too_large(Code::InvalidRequest),
            BodyError::Broken => Error::request("the request body broke off"),
        })?;
    let form = Form::parse(&body).map_err(|error| Error::request(error.words()))?;
    if form.doubles_any() {
        return Err(Error::request("a parameter is there more than once"));
    }
    Ok((head.headers, form))
}

/// Checks a `resource` parameter (RFC 8707 section 2.2) against the one that tokens are for; it
/// may be left out.
pub(super) fn check_resource(inner: &Inner, form: &Form) -> Result<(), Error> {
    let Some(resource) = form.get("resource") else {
        return Ok(());
    };
    let named = Resource::parse(resource);
    if named.is_ok_and(|named| inner.settings.resource.covers(&named)) {
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
    Ok(Granted {
        access_token,
        refresh_token: Some(refresh_token).filter(|_| client.metadata().may_refresh),
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
