//! What a client posts to the token and the revocation endpoint: one form, read strictly.
//!
//! No parameter in the query, none twice, the right media type, no more than [`MAX_BODY`]; then the
//! client proves itself (`client_auth.rs`). Nothing is looked up before that.

use axum::extract::Request;
use http::HeaderMap;

use super::error::{Code, Error};
use super::form::{BodyError, Form, has_type, read_body};

/// Longest body that is read.
const MAX_BODY: usize = 64 * 1024;

/// The headers and the form of `request`.
pub(super) async fn read(request: Request) -> Result<(HeaderMap, Form), Error> {
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
