//! The caller of a guarded route, as an argument of its handler.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;

use super::{Guard, Refusal};
use crate::auth::AuthSession;

/// Left with the request by the guard that let it through.
#[derive(Clone)]
pub(super) struct Passed(pub(super) Guard);

/// The signed-in caller of a route behind a [`Guard`]. Where its rule lets strangers in, they are
/// asked to sign in by a 401; take an `Option<AuthSession>` to answer them too. On a route without a
/// guard nobody is known: that is a mistake of the program, answered with 500 and logged.
impl<S: Sync> FromRequestParts<S> for AuthSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        if let Some(session) = parts.extensions.get::<Self>() {
            return Ok(session.clone());
        }
        if let Some(Passed(guard)) = parts.extensions.get::<Passed>() {
            return Err(guard.refuse(&Refusal::SignIn));
        }
        let path = parts.uri.path();
        tracing::error!(
            path,
            "a handler takes an `AuthSession`, but no guard stands before it"
        );
        Err(StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

/// The caller, or nobody.
impl<S: Sync> OptionalFromRequestParts<S> for AuthSession {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}
