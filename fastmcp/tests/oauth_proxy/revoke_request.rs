//! Who may ask for a revocation, and in which form: as at the token endpoint.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::refresh::{refresh, text, tokens};
use crate::revoke::{good, lives, revoke};
use crate::support::*;

const PATH: &str = "/oauth/revoke";

/// `Authorization`, form, status.
type Refused<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], u16);

#[tokio::test]
async fn a_request_is_one_form_in_the_body() {
    let server = server().await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    let token = text(&tokens, "refresh_token");
    let form = encode(&[("client_id", &client), ("token", token)]);
    let request = |path: &str, content_type: &str, body: String| {
        let request = Request::post(path).header(CONTENT_TYPE, content_type);
        request.body(Body::from(body)).unwrap()
    };
    let query = format!("{PATH}?{form}");
    let many = format!(
        "{form}&{}",
        (0..100).fold(String::new(), |all, n| all + &format!("a{n}=1&"))
    );
    let without = encode(&[("client_id", &client), ("token", "")]);
    for request in [
        request(
            PATH,
            "application/json",
            json!({"token": token}).to_string(),
        ),
        request(PATH, &format!("{FORM}; charset=utf-16"), form.clone()),
        request(&query, FORM, String::new()),
        request(&query, FORM, form.clone()),
        request(PATH, FORM, format!("{form}&t%6fken=")),
        request(
            PATH,
            FORM,
            format!("{form}&token_type_hint=a&token_type_hint=b"),
        ),
        request(PATH, FORM, format!("{form}&x=%zz")),
        request(PATH, FORM, many),
        request(PATH, FORM, without),
        request(PATH, FORM, String::new()),
    ] {
        let answer = server.send(request).await;
        assert_eq!(answer.error(), (400, "invalid_request".to_owned()));
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(!answer.body.contains(token));
    }
    let long = format!("{form}&x={}", "x".repeat(70_000));
    assert_eq!(server.send(request(PATH, FORM, long)).await.status, 413);
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let answer = server.call(method, &query).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.headers[ALLOW], "POST");
    }
    assert!(lives(&server, &client, &tokens).await);
    let utf8 = format!("{FORM}; charset=UTF-8");
    good(&server.send(request(PATH, &utf8, form)).await);
    assert!(!lives(&server, &client, &tokens).await);
}

/// The tokens of a login of a confidential client, which sends its secret in the body.
async fn confidential(server: &Server, id: &str, secret: &str) -> Value {
    let code = Browser::new(server).login(&authorize_url(id, &[])).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("client_secret", secret),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    server.token(&form).await.json()
}

#[tokio::test]
async fn a_client_proves_itself_as_at_the_token_endpoint() {
    let server = server().await;
    let registration = json!({ "redirect_uris": [REDIRECT] });
    let registered = server.register(&registration).await.json();
    let (id, secret) = (
        text(&registered, "client_id"),
        text(&registered, "client_secret"),
    );
    let basic = |secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let right = basic(secret);
    let wrong = basic("wrong");
    let tokens = confidential(&server, id, secret).await;
    let token = ("token", text(&tokens, "refresh_token"));
    let named = ("client_id", id);
    let refused: [Refused<'_>; 6] = [
        (None, &[token], 401),
        (None, &[token, named], 401),
        (None, &[token, named, ("client_secret", "wrong")], 401),
        (None, &[token, ("client_id", "unknown")], 401),
        (Some(&wrong), &[token], 401),
        (Some(&right), &[token, ("client_secret", secret)], 400),
    ];
    for (header, form, status) in refused {
        let answer = server.post_as(PATH, header, form).await;
        let error = if status == 401 {
            "invalid_client"
        } else {
            "invalid_request"
        };
        assert_eq!(answer.error(), (status, error.to_owned()));
        let challenged = answer.headers.contains_key(WWW_AUTHENTICATE);
        assert_eq!(challenged, status == 401 && header.is_some());
    }
    let alive = [
        named,
        ("client_secret", secret),
        ("grant_type", "refresh_token"),
    ];
    let alive = [&alive[..], &[("refresh_token", token.1)]].concat();
    assert_eq!(server.token(&alive).await.status, 200, "nothing had ended");
    good(&server.post_as(PATH, Some(&right), &[token]).await);
    assert_eq!(server.token(&alive).await.error().1, "invalid_grant");

    let tokens = confidential(&server, id, secret).await;
    let form = [
        ("token", text(&tokens, "access_token")),
        named,
        ("client_secret", secret),
    ];
    good(&server.post_as(PATH, None, &form).await);
    let access = server.proxy.authenticator();
    assert!(access.authenticate(form[0].1).await.is_err());
}

#[tokio::test]
async fn a_public_client_has_no_secret_here_either() {
    let server = server().await;
    let client = server.client().await;
    let tokens = tokens(&server, &client).await;
    let token = text(&tokens, "refresh_token");
    let form = [
        ("client_id", client.as_str()),
        ("token", token),
        ("client_secret", "x"),
    ];
    let answer = server.post_as(PATH, None, &form).await;
    assert_eq!(answer.error(), (401, "invalid_client".to_owned()));
    assert_eq!(refresh(&server, &client, token, &[]).await.status, 200);
    good(&revoke(&server, &client, token).await);
}
