//! Everything that can go wrong, and what it is called.

use std::time::Duration;

use serde_json::json;

use super::super::{UpstreamError, UpstreamOptions};
use super::stub::{NOW, Reply, Stub, code, json, options, upstream};
use crate::secret::Secret;

const SECONDS: fn(u64) -> Option<Duration> = |seconds| Some(Duration::from_secs(seconds));

async fn outcome(reply: Reply) -> Result<Option<u64>, UpstreamError> {
    let stub = Stub::start(move |_| reply.clone()).await;
    let upstream = upstream(stub.plain(), options("read"));
    let signed_in = upstream.exchange(&code(), "s", None).await?;
    Ok(signed_in.tokens.expires_at)
}

#[tokio::test]
async fn answers_are_read_whatever_they_call_themselves() {
    let good = json!({ "access_token": "at", "expires_in": 60 });
    let form = "access_token=at&expires_in=60&scope=read%2Cwrite&token_type=bearer";
    for kind in [
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "text/html",
        "",
        "??",
    ] {
        let reply = json(&good).content_type(kind);
        assert_eq!(outcome(reply).await, Ok(Some(NOW + 60)), "{kind}");
    }
    for kind in [
        "application/x-www-form-urlencoded; charset=utf-8",
        "text/plain",
        "",
    ] {
        let reply = json(form).content_type(kind);
        assert_eq!(outcome(reply).await, Ok(Some(NOW + 60)), "{kind}");
    }
}

#[tokio::test]
async fn an_error_inside_http_200_is_an_error() {
    for reply in [
        json(json!({ "error": "bad_verification_code", "error_description": "<script>" })),
        json("error=bad_verification_code&error_uri=javascript:")
            .content_type("application/x-www-form-urlencoded"),
        json(json!({ "error": "invalid_client", "access_token": "at" })),
        json(json!({ "error": {}, "access_token": "at" })),
    ] {
        assert_eq!(outcome(reply).await, Err(UpstreamError::BadAnswer));
    }
    let no_error = json(json!({ "error": null, "access_token": "at" }));
    assert_eq!(outcome(no_error).await, Ok(None));
}

#[tokio::test]
async fn unusable_tokens_are_refused() {
    let long = "a".repeat(64 * 1024);
    for body in [
        json!({}),
        json!({ "access_token": "" }),
        json!({ "access_token": null }),
        json!({ "access_token": ["at"] }),
        json!({ "access_token": "a b\r\nc" }),
        json!({ "access_token": "at", "token_type": "mac" }),
        json!({ "access_token": "at", "token_type": 7 }),
        json!({ "access_token": long }),
    ] {
        assert_eq!(outcome(json(body)).await, Err(UpstreamError::BadAnswer));
    }
    for body in [
        "",
        "null",
        "[]",
        "<html>access_token=at</html>",
        "{\"access_token\":\"a",
    ] {
        let reply = json(body).content_type("text/html");
        assert_eq!(
            outcome(reply).await,
            Err(UpstreamError::BadAnswer),
            "{body}"
        );
    }
    let doubled = json("access_token=a&access_token=b").content_type("");
    assert_eq!(outcome(doubled).await, Err(UpstreamError::BadAnswer));
}

#[tokio::test]
async fn a_lifetime_is_believed_only_if_it_is_one() {
    for (given, believed) in [
        ("3600", Some(3600)),
        (r#""3600""#, Some(3600)),
        (r#"" 90 ""#, Some(90)),
        ("59.9", Some(59)),
        ("-1", None),
        ("0", None),
        ("0.2", None),
        ("1e99", None),
        ("null", None),
        (r#""NaN""#, None),
        (r#""inf""#, None),
        (r#""soon""#, None),
        ("true", None),
        ("[60]", None),
    ] {
        let body = format!(r#"{{"access_token":"at","expires_in":{given}}}"#);
        let expected = believed.map(|seconds| NOW + seconds);
        assert_eq!(outcome(json(body)).await, Ok(expected), "{given}");
    }
}

#[tokio::test]
async fn trouble_at_the_provider_is_worth_another_try() {
    let unavailable = |retry_after| Err(UpstreamError::Unavailable { retry_after });
    for status in [408, 429, 500, 502, 503, 504] {
        let reply = json(json!({ "error": "invalid_grant" })).status(status);
        assert_eq!(outcome(reply).await, unavailable(None), "{status}");
    }
    let reply = |wait: &str| json("").status(429).header("retry-after", wait);
    assert_eq!(outcome(reply("7")).await, unavailable(SECONDS(7)));
    assert_eq!(
        outcome(reply("999999999")).await,
        unavailable(SECONDS(3600))
    );
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    assert_eq!(outcome(reply(date)).await, unavailable(None));
    let reply = json(json!({ "error": "temporarily_unavailable" })).status(400);
    assert_eq!(outcome(reply).await, unavailable(None));
}

#[tokio::test]
async fn other_answers_are_bad_ones_and_redirects_are_not_followed() {
    for status in [301, 302, 307, 400, 401, 403, 404, 418] {
        let reply = json(json!({ "access_token": "at" }))
            .status(status)
            .header("location", "/elsewhere");
        let stub = Stub::start(move |_| reply.clone()).await;
        let upstream = upstream(stub.plain(), options("read"));
        let answer = upstream.exchange(&code(), "s", None).await;
        assert_eq!(answer.unwrap_err(), UpstreamError::BadAnswer, "{status}");
        assert_eq!(stub.calls().len(), 1);
    }
}

#[tokio::test]
async fn silence_and_a_closed_door_are_unavailable() {
    let quick = UpstreamOptions {
        timeout: Duration::from_millis(50),
        ..options("read")
    };
    let stub = Stub::start(|_| json("").after(Duration::from_secs(30))).await;
    let slow = upstream(stub.plain(), quick.clone());
    let closed = crate::provider::custom("http://127.0.0.1:9/a", "http://127.0.0.1:9/t");
    let closed = upstream(closed, quick);
    for upstream in [slow, closed] {
        let answer = upstream.refresh(&Secret::from("rt")).await;
        assert_eq!(
            answer.unwrap_err(),
            UpstreamError::Unavailable { retry_after: None }
        );
    }
}
