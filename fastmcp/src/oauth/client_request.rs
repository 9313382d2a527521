//! What a client posts to the token and the revocation endpoint: one form, read strictly.
//!
//! No parameter in the query, none twice, the right media type, no more than [`MAX_BODY`]; then the
//! client proves itself (`client_auth.rs`). Nothing is looked up before that.

use std::sync::Arc;

use axum::extract::Request;
use http::HeaderMap;

use super::error::{Code, Error};
use super::form::{BodyError, Form, has_type, read_body};
use super::{Inner, client_auth};
use crate::audit::{self, AuditEvent, AuditId};

/// Longest body that is read.
const MAX_BODY: usize = 64 * 1024;

/// The headers and the form of `request`.
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
            BodyError::Late => Error::late(Code::InvalidRequest),
        })?;
    let form = Form::parse(&body).map_err(|error| Error::request(error.words()))?;
    if form.doubles_any() {
        return Err(Error::request("a parameter is there more than once"));
    }
    Ok((head.headers, form))
}

/// Answers a request at which somebody could guess: whoever guesses wrong too often has to wait.
///
/// By address nobody is heard any more for a while; by client only the wrong guesses are told so,
/// because anyone can fail in its name.
pub(super) async fn guarded<T>(
    inner: &Arc<Inner>,
    request: Request,
    answer: impl AsyncFnOnce(&Arc<Inner>, &HeaderMap, &Form) -> Result<T, Error>,
) -> Result<T, Error> {
    let limited = |limit, client: Option<&str>| {
        let client = client.map(AuditId::of);
        inner.parts.tell(AuditEvent::RateLimited { limit, client });
    };
    let by = audit::caller();
    inner.limits.may_try(by).map_err(|exceeded| {
        limited("failures", None);
        Error::too_many(exceeded.wait)
    })?;
    let (headers, form) = read(request).await?;
    let error = match answer(inner, &headers, &form).await {
        Ok(answered) => return Ok(answered),
        Err(error) => error,
    };
    if !matches!(error.code(), Code::InvalidClient | Code::InvalidGrant) {
        return Err(error);
    }
    let client = client_auth::named(&headers, &form);
    let failed = inner.limits.failed(by, client.as_deref());
    Err(match failed {
        Ok(()) => error,
        Err(exceeded) => {
            limited("failures", client.as_deref());
            Error::too_many(exceeded.wait)
        }
    })
}
