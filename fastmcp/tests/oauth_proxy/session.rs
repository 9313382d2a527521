//! An access token becomes a session with the upstream token behind it.

use fastmcp::auth::{TokenUnavailable, Unauthenticated};
use serde_json::{Value, json};

use crate::support::*;

async fn tokens(server: &Server) -> Value {
    let client = server.client().await;
    let browser = Browser::new(server);
    let code = browser.login(&authorize_url(&client, &[])).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &client),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    server.token(&form).await.json()
}

#[tokio::test]
async fn a_session_says_who_and_has_the_upstream_token() {
    let roles = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.roles = vec!["admin".to_owned()];
        options.roles_from = Some(std::sync::Arc::new(|person| {
            assert_eq!(person.subject, "user-1");
            vec!["admin".to_owned(), "undeclared".to_owned()]
        }));
    };
    let server = server_with(roles).await;
    let tokens = tokens(&server).await;
    let token = tokens["access_token"].as_str().unwrap();
    let authenticator = server.proxy.authenticator();
    assert_eq!(
        authenticator.resource_metadata(),
        "https://s.test/.well-known/oauth-protected-resource/mcp"
    );
    let session = authenticator.authenticate(token).await.unwrap();
    assert_eq!(session.subject(), "user-1");
    assert!(session.has_role("admin") && !session.has_role("undeclared"));
    assert!(session.has_scope("notes:write"));
    let upstream = session.access_token().await.unwrap();
    assert_eq!(upstream.expose(), "upstream-access");
    let loaded = server.proxy.load_upstream_tokens(token).await.unwrap();
    assert_eq!(loaded.access_token.expose(), "upstream-access");
    server.wait(3600);
    let ended = authenticator.authenticate(token).await.err();
    assert_eq!(ended, Some(Unauthenticated::InvalidToken));
}

#[tokio::test]
async fn no_other_string_is_a_token() {
    let server = server().await;
    let tokens = tokens(&server).await;
    let authenticator = server.proxy.authenticator();
    let token = tokens["access_token"].as_str().unwrap();
    let last = if token.ends_with('A') { "E" } else { "A" };
    let forged = format!("{}{last}", &token[..token.len() - 1]);
    for wrong in [
        "upstream-access",
        "upstream-refresh",
        tokens["refresh_token"].as_str().unwrap(),
        forged.as_str(),
        "",
    ] {
        let refused = authenticator.authenticate(wrong).await.err();
        assert_eq!(refused, Some(Unauthenticated::InvalidToken));
    }
}

#[tokio::test]
async fn the_upstream_token_is_refreshed_near_its_end_and_an_outage_waits() {
    let long = |options: &mut fastmcp::oauth::ProxyOptions| {
        options.access_token_ttl = Some(std::time::Duration::from_hours(2));
    };
    let server = server_with(long).await;
    let tokens = tokens(&server).await;
    let token = tokens["access_token"].as_str().unwrap();
    let session = server
        .proxy
        .authenticator()
        .authenticate(token)
        .await
        .unwrap();
    server.upstream.answers(503, "text/plain", "down");
    server.wait(3560);
    let kept = session.access_token().await.unwrap();
    assert_eq!(kept.expose(), "upstream-access", "it has not ended yet");
    server.wait(60);
    let outage = session.access_token().await.err();
    assert_eq!(outage, Some(TokenUnavailable::Unavailable));
    let next = json!({ "access_token": "upstream-next", "expires_in": 3600 });
    server
        .upstream
        .answers(200, "application/json", next.to_string());
    let fresh = session.access_token().await.unwrap();
    assert_eq!(fresh.expose(), "upstream-next");
    server
        .upstream
        .answers(400, "application/json", r#"{"error":"invalid_grant"}"#);
    server.wait(3600);
    let ended = session.access_token().await.err();
    assert_eq!(ended, Some(TokenUnavailable::SignInAgain));
}

#[tokio::test]
async fn without_swapping_the_upstream_token_is_honoured_if_we_gave_it_out() {
    let server = server_with(|options| options.enable_token_swap = false).await;
    let authenticator = server.proxy.authenticator();
    let early = authenticator.authenticate("upstream-access").await.err();
    assert_eq!(
        early,
        Some(Unauthenticated::InvalidToken),
        "not before it was given out"
    );
    let tokens = tokens(&server).await;
    assert_eq!(tokens["access_token"], "upstream-access");
    assert_ne!(tokens["refresh_token"], "upstream-refresh");
    let session = authenticator.authenticate("upstream-access").await.unwrap();
    assert_eq!(session.subject(), "user-1");
    assert!(session.has_scope("openid"));
    server.wait(3600);
    let ended = authenticator.authenticate("upstream-access").await.err();
    assert_eq!(ended, Some(Unauthenticated::InvalidToken));
}
