//! The first answer that a client gets: a 401 that says where to sign in.

use std::time::UNIX_EPOCH;

use http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use http::{Method, StatusCode};

use super::Report;
use super::seen::{Looking, Seen};

/// A proof that is a minute old is refused by many.
const MAX_SKEW: u64 = 30;

/// A handshake, as a client of 2025-11-25 sends it first.
const HANDSHAKE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"doctor","version":"1"}}}"#;
const BOTH: &str = "application/json, text/event-stream";

/// The address of the resource metadata, as the challenge names it.
pub(super) struct Challenge {
    pub(super) resource_metadata: Option<String>,
}

/// What the challenge says; nothing where there is none to go on with.
pub(super) async fn look(looking: &Looking<'_>, report: &mut Report) -> Option<Challenge> {
    let json = [(CONTENT_TYPE, "application/json"), (ACCEPT, BOTH)];
    let answer = looking
        .send(Method::POST, looking.url, (&json, HANDSHAKE.to_owned()))
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(problem) => {
            report.bad(
                "endpoint",
                problem,
                "check that the server runs, that its name resolves, and that its certificate is \
                 valid for it",
            );
            return None;
        }
    };
    clock(looking, &answer, report);
    origin(looking, report).await;
    if answer.status.is_success() {
        report.warn(
            "sign-in",
            "the endpoint answers without a token",
            "if it should not be open to everyone, write `#[server(auth = …)]` without `anonymous`",
        );
        return None;
    }
    if answer.status != StatusCode::UNAUTHORIZED {
        report.bad(
            "sign-in",
            format!(
                "a request without a token is answered with {}",
                answer.status
            ),
            "it must be a 401, which starts the login: check the path, and what stands in front of \
             the server",
        );
        return None;
    }
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let is_bearer = challenge
        .get(..7)
        .is_some_and(|it| it.eq_ignore_ascii_case("bearer "));
    report.hold(
        "sign-in",
        is_bearer,
        format!("401, `WWW-Authenticate: {challenge}`"),
        "the proxy in front must pass `WWW-Authenticate` on; clients find the login by it",
    );
    let resource_metadata = parameter(challenge, "resource_metadata");
    Some(Challenge { resource_metadata })
}

fn clock(looking: &Looking<'_>, answer: &Seen, report: &mut Report) {
    let date = answer.header("date").and_then(seconds);
    let Some(date) = date else {
        return;
    };
    let off = looking.parts.clock.now().abs_diff(date);
    report.hold(
        "clock",
        off <= MAX_SKEW,
        format!("{off} s from the clock here"),
        "set both clocks by NTP: tokens are good or expired by them",
    );
}

/// A date of HTTP (RFC 9110 section 5.6.7) in seconds.
fn seconds(date: &str) -> Option<u64> {
    let time = httpdate::parse_http_date(date).ok()?;
    time.duration_since(UNIX_EPOCH)
        .ok()
        .map(|since| since.as_secs())
}

async fn origin(looking: &Looking<'_>, report: &mut Report) {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (ACCEPT, BOTH),
        (ORIGIN, "https://doctor.invalid"),
    ];
    let answer = looking
        .send(Method::POST, looking.url, (&headers, HANDSHAKE.to_owned()))
        .await;
    if let Ok(answer) = answer {
        report.hold(
            "foreign pages",
            answer.status == StatusCode::FORBIDDEN,
            format!(
                "a page of another origin is answered with {}",
                answer.status
            ),
            "the proxy in front must pass `Origin` on, and `allowed_origins` must not hold `*`",
        );
    }
}

/// A parameter of a challenge, as a quoted string.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}
