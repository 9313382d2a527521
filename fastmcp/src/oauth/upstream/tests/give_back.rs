//! Tokens on their way back, in the background.

use std::time::Duration;

use tokio::time::Instant;

use super::stub::{Stub, json, options, upstream};
use crate::ledger::UpstreamTokens;
use crate::provider::Revocation;
use crate::secret::Secret;

fn tokens(number: usize) -> UpstreamTokens {
    UpstreamTokens {
        access_token: Secret::from("at"),
        refresh_token: Some(Secret::from(format!("rt-{number}"))),
        expires_at: None,
        scopes: None,
        refresh_expires_at: None,
    }
}

#[tokio::test]
async fn a_provider_that_would_end_every_login_is_never_asked() {
    let stub = Stub::start(|_| json("")).await;
    let provider = stub.plain().revocation_endpoint(stub.at("/revoke"));
    let never = upstream(provider.revocation(Revocation::Never), options("read"));
    never.give_back(tokens(1));
    never.revoke(&tokens(1)).await;
    assert!(stub.calls().is_empty());
}

#[tokio::test]
async fn a_slow_provider_is_asked_by_few_at_a_time_and_hears_of_every_token() {
    let slow = Duration::from_millis(100);
    let stub = Stub::start(move |_| json("").after(slow)).await;
    let provider = stub.plain().revocation_endpoint(stub.at("/revoke"));
    let upstream = upstream(provider, options("read"));
    let began = Instant::now();
    for number in 0..40 {
        upstream.give_back(tokens(number));
    }
    assert!(stub.calls().is_empty(), "nobody waits");
    while stub.calls().len() < 40 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Five rounds of eight, the last of which need not have ended.
    assert!(began.elapsed() >= slow * 4, "{:?}", began.elapsed());
    let mut heard: Vec<_> = stub
        .calls()
        .iter()
        .map(|call| call.form()["token"].clone())
        .collect();
    let mut given: Vec<_> = (0..40).map(|number| format!("rt-{number}")).collect();
    heard.sort();
    given.sort();
    assert_eq!(heard, given);
}
