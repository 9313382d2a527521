//! The consent page: one decision, in the browser that was asked.

use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Method, Request};

use crate::support::*;

#[tokio::test]
async fn approval_goes_to_the_provider_with_what_is_ours() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let answer = browser.decide(&page, "approve").await;
    assert!(answer.location().contains("/authorize?"));
    assert_eq!(answer.param("client_id").as_deref(), Some("upstream-id"));
    assert_eq!(
        answer.param("redirect_uri").as_deref(),
        Some("https://s.test/oauth/callback")
    );
    assert_eq!(answer.param("response_type").as_deref(), Some("code"));
    assert_eq!(
        answer.param("code_challenge_method").as_deref(),
        Some("S256")
    );
    assert_eq!(answer.param("scope").as_deref(), Some("openid profile"));
    assert_ne!(answer.param("code_challenge").as_deref(), Some(CHALLENGE));
    assert_ne!(answer.param("state").as_deref(), Some("st a/te"));
    assert_eq!(answer.param("resource"), None);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let again = browser.decide(&page, "approve").await;
    assert_eq!(
        again.location(),
        answer.location(),
        "a double click is one decision"
    );
    browser.decide(&page, "deny").await.is_page(400);
}

#[tokio::test]
async fn the_cookie_belongs_to_this_host_alone() {
    let server = server().await;
    let client = server.client().await;
    let answer = server.call(Method::GET, &authorize_url(&client, &[])).await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in [
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=600",
    ] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn denial_goes_back_and_is_final() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let denied = browser.decide(&page, "deny").await;
    denied.is_redirect_with("access_denied", Some("st a/te"));
    browser.decide(&page, "approve").await.is_page(400);
    browser.decide(&page, "deny").await.is_page(400);
}

#[tokio::test]
async fn another_browsers_page_decides_nothing() {
    let server = server().await;
    let client = server.client().await;
    let (victim, attacker) = (Browser::new(&server), Browser::new(&server));
    let page = attacker.open(&authorize_url(&client, &[])).await;
    victim.decide(&page, "approve").await.is_page(403);
    let own = victim.open(&authorize_url(&client, &[])).await;
    victim.decide(&page, "approve").await.is_page(403);
    let mixed = Page {
        form: own.form.clone(),
        csrf: page.csrf.clone(),
    };
    victim.decide(&mixed, "approve").await.is_page(403);
    let other = victim.open(&authorize_url(&client, &[])).await;
    let mixed = Page {
        form: own.form.clone(),
        csrf: other.csrf.clone(),
    };
    victim.decide(&mixed, "approve").await.is_page(403);
    let last = if own.form.ends_with('A') { "B" } else { "A" };
    let changed = Page {
        form: format!("{}{last}", &own.form[..own.form.len() - 1]),
        csrf: own.csrf.clone(),
    };
    victim.decide(&changed, "approve").await.is_page(403);
    // After all that, the honest page still works.
    assert!(
        victim
            .decide(&own, "approve")
            .await
            .param("state")
            .is_some()
    );
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let (name, value) = browser.cookies.lock().unwrap()[0].clone();
    let form = [
        ("form", page.form.as_str()),
        ("csrf", page.csrf.as_str()),
        ("action", "approve"),
    ];
    let request = || {
        Request::post("/oauth/consent")
            .header(CONTENT_TYPE, FORM)
            .header("accept", "text/html")
            .header(COOKIE, format!("{name}={value}"))
    };
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
    ] {
        let request = request().header(header, value);
        let answer = server
            .send(request.body(Body::from(encode(&form))).unwrap())
            .await;
        answer.is_page(403);
    }
    let request = request()
        .header("sec-fetch-site", "same-origin")
        .header("origin", "null");
    let answer = server
        .send(request.body(Body::from(encode(&form))).unwrap())
        .await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn only_yes_and_no_are_decisions() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    for action in ["", "maybe", "APPROVE"] {
        browser.decide(&page, action).await.is_page(400);
    }
    let twice = [
        ("form", page.form.as_str()),
        ("csrf", page.csrf.as_str()),
        ("action", "deny"),
        ("action", "approve"),
    ];
    browser.post("/oauth/consent", &twice).await.is_page(400);
    let url = format!("/oauth/consent?{}", encode(&twice[..3]));
    assert_eq!(browser.get(&url).await.status, 405);
    assert_eq!(server.call(Method::HEAD, &url).await.status, 405);
    assert!(
        browser
            .decide(&page, "approve")
            .await
            .param("state")
            .is_some()
    );
}

#[tokio::test]
async fn a_page_lives_ten_minutes() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let early = browser.open(&authorize_url(&client, &[])).await;
    let late = browser.open(&authorize_url(&client, &[])).await;
    server.wait(599);
    assert_eq!(browser.decide(&early, "approve").await.status, 303);
    server.wait(2);
    browser.decide(&late, "approve").await.is_page(400);
}

#[tokio::test]
async fn two_tabs_are_two_logins() {
    let server = server().await;
    let (one, two) = (server.client().await, server.client().await);
    let browser = Browser::new(&server);
    let first = browser.approve(&authorize_url(&one, &[])).await;
    let second = browser.approve(&authorize_url(&two, &[])).await;
    assert!(browser.come_back(&second).await.param("code").is_some());
    assert!(browser.come_back(&first).await.param("code").is_some());
}

#[tokio::test]
async fn without_the_screen_the_browser_is_bound_all_the_same() {
    let server = server_with(|options| options.consent_required = false).await;
    let client = server.client().await;
    let (victim, attacker) = (Browser::new(&server), Browser::new(&server));
    let answer = attacker.get(&authorize_url(&client, &[])).await;
    let state = answer.param("state").unwrap();
    victim.come_back(&state).await.is_page(403);
    assert!(attacker.come_back(&state).await.param("code").is_some());
}
