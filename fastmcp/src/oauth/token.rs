//! `POST /oauth/token` (RFC 6749 section 3.2): a code or a refresh token becomes tokens.
//!
//! Read strictly first (`client_request.rs`), then the client must prove itself. Only then is the
//! ledger asked for a transition, so bad input spends nothing.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::client_auth::authenticate;
use super::client_request::guarded;
use super::error::{Code, Error};
use super::form::Form;
use super::granted::Granted;
use super::{Inner, code, refresh};

/// Answers a token request.
pub(super) async fn token(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    match guarded(&inner, request, answer).await {
        Ok(granted) => granted.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn answer(inner: &Arc<Inner>, headers: &HeaderMap, form: &Form) -> Result<Granted, Error> {
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
    let client = authenticate(inner, headers, form).await?;
    let granted = if is_code {
        code::redeem(inner, &client, form).await?
    } else {
        refresh::refresh(inner, &client, form).await?
    };
    // Only the end of the registration depends on it; a fault must not lose the tokens.
    if let Err(error) = inner.ledger.client_used(&client).await {
        tracing::warn!(%error, "the use of a client was not noted");
    }
    Ok(granted)
}
