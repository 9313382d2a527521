//! Refreshing: never logs anyone out, never widens, asks the provider only when it must.

use std::time::Duration;

use serde_json::json;
use tests::client::{Client, REDIRECT, Tokens};
use tests::idp::{Fault, Knobs, RefreshTokens};
use tests::mcp::Era;
use tests::world::{Kind, World};

fn invalid_grant() -> (u16, Option<String>) {
    (400, Some("invalid_grant".into()))
}

/// A login whose upstream access token has just expired.
async fn expired(world: &World) -> Tokens {
    let refresh_tokens = RefreshTokens::Rotating;
    let short = Knobs {
        expires_in: json!(1),
        refresh_tokens,
        ..Knobs::default()
    };
    world.idp.turn(&short).await;
    let tokens = world.login().await;
    world
        .idp
        .turn(&Knobs {
            refresh_tokens,
            ..Knobs::default()
        })
        .await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    tokens
}

#[tokio::test]
async fn a_refresh_rotates_and_a_repeated_one_gets_the_same_answer() {
    for kind in Kind::all() {
        let world = World::start(kind).await;
        let first = world.login().await;
        let second = Tokens::read(&world.client.refresh(&first.refresh).await);
        assert_ne!(first.refresh, second.refresh);
        assert_ne!(first.access, second.access);
        let repeated = Tokens::read(&world.client.refresh(&first.refresh).await);
        assert_eq!(
            repeated.refresh, second.refresh,
            "a lost answer is answered again"
        );
        for access in [&first.access, &second.access, &repeated.access] {
            let mcp = world.mcp(Era::Modern, access).await;
            assert_eq!(mcp.text("echo", json!({"text": "x"})).await, "x");
        }
        let third = Tokens::read(&world.client.refresh(&second.refresh).await);
        assert_ne!(third.refresh, second.refresh);
        assert!(
            world.idp.calls("refresh").await.is_empty(),
            "the upstream token is fresh"
        );
    }
}

#[tokio::test]
async fn a_refresh_token_serves_its_own_client_only() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    let other = Client::register(world.client.discovered.clone()).await;
    assert_eq!(
        other.refresh(&tokens.refresh).await.outcome(),
        invalid_grant()
    );
    let refreshed = Tokens::read(&world.client.refresh(&tokens.refresh).await);
    assert_eq!(world.whoami(&refreshed.access).await["subject"], "alice");
}

#[tokio::test]
async fn no_token_passes_for_another_kind() {
    let world = World::start(Kind::Memory).await;
    let (attempt, code) = world.code().await;
    let tokens = Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
    for wrong in [
        tokens.access.as_str(),
        code.as_str(),
        "x",
        &tokens.refresh[1..],
    ] {
        assert_eq!(
            world.client.refresh(wrong).await.outcome(),
            invalid_grant(),
            "{wrong}"
        );
    }
    let upstream = world.idp.issued().await;
    for wrong in upstream.iter().chain([&tokens.refresh]) {
        let url = world.server.mcp();
        let bearer = format!("Bearer {wrong}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = tests::http::Http::new()
            .send("POST", &url, &headers, "{}")
            .await;
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    Tokens::read(&world.client.refresh(&tokens.refresh).await);
}

#[tokio::test]
async fn scopes_may_shrink_and_never_grow() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    let refresh = async |token: &str, scope: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
        ];
        world.client.token(&form).await
    };
    let wider = refresh(&tokens.refresh, "openid admin:everything").await;
    assert_eq!(wider.outcome(), (400, Some("invalid_scope".into())));
    let narrow = Tokens::read(&refresh(&tokens.refresh, "openid").await);
    assert_eq!(narrow.scope, "openid");
    let mcp = world.mcp(Era::Modern, &narrow.access).await;
    assert!(!mcp.tools().await.contains(&"write_note".to_owned()));
    let whole = Tokens::read(&world.client.refresh(&narrow.refresh).await);
    assert!(
        whole.scope.contains("notes:write"),
        "the refresh token keeps its scope: {whole:?}"
    );
}

#[tokio::test]
async fn the_upstream_token_is_renewed_once_when_it_is_about_to_expire() {
    let world = World::start(Kind::Memory).await;
    let tokens = expired(&world).await;
    let tokens = Tokens::read(&world.client.refresh(&tokens.refresh).await);
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    let hint = mcp.text("upstream_token_hint", json!({})).await;
    let again = mcp.text("upstream_token_hint", json!({})).await;
    assert_eq!(hint, again);
    assert_eq!(world.idp.calls("refresh").await.len(), 1);
    let issued = world.idp.issued().await;
    let renewed = issued
        .iter()
        .rev()
        .nth(1)
        .expect("an access token before the refresh token");
    assert!(renewed.starts_with(&hint), "the tool has the renewed token");
}

#[tokio::test]
async fn an_outage_of_the_provider_costs_nobody_the_login() {
    let world = World::start(Kind::Memory).await;
    let tokens = expired(&world).await;
    for (status, headers) in [(500, vec![]), (429, vec![("retry-after", "30")])] {
        let headers = headers
            .into_iter()
            .map(|(name, value): (&str, &str)| (name.into(), value.into()));
        let fault = Fault {
            status: Some(status),
            headers: headers.collect(),
            ..Fault::default()
        };
        let faults = [("refresh".to_owned(), fault)].into();
        let refresh_tokens = RefreshTokens::Rotating;
        world
            .idp
            .turn(&Knobs {
                refresh_tokens,
                faults,
                ..Knobs::default()
            })
            .await;
        let answer = world.client.refresh(&tokens.refresh).await;
        assert_eq!(
            answer.outcome(),
            (503, Some("temporarily_unavailable".into())),
            "{answer:?}"
        );
        let seconds = answer.header("retry-after").map(str::parse::<u32>);
        assert!(matches!(seconds, Some(Ok(_))), "{answer:?}");
    }
    let refresh_tokens = RefreshTokens::Rotating;
    world
        .idp
        .turn(&Knobs {
            refresh_tokens,
            ..Knobs::default()
        })
        .await;
    Tokens::read(&world.client.refresh(&tokens.refresh).await);
}

#[tokio::test]
async fn a_login_that_the_provider_ended_is_ended_here() {
    let world = World::start(Kind::Memory).await;
    let tokens = expired(&world).await;
    let body = json!({"error": "invalid_grant"}).to_string();
    let content_type = "application/json".into();
    let fault = Fault {
        status: Some(400),
        body,
        content_type,
        ..Fault::default()
    };
    let faults = [("refresh".to_owned(), fault)].into();
    world
        .idp
        .turn(&Knobs {
            faults,
            ..Knobs::default()
        })
        .await;
    assert_eq!(
        world.client.refresh(&tokens.refresh).await.outcome(),
        invalid_grant()
    );
    world.idp.turn(&Knobs::default()).await;
    assert_eq!(
        world.client.refresh(&tokens.refresh).await.outcome(),
        invalid_grant()
    );
}

#[tokio::test]
async fn without_an_upstream_refresh_token_the_login_lasts_as_long_as_the_provider_said() {
    let world = World::start(Kind::Memory).await;
    let refresh_tokens = RefreshTokens::None;
    world
        .idp
        .turn(&Knobs {
            refresh_tokens,
            ..Knobs::default()
        })
        .await;
    let tokens = world.login().await;
    let tokens = if tokens.refresh.is_empty() {
        tokens
    } else {
        Tokens::read(&world.client.refresh(&tokens.refresh).await)
    };
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert_eq!(mcp.text("upstream_token_hint", json!({})).await.len(), 4);
    assert!(
        tokens.expires_in <= 3600,
        "never longer than the upstream token"
    );
}

#[tokio::test]
async fn a_grant_type_that_was_not_registered_is_refused() {
    let world = World::start(Kind::Memory).await;
    let metadata = json!({
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code"],
    });
    let client = Client::register_as(world.client.discovered.clone(), &metadata).await;
    let answer = client.refresh("anything").await;
    assert_eq!(answer.outcome(), (400, Some("unauthorized_client".into())));
}
