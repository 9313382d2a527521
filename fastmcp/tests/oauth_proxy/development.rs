//! A login at the development provider, without any HTTP but the browser's.

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT, HOST, SET_COOKIE};

use crate::support::*;

#[tokio::test]
async fn a_person_without_an_account_gets_a_session_with_a_role() {
    let server = dev_server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let shown = browser.get(&authorize_url(&client, &[])).await;
    let cookie = shown.headers[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("fastmcp-") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let page = Page::read(&shown.body);
    let upstream = browser.decide(&page, "approve").await;
    let sign_in = upstream.location();
    assert!(
        sign_in.starts_with("http://localhost:8000/oauth/dev?"),
        "{sign_in}"
    );
    let shown = browser.get(sign_in).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let form = shown.body.split_once("name=\"form\" value=\"").unwrap().1;
    let form = form.split_once('"').unwrap().0;
    let fields = [
        ("form", form),
        ("user", "alice"),
        ("role", "admin"),
        ("action", "sign_in"),
    ];
    let back = browser.post(&format!("{LOCAL}/oauth/dev"), &fields).await;
    assert!(
        back.location()
            .starts_with("http://localhost:8000/oauth/callback?")
    );
    let answer = browser.get(back.location()).await;
    let code = answer.param("code").unwrap();
    assert_eq!(answer.param("iss").as_deref(), Some(LOCAL));
    let redemption = [
        ("grant_type", "authorization_code"),
        ("client_id", &client),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let tokens = server.token(&redemption).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let session = server
        .proxy
        .authenticator()
        .authenticate(token)
        .await
        .unwrap();
    assert!(session.has_role("admin"));
    assert_eq!(session.subject(), "alice");
    assert!(session.access_token().await.is_ok());
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(server.token(&refresh).await.status, 200);
}

#[tokio::test]
async fn only_a_caller_known_to_be_on_this_computer_may_sign_in() {
    let server = dev_server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let upstream = browser.decide(&page, "approve").await;
    for (address, status) in [
        (Some([127, 0, 0, 1]), 200),
        (Some([192, 168, 1, 9]), 403),
        // Served without `into_make_service_with_connect_info`: a `Host` proves nothing.
        (None, 403),
    ] {
        let request = Request::get(upstream.location())
            .header(HOST, "localhost:8000")
            .header(ACCEPT, "text/html");
        let request = request.body(Body::empty()).unwrap();
        let answer = server.send_from(address, request).await;
        answer.is_page(status);
    }
}
