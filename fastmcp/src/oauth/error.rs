//! An OAuth error: a code for programs, words for developers, a cause for the log.
//!
//! The three have three readers and are three fields. The words are constants of ours: nothing
//! that a client, a provider or a store said is repeated. The cause is written to the log with a
//! reference, and the client gets the reference.
//!
//! `invalid_grant` and `invalid_client` make clients throw credentials away, so a fault of ours or
//! of the provider is never one of them: it is `temporarily_unavailable` with 503 and
//! `Retry-After`.

use std::fmt;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::ledger;

/// What a client is challenged with that tried HTTP Basic.
const BASIC: &str = "Basic realm=\"oauth\", charset=\"UTF-8\"";
/// After how many seconds to try again, where nobody knows better.
const RETRY_AFTER_SECONDS: u64 = 5;

/// Error codes of RFC 6749 sections 4.1.2.1 and 5.2, RFC 7591 section 3.2.2, RFC 8707 section 2
/// and OpenID Connect Core section 3.1.2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Code {
    AccessDenied,
    InteractionRequired,
    InvalidClient,
    InvalidClientMetadata,
    InvalidGrant,
    InvalidRedirectUri,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    RequestNotSupported,
    RequestUriNotSupported,
    ServerError,
    TemporarilyUnavailable,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
}

impl Code {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InteractionRequired => "interaction_required",
            Self::InvalidClient => "invalid_client",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
        }
    }
}

/// An error answered in JSON (RFC 6749 section 5.2).
#[derive(Debug)]
pub(super) struct Error {
    code: Code,
    status: StatusCode,
    words: &'static str,
    cause: Option<String>,
    retry_after: Option<u64>,
    challenge: Option<&'static str>,
}

impl Error {
    /// The client's mistake: 400, or 401 for `invalid_client`.
    pub(super) fn new(code: Code, words: &'static str) -> Self {
        let status = match code {
            Code::InvalidClient => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self {
            code,
            status,
            words,
            cause: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// `invalid_request`.
    pub(super) fn request(words: &'static str) -> Self {
        Self::new(Code::InvalidRequest, words)
    }

    /// `invalid_grant`.
    pub(super) fn grant(words: &'static str) -> Self {
        Self::new(Code::InvalidGrant, words)
    }

    /// `invalid_client`; with `WWW-Authenticate: Basic` where the client tried that header
    /// (RFC 6749 section 5.2).
    pub(super) fn client(words: &'static str, used_header: bool) -> Self {
        Self {
            challenge: used_header.then_some(BASIC),
            ..Self::new(Code::InvalidClient, words)
        }
    }

    /// `invalid_token`: 401 with `WWW-Authenticate: Bearer` (RFC 6750 section 3.1).
    pub(super) fn bearer(words: &'static str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Some("Bearer error=\"invalid_token\""),
            ..Self::new(Code::InvalidToken, words)
        }
    }

    /// A body longer than the endpoint reads: 413.
    pub(super) fn too_large(code: Code) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::new(code, "the request body is too long")
        }
    }

    /// A body that did not arrive in time: 408.
    pub(super) fn late(code: Code) -> Self {
        Self::new(code, "the request body took too long").with_status(StatusCode::REQUEST_TIMEOUT)
    }

    /// Whoever asks has asked too often: 429 with `Retry-After`.
    pub(super) fn too_many(wait: Duration) -> Self {
        let words = "too many requests; wait as long as Retry-After says";
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(whole_seconds(wait)),
            ..Self::new(Code::TemporarilyUnavailable, words)
        }
    }

    /// A fault that will pass: 503 with `Retry-After`.
    pub(super) fn unavailable(
        words: &'static str,
        retry_after: Option<Duration>,
        cause: impl fmt::Display,
    ) -> Self {
        let seconds = retry_after.map_or(RETRY_AFTER_SECONDS, whole_seconds);
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            cause: Some(cause.to_string()),
            retry_after: Some(seconds),
            ..Self::new(Code::TemporarilyUnavailable, words)
        }
    }

    /// A fault of ours that will not pass by itself: 500 with a reference into the log.
    pub(super) fn internal(cause: impl fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            cause: Some(cause.to_string()),
            ..Self::new(Code::ServerError, "the server could not finish the request")
        }
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same with the time after which to try again, if there is one.
    pub(super) fn with_retry_after(self, wait: Option<Duration>) -> Self {
        Self {
            retry_after: wait.map(whole_seconds),
            ..self
        }
    }

    /// The same with a cause for the log.
    pub(super) fn with_cause(self, cause: Option<String>) -> Self {
        Self { cause, ..self }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// Writes the cause to the log, if there is one, and gives its reference.
    pub(super) fn log(&self) -> Option<String> {
        let cause = self.cause.as_deref()?;
        let reference = reference();
        tracing::error!(%reference, code = self.code.as_str(), cause, "request failed");
        Some(reference)
    }
}

/// `Retry-After` in whole seconds: who comes a moment early is sent away again.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + begun).max(1)
}

/// A short id that joins an answer to its line in the log; it is no secret and proves nothing.
fn reference() -> String {
    let bytes = crate::parts::Random::system().bytes::<4>();
    format!("{:08x}", u32::from_be_bytes(bytes))
}

impl From<ledger::Error> for Error {
    fn from(error: ledger::Error) -> Self {
        Self::unavailable(
            "the server's storage is out of reach; try again in a moment",
            None,
            error,
        )
    }
}

#[derive(Serialize)]
struct Body {
    error: Code,
    error_description: String,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let error_description = match self.log() {
            Some(reference) => format!("{} (reference {reference})", self.words),
            None => self.words.to_owned(),
        };
        let body = Body {
            error: self.code,
            error_description,
        };
        let mut response = json(self.status, &body);
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// A JSON answer that nobody keeps.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Our own bodies have text keys and finite numbers, which always serialize.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let content_type = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    private((status, [content_type], body).into_response())
}

/// Marks an answer as nobody's to keep or to guess the type of.
pub(super) fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_mistake_is_400_and_an_unknown_client_401() {
        let response = Error::grant("spent").into_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
        let response = Error::client("unknown", false).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
        let response = Error::client("wrong", true).into_response();
        assert!(response.headers().contains_key(WWW_AUTHENTICATE));
    }

    #[test]
    fn a_fault_says_when_to_come_back_and_never_why() {
        let wait = Some(Duration::from_millis(300));
        let error = Error::unavailable("later", wait, "disk /var/x is full");
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
    }

    #[test]
    fn codes_are_spelled_alike_everywhere() {
        for code in [Code::InvalidClientMetadata, Code::RequestUriNotSupported] {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.as_str()));
        }
    }

    #[test]
    fn whoever_comes_back_when_told_to_is_not_early() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (2000, 2), (2001, 3)] {
            let wait = Duration::from_millis(millis);
            assert_eq!(whole_seconds(wait), seconds, "{millis} ms");
        }
    }
}
