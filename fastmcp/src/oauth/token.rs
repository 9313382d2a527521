//! `POST /oauth/token` (RFC 6749 section 3.2): a code or a refresh token becomes tokens.
//!
//! Read strictly first: no parameter in the query, none twice, the right media type, a known
//! client. Only then is the ledger asked for a transition, so bad input spends nothing.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::client_auth::authenticate;
use super::error::{Code, Error};
use super::form::{BodyError, Form, has_type, read_body};
use super::granted::Granted;
use super::{Inner, code, refresh};

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
