//! A provider known by its issuer alone, which cannot be asked for its endpoints: every step waits
//! with 503, nothing is spent, and all goes on by itself.

use std::sync::Arc;

use fastmcp::store::MemoryStore;
use http::Request;
use http::header::{CONTENT_TYPE, RETRY_AFTER};

use crate::support::*;

#[tokio::test]
async fn a_page_approved_during_an_outage_can_be_approved_again() {
    let server = oidc_server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    for _ in 0..2 {
        let answer = browser.decide(&page, "approve").await;
        answer.is_page(503);
        assert_eq!(answer.headers[RETRY_AFTER], "5");
        assert!(answer.body.contains("identity provider"));
    }
    server.upstream.publish(true);
    server.wait(5);
    let answer = browser.decide(&page, "approve").await;
    assert!(answer.location().contains("/authorize?"), "{answer:?}");
    assert!(answer.param("nonce").is_some() && answer.param("state").is_some());
}

#[tokio::test]
async fn a_program_is_told_in_json() {
    let server = oidc_server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let cookie = {
        let cookies = browser.cookies.lock().unwrap();
        format!("{}={}", cookies[0].0, cookies[0].1)
    };
    let form = [
        ("form", page.form.as_str()),
        ("csrf", page.csrf.as_str()),
        ("action", "approve"),
    ];
    let request = Request::post("/oauth/consent")
        .header(CONTENT_TYPE, FORM)
        .header("cookie", cookie);
    let answer = server.send(request.body(encode(&form).into()).unwrap());
    let answer = answer.await;
    let out = (503, "temporarily_unavailable".to_owned());
    assert_eq!(answer.error(), out);
    assert_eq!(answer.headers[RETRY_AFTER], "5");
}

#[tokio::test]
async fn without_a_consent_screen_the_request_can_be_sent_again() {
    let server = oidc_server_with(|options| options.consent_required = false).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let url = authorize_url(&client, &[]);
    browser.get(&url).await.is_page(503);
    server.upstream.publish(true);
    server.wait(5);
    assert!(browser.get(&url).await.param("state").is_some());
}

#[tokio::test]
async fn a_node_that_does_not_know_the_provider_yet_burns_no_login() {
    let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
    let first = oidc_server_over(store.clone(), &keys, |_| ()).await;
    first.upstream.publish(true);
    let client = first.client().await;
    let browser = Browser::new(&first);
    let state = browser.approve(&authorize_url(&client, &[])).await;

    let second = oidc_server_over(store, &keys, |_| ()).await;
    let cookies = browser.cookies;
    let browser = Browser {
        server: &second,
        cookies,
    };
    browser.come_back(&state).await.is_page(503);
    Browser::new(&second).come_back(&state).await.is_page(403);
    assert_eq!(second.upstream.count(), 0);
    second.upstream.publish(true);
    second.wait(5);
    let answer = browser.come_back(&state).await;
    // This provider signs no ID tokens, which ends the login only now.
    answer.is_redirect_with("server_error", Some("st a/te"));
    assert_eq!(second.upstream.count(), 1);
}
