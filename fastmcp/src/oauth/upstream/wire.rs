//! One request to the provider: timed, capped, its failures sorted.

use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::RequestBuilder;
use tokio::time::timeout;
use tracing::{Instrument as _, field};

use super::Upstream;
use super::error::UpstreamError;
use crate::measure::{Outcome, Times};
use crate::trace;

/// Largest answer that is read.
pub(super) const ANSWER_LIMIT: usize = 64 * 1024;
/// What an answer that is there when the time is up may take to be read. A process that stood still
/// finds both, and a provider that rotates its refresh tokens gives each answer once.
const ARRIVED: Duration = Duration::from_millis(500);
/// The client's own timer would not wait for that.
const UNTIMED: Duration = Duration::from_hours(24);
/// Longest wait that a provider can ask for.
const RETRY_LIMIT: u64 = 3600;

/// An answer that arrived whole and was not a sign of trouble at the provider.
/// It holds tokens, hence no `Debug`.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
}

impl Answer {
    /// Whether a body that is not JSON may be form-encoded: by its type, or for want of one.
    pub(super) fn may_be_form(&self) -> bool {
        let Some(kind) = &self.content_type else {
            return true;
        };
        let kind = kind.to_ascii_lowercase();
        ["x-www-form-urlencoded", "text/plain", "octet-stream"]
            .iter()
            .any(|form| kind.contains(form))
            || kind.trim().is_empty()
    }
}

impl Upstream {
    /// Sends `request` and reads the answer.
    ///
    /// # Errors
    /// `Unavailable` for a timeout, a failed connection, 408, 429, 5xx and a 403 that asks to wait; `BadAnswer` for an
    /// answer that is too large.
    pub(super) async fn send(
        &self,
        step: &'static str,
        request: RequestBuilder,
    ) -> Result<Answer, UpstreamError> {
        measured(step, self.sent(step, request)).await
    }

    /// The same, measured by whoever reads the answer.
    pub(super) async fn sent(
        &self,
        step: &'static str,
        request: RequestBuilder,
    ) -> Result<Answer, UpstreamError> {
        let request = request.headers(trace::onward());
        let request = request.timeout(UNTIMED).header(ACCEPT, "application/json");
        let result = in_time(self.0.options.timeout, receive(request)).await;
        if let Err(error) = &result {
            tracing::warn!(
                provider = %self.0.provider.name,
                step,
                %error,
                "request to the identity provider failed"
            );
        }
        result
    }
}

/// What the provider is asked in a step of a login or of its life: a span, and its duration.
pub(super) async fn measured<T>(
    step: &'static str,
    asking: impl Future<Output = Result<T, UpstreamError>>,
) -> Result<T, UpstreamError> {
    let span = tracing::span!(
        trace::LEVEL,
        "provider",
        step,
        otel.kind = field::Empty,
        otel.name = field::Empty,
        otel.status_code = field::Empty
    );
    trace::name(&span, "client", "provider", step);
    let durations = Times::of_provider(step);
    let timed = durations.begin();
    let result = asking.instrument(span.clone()).await;
    if result.is_err() {
        trace::failed(&span);
    }
    timed.ended(match &result {
        Ok(_) => Outcome::Ok,
        Err(UpstreamError::Refused | UpstreamError::AnotherTenant) => Outcome::Refused,
        Err(UpstreamError::BadAnswer) => Outcome::Error,
        Err(UpstreamError::Unavailable { .. }) => Outcome::Unavailable,
    });
    result
}

async fn in_time(
    limit: Duration,
    answer: impl Future<Output = Result<Answer, UpstreamError>>,
) -> Result<Answer, UpstreamError> {
    let mut answer = pin!(answer);
    if let Ok(result) = timeout(limit, &mut answer).await {
        return result;
    }
    let late = timeout(ARRIVED, answer).await;
    late.unwrap_or(Err(UpstreamError::Unavailable { retry_after: None }))
}

async fn receive(request: RequestBuilder) -> Result<Answer, UpstreamError> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    if status.is_server_error()
        || is_throttled(status, response.headers())
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
    {
        return Err(UpstreamError::Unavailable {
            retry_after: retry_after(response.headers()),
        });
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len().saturating_add(chunk.len()) > ANSWER_LIMIT {
            return Err(UpstreamError::BadAnswer);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        content_type,
        body: body.freeze(),
    })
}

/// A request that could not even be made is our fault; every other failure is the network's.
fn failure(error: &reqwest::Error) -> UpstreamError {
    if error.is_builder() {
        UpstreamError::BadAnswer
    } else {
        UpstreamError::Unavailable { retry_after: None }
    }
}

/// GitHub's way to say that it was asked too often.
fn is_throttled(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_spent = headers
        .get("x-ratelimit-remaining")
        .is_some_and(|left| left == "0");
    status == StatusCode::FORBIDDEN && (is_spent || headers.contains_key(RETRY_AFTER))
}

/// `Retry-After` in seconds. A date is not worth a calendar: no wait is named then.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds.min(RETRY_LIMIT)))
}
