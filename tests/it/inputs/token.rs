//! `POST /oauth/token`: nothing wrong burns a code.

use serde_json::json;
use tests::client::{Client, REDIRECT, Tokens};
use tests::http::{FORM, Http, encode};
use tests::random_token;
use tests::world::{Kind, World};

use super::assert_error;

#[tokio::test]
async fn a_wrong_redemption_leaves_the_code_alone() {
    let world = World::start(Kind::Memory).await;
    let other = Client::register(world.client.discovered.clone()).await;
    let (attempt, code) = world.code().await;
    let foreign = other.redeem(&code, &attempt.verifier).await;
    assert_error("another client", &foreign, 400, "invalid_grant");
    let wrong = random_token();
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", attempt.verifier.as_str()),
        ("redirect_uri", REDIRECT),
    ];
    let cases: &[(&str, &str, &str, &str)] = &[
        ("wrong verifier", "code_verifier", &wrong, "invalid_grant"),
        ("short verifier", "code_verifier", "short", "invalid_grant"),
        ("no verifier", "code_verifier", "", "invalid_request"),
        (
            "foreign redirect",
            "redirect_uri",
            "http://127.0.0.1:1/callback",
            "invalid_grant",
        ),
        ("unknown code", "code", "unknown", "invalid_grant"),
        ("no code", "code", "", "invalid_request"),
        (
            "foreign resource",
            "resource",
            "https://other.test/mcp",
            "invalid_target",
        ),
        ("no grant type", "grant_type", "", "invalid_request"),
        (
            "password",
            "grant_type",
            "password",
            "unsupported_grant_type",
        ),
        (
            "loud grant type",
            "grant_type",
            "AUTHORIZATION_CODE",
            "unsupported_grant_type",
        ),
    ];
    for (case, name, value, error) in cases {
        let mut form: Vec<_> = good
            .iter()
            .copied()
            .filter(|(known, _)| known != name)
            .collect();
        if !value.is_empty() {
            form.push((name, value));
        }
        assert_error(case, &world.client.token(&form).await, 400, error);
    }
    for (name, value) in good {
        let twice = [&good[..], &[(name, value)]].concat();
        let case = format!("{name} twice");
        assert_error(
            &case,
            &world.client.token(&twice).await,
            400,
            "invalid_request",
        );
    }
    let with_scope = [&good[..], &[("scope", "admin")]].concat();
    let tokens = Tokens::read(&world.client.token(&with_scope).await);
    assert!(!tokens.scope.contains("admin"), "{tokens:?}");
    let spent = world.client.redeem(&code, &attempt.verifier).await;
    assert_error("spent", &spent, 400, "invalid_grant");
    world.check_good_flow().await;
}

#[tokio::test]
async fn a_replay_that_proves_nothing_does_not_end_the_login() {
    let world = World::start(Kind::Memory).await;
    let other = Client::register(world.client.discovered.clone()).await;
    let (attempt, code) = world.code().await;
    let tokens = Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
    let guess = world.client.redeem(&code, &random_token()).await;
    assert_error("a guessed verifier", &guess, 400, "invalid_grant");
    let foreign = other.redeem(&code, &attempt.verifier).await;
    assert_error("another client", &foreign, 400, "invalid_grant");
    let tokens = Tokens::read(&world.client.refresh(&tokens.refresh).await);
    let replay = world.client.redeem(&code, &attempt.verifier).await;
    assert_error("a real replay", &replay, 400, "invalid_grant");
    let dead = world.client.refresh(&tokens.refresh).await;
    assert_error("descendants", &dead, 400, "invalid_grant");
}

#[tokio::test]
async fn clients_must_be_who_they_say() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/token");
    let metadata =
        json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_basic"});
    let client = Client::register_as(world.client.discovered.clone(), &metadata).await;
    let secret = client.secret.clone().expect("a secret");
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let good = crate::support::with_basic(&url, &client.id, &secret, &form).await;
    assert_error("authenticated", &good, 400, "invalid_grant");
    let wrong = crate::support::with_basic(&url, &client.id, "wrong", &form).await;
    assert_error("wrong secret", &wrong, 401, "invalid_client");
    assert!(
        wrong
            .header("www-authenticate")
            .is_some_and(|it| it.starts_with("Basic"))
    );
    let unknown = crate::support::with_basic(&url, "unknown", &secret, &form).await;
    assert_error("unknown client", &unknown, 401, "invalid_client");
    for (case, header) in [
        ("garbage", "Basic ***"),
        ("no colon", "Basic eHg="),
        ("bad escape", "Basic JXp6OiV6eg=="),
    ] {
        let headers = [("content-type", FORM), ("authorization", header)];
        let answer = Http::new()
            .send("POST", &url, &headers, encode(&form))
            .await;
        assert_error(case, &answer, 401, "invalid_client");
    }
    let public = Http::new()
        .post_form(&url, &[&form[..], &[("client_id", "unknown")]].concat())
        .await;
    assert_error("unknown public client", &public, 401, "invalid_client");
    assert!(
        public.header("www-authenticate").is_none(),
        "no header came, none goes"
    );
    let with_secret = [&form[..], &[("client_secret", "x")]].concat();
    let answer = world.client.token(&with_secret).await;
    assert_error(
        "a public client with a secret",
        &answer,
        401,
        "invalid_client",
    );
    let both = [
        &form[..],
        &[
            ("client_id", client.id.as_str()),
            ("client_secret", secret.as_str()),
        ],
    ]
    .concat();
    let both = crate::support::with_basic(&url, &client.id, &secret, &both).await;
    assert_error("both methods", &both, 400, "invalid_request");
    let other = [&form[..], &[("client_id", world.client.id.as_str())]].concat();
    let other = crate::support::with_basic(&url, &client.id, &secret, &other).await;
    assert_error("two clients", &other, 400, "invalid_request");
    world.check_good_flow().await;
}

#[tokio::test]
async fn only_a_form_by_post_is_read() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/token");
    let body = encode(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        ("client_id", &world.client.id),
    ]);
    for kind in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedX",
        "application/x-www-form-urlencoded; charset=utf-16",
    ] {
        let answer = Http::new()
            .send("POST", &url, &[("content-type", kind)], body.clone())
            .await;
        assert_error(kind, &answer, 400, "invalid_request");
    }
    let bare = Http::new().send("POST", &url, &[], body.clone()).await;
    assert_error("no type", &bare, 400, "invalid_request");
    let utf8 = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=UTF-8",
    )];
    let answer = Http::new().send("POST", &url, &utf8, body.clone()).await;
    assert_error("UTF-8", &answer, 400, "invalid_grant");
    let query = Http::new()
        .send(
            "POST",
            &format!("{url}?{body}"),
            &[("content-type", FORM)],
            "",
        )
        .await;
    assert_error("in the query", &query, 400, "invalid_request");
    for method in ["GET", "HEAD", "PUT"] {
        assert_eq!(
            Http::new().send(method, &url, &[], "").await.status,
            405,
            "{method}"
        );
    }
    let large = format!("{body}&x={}", "a".repeat(64 * 1024 + 1));
    let answer = Http::new()
        .send("POST", &url, &[("content-type", FORM)], large)
        .await;
    assert!(matches!(answer.status, 400 | 413), "{answer:?}");
}
