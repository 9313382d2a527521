//! Who may register, and clients that need not.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastmcp::Secret;
use fastmcp::oauth::{ConfiguredClient, ProxyOptions, Registration, RegistrationRequest};
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, Request};
use serde_json::json;
use std::sync::Arc;

use crate::support::*;

const METADATA: &str = "/.well-known/oauth-authorization-server";
const TOKEN: &str = "an initial access token";
const SECRET: &str = "a secret out of a vault";

#[tokio::test]
async fn off_there_is_no_such_endpoint() {
    let off = |options: &mut ProxyOptions| options.registration = Registration::Off;
    let server = server_with(off).await;
    for method in [Method::POST, Method::GET, Method::OPTIONS] {
        assert_eq!(server.call(method, "/oauth/register").await.status, 404);
    }
    let document = server.call(Method::GET, METADATA).await.json();
    assert!(
        document.get("registration_endpoint").is_none(),
        "{document}"
    );
    let open = crate::support::server().await;
    let document = open.call(Method::GET, METADATA).await.json();
    assert_eq!(
        document["registration_endpoint"],
        format!("{BASE}/oauth/register")
    );
}

#[tokio::test]
async fn limited_it_takes_the_initial_access_token() {
    let server = server_with(|options| {
        options.registration = Registration::Limited;
        options.initial_access_token = Some(Secret::from(TOKEN));
    })
    .await;
    let register = async |authorization: Option<String>| {
        let mut request = Request::post("/oauth/register").header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let body = json!({ "redirect_uris": [REDIRECT] }).to_string();
        server.send(request.body(Body::from(body)).unwrap()).await
    };
    let encoded = STANDARD.encode(TOKEN);
    for refused in [
        None,
        Some("Bearer wrong".to_owned()),
        Some(format!("Basic {encoded}")),
        Some(format!("Bearer {TOKEN}x")),
        Some(TOKEN.to_owned()),
    ] {
        let answer = register(refused.clone()).await;
        assert_eq!(
            answer.error(),
            (401, "invalid_token".to_owned()),
            "{refused:?}"
        );
        assert_eq!(
            answer.headers[WWW_AUTHENTICATE],
            "Bearer error=\"invalid_token\""
        );
    }
    assert_eq!(register(Some(format!("bearer {TOKEN}"))).await.status, 201);
}

#[tokio::test]
async fn the_operators_rule_has_the_last_word() {
    let server = server_with(|options| {
        options.registration_policy = Some(Arc::new(|asked: &RegistrationRequest<'_>| {
            asked.is_public && asked.name == Some("Good") && asked.redirect_uris.len() == 1
        }));
    })
    .await;
    let register = |name: &str, method: &str| {
        let body = json!({
            "client_name": name,
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": method,
        });
        let server = &server;
        async move { server.register(&body).await }
    };
    assert_eq!(register("Good", "none").await.status, 201);
    for (name, method) in [("Bad", "none"), ("Good", "client_secret_post")] {
        let answer = register(name, method).await;
        assert_eq!(answer.error(), (403, "access_denied".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn clients_of_the_configuration_need_not_register() {
    let server = server_with(|options| {
        options.registration = Registration::Off;
        options.clients = vec![
            ConfiguredClient::public("desk", [REDIRECT]).name("The desk"),
            ConfiguredClient::confidential("nightly", SECRET, ["https://else.test/cb"]),
        ];
    })
    .await;
    let browser = Browser::new(&server);
    let page = browser.get(&authorize_url("desk", &[])).await;
    assert!(page.body.contains("The desk"), "{}", page.body);
    let code = browser.login(&authorize_url("desk", &[])).await;
    let redemption = |client: &'static str, code: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", client.to_owned()),
            ("code", code.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    };
    let redeem = async |client: &'static str, code: &str, secret: Option<&str>| {
        let form = redemption(client, code);
        let mut form: Vec<_> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        form.extend(secret.map(|secret| ("client_secret", secret)));
        server.token(&form).await
    };
    assert_eq!(redeem("desk", &code, None).await.status, 200);
    // Its redirect URI is the operator's own choice, whatever the patterns say.
    let elsewhere = [("redirect_uri", Some("https://else.test/cb"))];
    let begun = authorize_url("nightly", &elsewhere);
    let code = browser.login(&begun).await;
    let wrong = redeem("nightly", &code, Some("wrong")).await;
    assert_eq!(wrong.error(), (401, "invalid_client".to_owned()));
    assert_eq!(redeem("nightly", &code, None).await.status, 401);
    assert_eq!(redeem("nightly", &code, Some(SECRET)).await.status, 200);
    // They do not expire.
    server.wait(400 * 86_400);
    assert_eq!(browser.get(&authorize_url("desk", &[])).await.status, 200);
    assert!(
        !format!(
            "{:?}",
            ConfiguredClient::confidential("n", SECRET, [REDIRECT])
        )
        .contains(SECRET)
    );
}

#[tokio::test]
async fn what_cannot_be_is_told_at_start() {
    let client = |client: ConfiguredClient| {
        move |options: &mut ProxyOptions| {
            options.clients = vec![client.clone()];
        }
    };
    for (code, change) in [
        (
            "FM0941",
            &(|options: &mut ProxyOptions| options.registration = Registration::Limited)
                as &dyn Fn(&mut ProxyOptions),
        ),
        ("FM0941", &|options| {
            options.initial_access_token = Some(Secret::from(TOKEN));
        }),
        ("FM0941", &|options| {
            options.registration = Registration::Limited;
            options.initial_access_token = Some(Secret::from("short"));
        }),
        ("FM0942", &client(ConfiguredClient::public("", [REDIRECT]))),
        (
            "FM0942",
            &client(ConfiguredClient::public("a:b", [REDIRECT])),
        ),
        ("FM0942", &client(ConfiguredClient::public("a", [""; 0]))),
        (
            "FM0942",
            &client(ConfiguredClient::public("a", ["https://c.test/#x"])),
        ),
        (
            "FM0942",
            &client(ConfiguredClient::confidential("a", "short", [REDIRECT])),
        ),
        ("FM0942", &|options| {
            options.clients = vec![ConfiguredClient::public("a", [REDIRECT]); 2];
        }),
        ("FM0414", &|options| {
            options.trusted_proxies = vec!["proxy.internal".to_owned()];
        }),
        ("FM0409", &|options| {
            options.rate_limits = "registrations=0/min".parse().unwrap();
        }),
    ] {
        let found = refused_with(change).await;
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        assert_eq!(found[0].code, code, "{found:?}");
        assert!(!found[0].to_string().contains(TOKEN));
    }
}
