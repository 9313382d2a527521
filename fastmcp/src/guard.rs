//! Who is at the door: the bearer check of the MCP edge, also as a layer for the user's own
//! routes.
//!
//! `Authorization` is the only place a token is looked for; what stands in a query, a body or a
//! cookie never counts. No token and a token of another scheme are the same (nobody is signed
//! in); a token that is presented must be good, even where none is needed, so that a client
//! learns of its stale token. A fault of store or provider is 503, never 401: clients throw
//! credentials away on that.
//!
//! A server puts it before routes by itself: `.route("/export", Rule::Role("admin"), get(export))`,
//! see [`Server::route`](crate::server::Server::route). Elsewhere it is a `tower` layer, from
//! [`Server::guard`](crate::server::Server::guard) or, without a server of ours, by hand:
//!
//! ```
//! use axum::{Router, routing::get};
//! use fastmcp::auth::{AuthSession, Rule};
//! use fastmcp::guard::Guard;
//! # use std::sync::Arc;
//! # fn routes(authenticator: Arc<dyn fastmcp::auth::Authenticator>) -> Router {
//! Router::new()
//!     .route("/export", get(|user: AuthSession| async move { user.subject().to_owned() }))
//!     .layer(Guard::new(authenticator, Rule::Role("admin")))
//! # }
//! ```

mod extract;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use tower::{Layer, Service, ServiceExt as _};

use self::extract::Passed;
use crate::audit::{AuditEvent, AuditId};
use crate::auth::{AuthSession, Authenticator, Challenge, Rule, Unauthenticated, Verdict};
use crate::parts::Parts;

/// Why a request does not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Two tokens, or a list: which one counts is anybody's guess (400).
    Ambiguous,
    /// Nobody is signed in (401).
    SignIn,
    /// The token is no good (401).
    InvalidToken,
    /// The token could not be checked (503).
    Unavailable(Duration),
    /// The operation needs these scopes (403).
    MissingScopes(BTreeSet<String>),
    /// Not entitled, and no scope would help (403).
    Forbidden,
}

impl Refusal {
    /// The refusal that a verdict amounts to, if it is one.
    pub(crate) fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Allowed => None,
            Verdict::SignIn => Some(Self::SignIn),
            Verdict::MissingScopes(scopes) => Some(Self::MissingScopes(scopes)),
            Verdict::Forbidden => Some(Self::Forbidden),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Ambiguous => StatusCode::BAD_REQUEST,
            Self::SignIn | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::MissingScopes(_) | Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }

    /// The refusal as the audit log has it: of `item`, which a rule kept from the caller.
    pub(crate) fn event(&self, item: &'static str, session: Option<&AuthSession>) -> AuditEvent {
        AuditEvent::AccessRefused {
            item,
            client: session.map(|session| AuditId::of(session.client_id())),
            subject: session.map(|session| AuditId::of(session.subject())),
            reason: self.reason(),
        }
    }

    /// The refusal in a word, for the audit log.
    fn reason(&self) -> &'static str {
        match self {
            Self::Ambiguous => "ambiguous_token",
            Self::SignIn => "sign_in",
            Self::InvalidToken => "invalid_token",
            Self::Unavailable(_) => "unavailable",
            Self::MissingScopes(_) => "insufficient_scope",
            Self::Forbidden => "forbidden",
        }
    }

    /// The words for the client.
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Ambiguous => "send exactly one bearer token",
            Self::SignIn => "sign in first",
            Self::InvalidToken => "the token is not valid here; sign in again",
            Self::Unavailable(_) => "the token cannot be checked at the moment; try again",
            Self::MissingScopes(_) => "the operation needs more scopes",
            Self::Forbidden => "not permitted",
        }
    }

    /// Adds `WWW-Authenticate` or `Retry-After`. A sign-in asks for `offered`, a step-up for what
    /// the operation needs.
    pub(crate) fn mark(
        &self,
        headers: &mut HeaderMap,
        authenticator: &dyn Authenticator,
        offered: &BTreeSet<String>,
    ) {
        let (challenge, scopes) = match self {
            Self::SignIn => (Challenge::SignIn, offered),
            Self::InvalidToken => (Challenge::InvalidToken, offered),
            Self::MissingScopes(scopes) => (Challenge::InsufficientScope, scopes),
            Self::Unavailable(after) => {
                headers.insert(RETRY_AFTER, after.as_secs().max(1).into());
                return;
            }
            Self::Ambiguous | Self::Forbidden => return,
        };
        let value = challenge.header(authenticator.resource_metadata(), scopes);
        headers.insert(WWW_AUTHENTICATE, value);
    }
}

/// The bearer token of a request, if it carries one.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() || value.as_bytes().contains(&b',') {
        return Err(Refusal::Ambiguous);
    }
    let Ok(value) = value.to_str() else {
        return Err(Refusal::InvalidToken);
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Ok(None);
    }
    if !is_b64token(token) {
        return Err(Refusal::InvalidToken);
    }
    Ok(Some(token))
}

/// The session of a request: `None` if nobody is signed in.
pub(crate) async fn admit(
    authenticator: &dyn Authenticator,
    headers: &HeaderMap,
) -> Result<Option<AuthSession>, Refusal> {
    if let Some(session) = remembered(authenticator, headers) {
        return Ok(Some(session));
    }
    let Some(token) = bearer(headers)? else {
        return Ok(None);
    };
    match authenticator.authenticate(token).await {
        Ok(session) => Ok(Some(session)),
        Err(Unauthenticated::InvalidToken) => Err(Refusal::InvalidToken),
        Err(Unauthenticated::Unavailable { retry_after }) => Err(Refusal::Unavailable(retry_after)),
    }
}

/// The session of a token that is known to the letter, and so to be well-formed.
fn remembered(authenticator: &dyn Authenticator, headers: &HeaderMap) -> Option<AuthSession> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let token = value.as_bytes().strip_prefix(b"Bearer ")?;
    authenticator.remembered(std::str::from_utf8(token).ok()?)
}

/// RFC 6750 section 2.1. Every byte is looked at, whatever the ones before it were: so the compiler
/// can take many at once, and tokens are hundreds of bytes long.
fn is_b64token(token: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() | matches!(b, b'-'..=b'/' | b'_' | b'~' | b'+');
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().fold(true, |all, b| all & fits(b))
}

/// A layer that lets a request through to the user's own routes if the rule permits it, with the
/// [`AuthSession`] among the request's extensions.
#[derive(Clone)]
pub struct Guard {
    authenticator: Arc<dyn Authenticator>,
    rule: Rule,
    offered: Arc<BTreeSet<String>>,
    /// Who hears of refusals, where the guard is a server's.
    told: Option<Parts>,
}

impl Guard {
    /// A guard that asks `authenticator` who is calling, and `rule` whether they may.
    /// [`Rule::Default`] stands for any signed-in user.
    pub fn new(authenticator: Arc<dyn Authenticator>, rule: Rule) -> Self {
        let offered = rule.scopes().into_iter().map(str::to_owned).collect();
        Self {
            authenticator,
            rule: rule.or_default(Rule::SignedIn),
            offered: Arc::new(offered),
            told: None,
        }
    }

    /// The same, telling the audit log of `parts` whom it refuses.
    pub(crate) fn telling(self, parts: &Parts) -> Self {
        Self {
            told: Some(parts.clone()),
            ..self
        }
    }

    async fn check(&self, headers: &HeaderMap) -> Result<Option<AuthSession>, Refusal> {
        let session = admit(&*self.authenticator, headers).await?;
        let verdict = self.rule.judge(session.as_ref()).await;
        let Some(refusal) = Refusal::of(verdict) else {
            return Ok(session);
        };
        if let Some(parts) = &self.told {
            parts.tell(refusal.event("a guarded route", session.as_ref()));
        }
        Err(refusal)
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        let body = format!(r#"{{"error":"{}"}}"#, refusal.message());
        let mut response = (refusal.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        refusal.mark(headers, &*self.authenticator, &self.offered);
        response
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            guard: self.clone(),
            inner,
        }
    }
}

/// A service behind a [`Guard`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Readiness of the inner service is awaited by `oneshot`, after the check.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let guard = self.guard.clone();
        let inner = self.inner.clone();
        Box::pin(async move {
            match guard.check(request.headers()).await {
                Ok(session) => {
                    // What came in under this name was not put there by us.
                    request.extensions_mut().remove::<AuthSession>();
                    request.extensions_mut().insert(Passed(guard));
                    if let Some(session) = session {
                        request.extensions_mut().insert(session);
                    }
                    inner.oneshot(request).await
                }
                Err(refusal) => Ok(guard.refuse(&refusal)),
            }
        })
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
