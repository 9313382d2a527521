//! The token endpoint with a code: exact errors, and nothing spent by any of them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::*;

/// A redemption of `code` by `client`, with `changes`.
fn redemption<'a>(
    client: &'a str,
    code: &'a str,
    changes: &[(&'a str, Option<&'a str>)],
) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.extend(value.map(|value| (*name, value)));
    }
    form
}

fn claims(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or_default()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

#[tokio::test]
async fn a_code_becomes_a_token_of_ours() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let scope = ("scope", Some("admin"));
    let answer = server.token(&redemption(&client, &code, &[scope])).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["scope"], "notes:write openid profile");
    assert!(!answer.body.contains("upstream-"));
    let token = body["access_token"].as_str().unwrap();
    assert!(token.len() <= 4096);
    let (header, payload) = claims(token);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(payload["iss"], BASE);
    assert_eq!(payload["aud"], "https://s.test/mcp");
    assert_eq!(payload["sub"], "user-1");
    assert_eq!(payload["client_id"], client.as_str());
    let life = payload["exp"].as_u64().unwrap() - payload["iat"].as_u64().unwrap();
    assert_eq!(body["expires_in"], life);
    assert_eq!(life, 3600);
}

#[tokio::test]
async fn bad_input_spends_nothing() {
    let server = server().await;
    let (client, other) = (server.client().await, server.client().await);
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let wrong = "x".repeat(43);
    for (change, status, error) in [
        (("grant_type", None), 400, "invalid_request"),
        (
            ("grant_type", Some("password")),
            400,
            "unsupported_grant_type",
        ),
        (
            ("grant_type", Some("AUTHORIZATION_CODE")),
            400,
            "unsupported_grant_type",
        ),
        (("code", None), 400, "invalid_request"),
        (("code", Some("x")), 400, "invalid_grant"),
        (("code_verifier", None), 400, "invalid_request"),
        (
            ("code_verifier", Some(wrong.as_str())),
            400,
            "invalid_grant",
        ),
        (
            ("redirect_uri", Some("https://c.test/other")),
            400,
            "invalid_grant",
        ),
        (
            ("resource", Some("https://x.test/mcp")),
            400,
            "invalid_target",
        ),
        (("client_id", Some(other.as_str())), 400, "invalid_grant"),
        (("client_id", Some("unknown")), 401, "invalid_client"),
        (("client_id", None), 401, "invalid_client"),
        (("client_secret", Some("x")), 401, "invalid_client"),
    ] {
        let answer = server.token(&redemption(&client, &code, &[change])).await;
        assert_eq!(answer.error(), (status, error.to_owned()), "{change:?}");
        assert!(!answer.headers.contains_key(WWW_AUTHENTICATE));
        assert!(!answer.body.contains(&code));
    }
    let without = [
        ("redirect_uri", None),
        ("resource", Some("https://s.test/mcp")),
    ];
    let answer = server.token(&redemption(&client, &code, &without)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_request_is_one_form_in_the_body() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let form = encode(&redemption(&client, &code, &[]));
    let request = |path: &str, content_type: &str, body: String| {
        let request = Request::post(path).header(CONTENT_TYPE, content_type);
        request.body(axum::body::Body::from(body)).unwrap()
    };
    let json = json!({ "grant_type": "authorization_code" }).to_string();
    let query = format!("/oauth/token?{form}");
    for request in [
        request("/oauth/token", "application/json", json),
        request(
            "/oauth/token",
            "application/x-www-form-urlencodedX",
            form.clone(),
        ),
        request(
            "/oauth/token",
            &format!("{FORM}; charset=utf-16"),
            form.clone(),
        ),
        request(&query, FORM, String::new()),
        request(&query, FORM, form.clone()),
        request("/oauth/token", FORM, format!("{form}&c%6fde=")),
        request("/oauth/token", FORM, format!("{form}&x=1&x=")),
        request(
            "/oauth/token",
            FORM,
            format!("{form}&{}", "a=1&".repeat(100)),
        ),
    ] {
        let answer = server.send(request).await;
        assert_eq!(answer.error(), (400, "invalid_request".to_owned()));
    }
    let long = format!("{form}&x={}", "x".repeat(70_000));
    assert_eq!(
        server
            .send(request("/oauth/token", FORM, long))
            .await
            .status,
        413
    );
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        let answer = server.call(method, "/oauth/token").await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.headers[ALLOW], "POST");
    }
    let utf8 = request("/oauth/token", &format!("{FORM}; charset=UTF-8"), form);
    assert_eq!(server.send(utf8).await.status, 200);
}

#[tokio::test]
async fn a_client_proves_itself_as_it_registered() {
    let server = server().await;
    for (method, header, body) in [
        (Some("client_secret_basic"), 200, 401),
        (Some("client_secret_post"), 401, 200),
        (None, 200, 200),
    ] {
        let mut registration = json!({ "redirect_uris": [REDIRECT] });
        if let Some(method) = method {
            registration["token_endpoint_auth_method"] = json!(method);
        }
        let client = server.register(&registration).await.json();
        let id = client["client_id"].as_str().unwrap();
        let secret = client["client_secret"].as_str().unwrap();
        let browser = Browser::new(&server);
        let basic = |pair: String| format!("bAsIc {}", STANDARD.encode(pair));

        let code = browser.login(&authorize_url(id, &[])).await;
        let form = redemption(id, &code, &[]);
        assert_eq!(server.token(&form).await.status, 401, "no secret");
        for wrong in [
            basic(format!("{id}:wrong")),
            basic(id.to_owned()),
            basic(format!("{id}:%zz")),
            "Basic ?".to_owned(),
            "Bearer x".to_owned(),
        ] {
            let answer = server.token_as(Some(&wrong), &form).await;
            assert_eq!(
                answer.error(),
                (401, "invalid_client".to_owned()),
                "{wrong}"
            );
            assert!(answer.headers.contains_key(WWW_AUTHENTICATE));
        }
        let right = basic(format!("{id}:{secret}"));
        let both = redemption(id, &code, &[("client_secret", Some(secret))]);
        let answer = server.token_as(Some(&right), &both).await;
        assert_eq!(answer.error(), (400, "invalid_request".to_owned()));
        let other = redemption("other", &code, &[]);
        let answer = server.token_as(Some(&right), &other).await;
        assert_eq!(answer.error(), (400, "invalid_request".to_owned()));
        let answer = server.token_as(Some(&right), &form).await;
        assert_eq!(answer.status.as_u16(), header, "{method:?} by header");

        let code = browser.login(&authorize_url(id, &[])).await;
        let form = redemption(id, &code, &[("client_secret", Some(secret))]);
        let answer = server.token(&form).await;
        assert_eq!(answer.status.as_u16(), body, "{method:?} in the body");
    }
}

#[tokio::test]
async fn of_64_redemptions_one_succeeds_and_the_replay_ends_the_grant() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let form = redemption(&client, &code, &[]);
    let answers = futures_util::future::join_all((0..64).map(|_| server.token(&form))).await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), 1);
    for answer in bad {
        assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
    }
    let token = good[0].json()["access_token"].as_str().unwrap().to_owned();
    let session = server.proxy.authenticator().authenticate(&token).await;
    assert!(session.is_err(), "a replayed code ends its grant");
}

#[tokio::test]
async fn a_wrong_replay_changes_nothing() {
    let server = server().await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let answer = server.token(&redemption(&client, &code, &[])).await.json();
    let wrong = "x".repeat(43);
    let change = [("code_verifier", Some(wrong.as_str()))];
    let replay = server.token(&redemption(&client, &code, &change)).await;
    assert_eq!(replay.error().1, "invalid_grant");
    let token = answer["access_token"].as_str().unwrap();
    assert!(
        server
            .proxy
            .authenticator()
            .authenticate(token)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_code_lives_as_long_as_was_set() {
    let minute = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.authorization_code_ttl = std::time::Duration::from_mins(1);
    };
    let server = server_with(minute).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let early = browser.login(&authorize_url(&client, &[])).await;
    let late = browser.login(&authorize_url(&client, &[])).await;
    server.wait(59);
    assert_eq!(
        server.token(&redemption(&client, &early, &[])).await.status,
        200
    );
    server.wait(2);
    let answer = server.token(&redemption(&client, &late, &[])).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_forwarded_challenge_is_met_by_the_clients_own_verifier() {
    let server = server_with(|options| options.forward_pkce = true).await;
    let client = server.client().await;
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(&client, &[])).await;
    let upstream = browser.decide(&page, "approve").await;
    assert_eq!(upstream.param("code_challenge").as_deref(), Some(CHALLENGE));
    let state = upstream.param("state").unwrap();
    let code = browser.come_back(&state).await.param("code").unwrap();
    assert_eq!(
        server.upstream.count(),
        0,
        "nothing is exchanged without the verifier"
    );
    let wrong = "x".repeat(43);
    let change = [("code_verifier", Some(wrong.as_str()))];
    let answer = server.token(&redemption(&client, &code, &change)).await;
    assert_eq!(answer.error().1, "invalid_grant");
    assert_eq!(server.upstream.count(), 0);
    assert_eq!(
        server.token(&redemption(&client, &code, &[])).await.status,
        200
    );
    let call = server.upstream.calls.lock().unwrap()[0].clone();
    assert!(call.contains(&("code_verifier".to_owned(), VERIFIER.to_owned())));
}

#[tokio::test]
async fn a_scope_unticked_at_the_provider_is_not_in_the_token() {
    let server = server().await;
    let body = json!({ "access_token": "a", "token_type": "bearer", "scope": "openid" });
    server
        .upstream
        .answers(200, "application/json", body.to_string());
    let client = server.client().await;
    let browser = Browser::new(&server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let answer = server.token(&redemption(&client, &code, &[])).await.json();
    assert_eq!(answer["scope"], "notes:write openid");
}
