//! Answers to a browser: back to the client, on to the provider, or a page that goes nowhere.
//!
//! Two rules keep an authorization server from being a redirector: an error before client and
//! redirect URI are known to belong together is a page ([`Refusal`]), and everything after that
//! goes back to that URI alone ([`ReturnAddress`]), with `iss` once and the client's `state` as it
//! was (RFC 6749 section 4.1.2, RFC 9207).

use std::fmt;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ALLOW, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::error::{Code, Error, private, whole_seconds};
use super::upstream::UpstreamError;
use crate::page;
use crate::secret::Secret;
use crate::spec::RedirectUri;

/// When to try again, where nobody knows better.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// Where an authorization response goes.
#[derive(Clone, Copy)]
pub(super) struct ReturnAddress<'a> {
    pub(super) redirect_uri: &'a RedirectUri,
    pub(super) state: Option<&'a str>,
    pub(super) issuer: &'a str,
}

impl ReturnAddress<'_> {
    /// The error response of RFC 6749 section 4.1.2.1.
    pub(super) fn error(&self, code: Code, words: &'static str) -> Response {
        let error = [("error", code.as_str()), ("error_description", words)];
        self.redirect(&error)
    }

    /// The authorization response of RFC 6749 section 4.1.2.
    pub(super) fn code(&self, code: &Secret) -> Response {
        self.redirect(&[("code", code.expose())])
    }

    fn redirect(&self, own: &[(&str, &str)]) -> Response {
        let mut parameters = own.to_vec();
        parameters.extend(self.state.map(|state| ("state", state)));
        parameters.push(("iss", self.issuer));
        see_other(&self.redirect_uri.with_params(&parameters))
    }
}

/// 303 to `location`, which nobody keeps and which learns nothing of where the browser was.
pub(super) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return Error::internal("a redirect does not fit into a header").into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, location);
    let no_referrer = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(REFERRER_POLICY, no_referrer);
    private(response)
}

/// Why a browser is sent nowhere: a page for a person, JSON for a program.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: Code,
    pub(super) happened: &'static str,
    pub(super) todo: &'static str,
    /// How long to wait for a fault that will pass.
    pub(super) retry_after: Option<Duration>,
    pub(super) cause: Option<String>,
}

impl Refusal {
    /// 400 `invalid_request`.
    pub(super) fn request(happened: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: Code::InvalidRequest,
            happened,
            todo: "Go back to the app you came from and connect again.",
            retry_after: None,
            cause: None,
        }
    }

    /// 400 `invalid_client`.
    pub(super) fn unknown_client() -> Self {
        Self {
            code: Code::InvalidClient,
            todo: "Remove this server from the app and add it again; it will then register anew.",
            ..Self::request("The app that sent you here is not registered with this server.")
        }
    }

    /// 403 `invalid_request`: this browser has not been asked.
    pub(super) fn forbidden(happened: &'static str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::request(happened)
        }
    }

    /// 429 `temporarily_unavailable`: whoever asks has asked too often.
    pub(super) fn too_many(happened: &'static str, wait: Duration) -> Self {
        Self::busy(happened, wait).with_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// 503 `temporarily_unavailable`: there is too much to do, and nothing is broken.
    pub(super) fn busy(happened: &'static str, wait: Duration) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: Code::TemporarilyUnavailable,
            todo: "Wait a moment and reload this page.",
            retry_after: Some(wait),
            ..Self::request(happened)
        }
    }

    /// 500 `server_error`: a fault of ours, whose cause is for the log.
    pub(super) fn internal(cause: &dyn fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: Code::ServerError,
            cause: Some(cause.to_string()),
            ..Self::request("The server could not finish the request.")
        }
    }

    /// 503 `temporarily_unavailable`: a fault that will pass, and nothing was spent.
    fn unavailable(
        happened: &'static str,
        retry_after: Option<Duration>,
        cause: &dyn fmt::Display,
    ) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: Code::TemporarilyUnavailable,
            todo: "Wait a moment and reload this page.",
            retry_after: Some(retry_after.unwrap_or(USUAL_WAIT)),
            cause: Some(cause.to_string()),
            ..Self::request(happened)
        }
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The refusal in a word, for the audit log.
    pub(super) fn reason(&self) -> &'static str {
        self.code.as_str()
    }

    /// The refusal as an answer to a request with these headers.
    pub(super) fn answer(self, headers: &HeaderMap) -> Response {
        let Self {
            status, code, todo, ..
        } = self;
        if !accepts_html(headers) {
            return self.into_error().into_response();
        }
        let cause = self.cause.clone();
        let reference = Error::new(code, "").with_cause(cause).log();
        let title = match code {
            Code::TemporarilyUnavailable => "Not now",
            Code::InvalidClient => "This app is not known here",
            Code::ServerError => "Something went wrong",
            _ => "This sign-in cannot go on",
        };
        let reference = reference.as_deref();
        let mut response =
            page::problem_with_reference(status, title, self.happened, todo, reference);
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(whole_seconds(wait));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }

    fn into_error(self) -> Error {
        Error::new(self.code, self.happened)
            .with_status(self.status)
            .with_retry_after(self.retry_after)
            .with_cause(self.cause)
    }
}

impl From<crate::ledger::Error> for Refusal {
    fn from(error: crate::ledger::Error) -> Self {
        let happened = "The server cannot reach its storage at the moment.";
        Self::unavailable(happened, None, &error)
    }
}

impl From<UpstreamError> for Refusal {
    fn from(error: UpstreamError) -> Self {
        let happened = "The identity provider cannot be reached at the moment.";
        Self::unavailable(happened, error.retry_after(), &error)
    }
}

/// Whether a person is looking.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case("text/html"))
}

/// 405 with the one method that is allowed.
pub(super) fn method_not_allowed(allowed: &'static str) -> Response {
    let words = "this method is not allowed here";
    let error = Error::request(words).with_status(StatusCode::METHOD_NOT_ALLOWED);
    let mut response = error.into_response();
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_goes_back_with_issuer_and_state_as_they_were() {
        let redirect_uri = RedirectUri::parse("https://c.test/cb?x=%2F").unwrap();
        let back = ReturnAddress {
            redirect_uri: &redirect_uri,
            state: Some("a b&c=\r\n"),
            issuer: "https://s.test",
        };
        let response = back.error(Code::InvalidScope, "unknown scope");
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            response.headers()[LOCATION],
            "https://c.test/cb?x=%2F&error=invalid_scope&error_description=unknown%20scope\
             &state=a%20b%26c%3D%0D%0A&iss=https%3A%2F%2Fs.test"
        );
        assert_eq!(response.headers()[REFERRER_POLICY], "no-referrer");
    }

    #[test]
    fn a_person_gets_a_page_and_a_program_json() {
        let mut headers = HeaderMap::new();
        let response = Refusal::unknown_client().answer(&headers);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()["content-type"], "application/json");
        let browser = HeaderValue::from_static("application/xhtml+xml,text/html;q=0.9,*/*");
        headers.insert(ACCEPT, browser);
        let response = Refusal::forbidden("x").answer(&headers);
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(response.headers().contains_key("content-security-policy"));
        assert!(!response.headers().contains_key(LOCATION));
    }
}
