//! How often anyone may ask, and whose quota it is.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use fastmcp::audit::AuditEntry;
use fastmcp::limits::{Quota, RateLimits};
use fastmcp::oauth::ProxyOptions;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use serde_json::json;

use crate::support::*;

const ONE: [u8; 4] = [192, 0, 2, 1];
const OTHER: [u8; 4] = [192, 0, 2, 2];

fn usual(options: &mut ProxyOptions) {
    options.rate_limits = RateLimits::default();
}

fn registration() -> Request<Body> {
    let body = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"});
    let request = Request::post("/oauth/register").header(CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

fn guess(client: &str) -> Request<Body> {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", "a-guess"),
    ];
    let request = Request::post("/oauth/token").header(CONTENT_TYPE, FORM);
    request.body(Body::from(encode(&form))).unwrap()
}

/// 429 `temporarily_unavailable` with a whole number of seconds.
fn waits(answer: &Answer) -> u64 {
    assert_eq!(answer.error(), (429, "temporarily_unavailable".to_owned()));
    answer.headers[RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn one_address_registers_twenty_clients_a_minute() {
    let server = server_with(usual).await;
    for number in 0..1000 {
        let answer = server.send_from(Some(ONE), registration()).await;
        if number < 20 {
            assert_eq!(answer.status, 201, "{number}");
        } else {
            assert_eq!(waits(&answer), 3);
            assert_eq!(answer.headers["access-control-allow-origin"], "*");
        }
    }
    let other = server.send_from(Some(OTHER), registration()).await;
    assert_eq!(other.status, 201, "another address has a quota of its own");
    server.wait(3);
    assert_eq!(
        server.send_from(Some(ONE), registration()).await.status,
        201
    );
    assert_eq!(waits(&server.send_from(Some(ONE), registration()).await), 3);
    server.wait(60);
    for _ in 0..20 {
        assert_eq!(
            server.send_from(Some(ONE), registration()).await.status,
            201
        );
    }
}

#[tokio::test]
async fn a_mistake_in_a_registration_is_not_counted() {
    let server = server_with(usual).await;
    for _ in 0..30 {
        let answer = server.register(&json!({"redirect_uris": []})).await;
        assert_eq!(answer.error().1, "invalid_client_metadata");
    }
    assert_eq!(server.send(registration()).await.status, 201);
}

#[tokio::test]
async fn a_limit_is_switched_off_or_changed_alone() {
    let server = server_with(|options| {
        options.rate_limits = "registrations=off,requests=30/min".parse().unwrap();
    })
    .await;
    for _ in 0..30 {
        assert_eq!(server.send(registration()).await.status, 201);
    }
    assert_eq!(waits(&server.send(registration()).await), 2);
}

#[tokio::test]
async fn forwarded_addresses_count_only_from_a_trusted_proxy() {
    let from = |address: [u8; 4], client: &str| {
        let mut request = registration();
        let value = format!("6.6.6.6, {client}").parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", value);
        (address, request)
    };
    let server = server_with(|options| {
        usual(options);
        options.trusted_proxies = vec!["192.0.2.1".to_owned()];
    })
    .await;
    for (proxy, expected) in [(ONE, 201), (OTHER, 429)] {
        for number in 0..25 {
            let (address, request) = from(proxy, &format!("203.0.113.{number}"));
            let answer = server.send_from(Some(address), request).await;
            let wanted = if number < 20 { 201 } else { expected };
            assert_eq!(answer.status, wanted, "{number} by way of {proxy:?}");
        }
    }
}

#[tokio::test]
async fn who_guesses_is_not_heard_for_a_while_and_a_good_client_is() {
    let server = server_with(|options| {
        options.rate_limits = "failures=5/min,client_failures=8/min".parse().unwrap();
    })
    .await;
    let client = server.client().await;
    for _ in 0..5 {
        let answer = server.send_from(Some(ONE), guess(&client)).await;
        assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
    }
    assert_eq!(
        waits(&server.send_from(Some(ONE), guess(&client)).await),
        12
    );
    let mut good = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", ""),
        ("code_verifier", VERIFIER),
    ];
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    good[2].1 = &code;
    let redeem = |address| {
        let request = Request::post("/oauth/token").header(CONTENT_TYPE, FORM);
        let request = request.body(Body::from(encode(&good))).unwrap();
        server.send_from(Some(address), request)
    };
    assert_eq!(waits(&redeem(ONE).await), 12, "not heard at all");
    // From many addresses the client's own quota is used up, and its good requests still pass.
    for last in 10..20 {
        let answer = server
            .send_from(Some([192, 0, 2, last]), guess(&client))
            .await;
        let wanted = if last < 12 { 400 } else { 429 };
        assert_eq!(answer.status, wanted, "{last}");
    }
    let answer = redeem(OTHER).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    server.wait(12);
    let answer = server.send_from(Some(ONE), guess(&client)).await;
    assert_eq!(answer.error().1, "invalid_grant", "heard again");
}

#[tokio::test]
async fn a_browser_that_comes_too_often_gets_a_page() {
    let server = server_with(|options| {
        options.rate_limits = "authorizations=3/min".parse().unwrap();
    })
    .await;
    let client = server.client().await;
    let ask = || {
        let request = Request::get(authorize_url(&client, &[])).header(ACCEPT, "text/html");
        server.send_from(Some(ONE), request.body(Body::empty()).unwrap())
    };
    for _ in 0..3 {
        assert_eq!(ask().await.status, 200);
    }
    let answer = ask().await;
    answer.is_page(429);
    assert_eq!(answer.headers[RETRY_AFTER], "20");
}

#[tokio::test]
async fn logins_that_begin_are_bounded_and_those_under_way_finish() {
    for limits in ["approvals=1/min", "all_approvals=1/min"] {
        let server = server_with(|options| options.rate_limits = limits.parse().unwrap()).await;
        let client = server.client().await;
        let first = Browser::new(&server);
        let page = first.open(&authorize_url(&client, &[])).await;
        let approved = first.decide(&page, "approve").await;
        let state = approved.param("state").unwrap();
        let second = Browser::new(&server);
        let asked = second.open(&authorize_url(&client, &[])).await;
        let answer = second.decide(&asked, "approve").await;
        answer.is_page(503);
        assert_eq!(answer.headers[RETRY_AFTER], "60");
        assert!(first.come_back(&state).await.param("code").is_some());
        server.wait(60);
        // The page that was refused can still be decided.
        let answer = second.decide(&asked, "approve").await;
        assert!(answer.param("state").is_some());
    }
}

#[tokio::test]
async fn who_is_limited_is_told_of() {
    let heard = Arc::new(Mutex::new(Vec::<AuditEntry>::new()));
    let listener = Arc::clone(&heard);
    let limits = RateLimits {
        registrations: Some(Quota::per_minute(1)),
        ..RateLimits::OFF
    };
    let hear = move |entry: &AuditEntry| listener.lock().unwrap().push(entry.clone());
    let server = server_heard_by(hear, |options| options.rate_limits = limits).await;
    server.send_from(Some(ONE), registration()).await;
    server.send_from(Some(ONE), registration()).await;
    let heard = heard.lock().unwrap();
    let told: Vec<_> = heard.iter().map(|entry| entry.event.name()).collect();
    assert_eq!(told, ["registered", "rate_limited", "registration_refused"]);
    assert!(heard.iter().all(|entry| entry.address == Some(ONE.into())));
    assert!(heard.iter().all(|entry| entry.time == 1_800_000_000));
}
