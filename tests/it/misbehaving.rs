//! A provider that misbehaves: the client gets a clean OAuth error, the server goes on.

use serde_json::{Map, Value, json};
use tests::browser::Browser;
use tests::client::REDIRECT;
use tests::http::parameter;
use tests::idp::{Fault, IdToken, Knobs};
use tests::mcp::Era;
use tests::world::{Kind, World};

/// Logs in with these knobs; gives the `error` that the client is called back with.
async fn error_with(world: &World, knobs: &Knobs) -> Option<String> {
    world.idp.turn(knobs).await;
    let attempt = world.client.begin();
    let called = Browser::new()
        .agree(attempt.url.as_str(), REDIRECT, |_| {})
        .await;
    assert_eq!(
        parameter(&called, "state").as_deref(),
        Some(attempt.state.as_str())
    );
    assert_eq!(
        parameter(&called, "iss").as_deref(),
        Some(world.server.base())
    );
    let error = parameter(&called, "error");
    assert_eq!(
        parameter(&called, "code").is_none(),
        error.is_some(),
        "{called}"
    );
    assert!(
        !called.as_str().contains("canary"),
        "upstream text went on: {called}"
    );
    error
}

fn token_fault(status: u16, content_type: &str, body: &str) -> Knobs {
    let fault = Fault {
        status: Some(status),
        content_type: content_type.into(),
        body: body.into(),
        ..Fault::default()
    };
    Knobs {
        faults: [("token".to_owned(), fault)].into(),
        ..Knobs::default()
    }
}

fn member(name: &str, value: Value) -> Knobs {
    Knobs {
        token_members: Map::from_iter([(name.to_owned(), value)]),
        ..Knobs::default()
    }
}

#[tokio::test]
async fn broken_token_answers_are_a_server_error_and_nothing_is_minted() {
    let world = World::start(Kind::Memory).await;
    let json_type = "application/json";
    let form_type = "application/x-www-form-urlencoded";
    let cases = [
        (
            "error as 200",
            token_fault(
                200,
                json_type,
                r#"{"error":"bad_verification_code canary"}"#,
            ),
        ),
        (
            "form error as 200",
            token_fault(200, form_type, "error=bad_verification_code+canary"),
        ),
        (
            "garbage",
            token_fault(200, "text/html", "<html>canary</html>"),
        ),
        ("empty", token_fault(200, "", "")),
        ("array", token_fault(200, json_type, "[]")),
        (
            "huge",
            token_fault(
                200,
                json_type,
                &format!("{{\"access_token\":\"{}\"}}", "a".repeat(70_000)),
            ),
        ),
        (
            "invalid_client",
            token_fault(401, json_type, r#"{"error":"invalid_client"}"#),
        ),
        ("empty token", member("access_token", json!(""))),
        ("no token", member("access_token", Value::Null)),
        ("numeric token", member("access_token", json!(7))),
        ("mac", member("token_type", json!("mac"))),
    ];
    for (name, knobs) in cases {
        assert_eq!(
            error_with(&world, &knobs).await.as_deref(),
            Some("server_error"),
            "{name}"
        );
    }
    world.idp.turn(&Knobs::default()).await;
    world.check_good_flow().await;
}

#[tokio::test]
async fn outages_are_temporary() {
    let world = World::start(Kind::Memory).await;
    for status in [500, 502, 503, 429] {
        let error = error_with(&world, &token_fault(status, "text/plain", "canary")).await;
        assert_eq!(
            error.as_deref(),
            Some("temporarily_unavailable"),
            "{status}"
        );
    }
    let slow = Fault {
        delay_ms: 15_000,
        ..Fault::default()
    };
    let knobs = Knobs {
        faults: [("token".to_owned(), slow)].into(),
        ..Knobs::default()
    };
    let error = error_with(&world, &knobs).await;
    assert_eq!(
        error.as_deref(),
        Some("temporarily_unavailable"),
        "a timeout"
    );
    world.idp.turn(&Knobs::default()).await;
    world.check_good_flow().await;
}

#[tokio::test]
async fn an_id_token_that_proves_nothing_is_refused() {
    let world = World::start(Kind::Memory).await;
    let wrong = [
        IdToken::ForeignKey,
        IdToken::Unsigned,
        IdToken::WrongIssuer,
        IdToken::WrongAudience,
        IdToken::WrongNonce,
        IdToken::Expired,
    ];
    for id_token in wrong {
        let error = error_with(
            &world,
            &Knobs {
                id_token,
                ..Knobs::default()
            },
        )
        .await;
        assert_eq!(error.as_deref(), Some("server_error"), "{id_token:?}");
    }
    let none = Knobs {
        id_token: IdToken::None,
        ..Knobs::default()
    };
    assert_eq!(
        error_with(&world, &none).await,
        None,
        "plain OAuth has userinfo"
    );
}

#[tokio::test]
async fn a_refusal_by_the_provider_reaches_the_client_without_its_words() {
    let world = World::start(Kind::Memory).await;
    let deny = |error: &str| Knobs {
        deny: Some(error.into()),
        ..Knobs::default()
    };
    let error = error_with(&world, &deny("access_denied")).await;
    assert_eq!(error.as_deref(), Some("access_denied"));
    for odd in [
        "<script>canary</script>",
        "invalid_client",
        "cänary",
        &"canary".repeat(1000),
    ] {
        assert_eq!(
            error_with(&world, &deny(odd)).await.as_deref(),
            Some("server_error"),
            "{odd}"
        );
    }
}

#[tokio::test]
async fn old_habits_are_understood() {
    let world = World::start(Kind::Memory).await;
    let good = [
        (
            "form-encoded",
            Knobs {
                form_encoded: true,
                ..Knobs::default()
            },
        ),
        (
            "expires_in as text",
            Knobs {
                expires_in: json!("3600"),
                ..Knobs::default()
            },
        ),
        (
            "no expires_in",
            Knobs {
                expires_in: Value::Null,
                ..Knobs::default()
            },
        ),
        (
            "negative expires_in",
            Knobs {
                expires_in: json!(-1),
                ..Knobs::default()
            },
        ),
        (
            "huge expires_in",
            Knobs {
                expires_in: json!(1e99),
                ..Knobs::default()
            },
        ),
        ("no token type", member("token_type", Value::Null)),
        (
            "lower-case token type",
            member("token_type", json!("bearer")),
        ),
        ("no scope", member("scope", Value::Null)),
        (
            "unknown members",
            member("canary_member", json!({"a": [1]})),
        ),
        (
            "a form to sign in",
            Knobs {
                interactive: true,
                ..Knobs::default()
            },
        ),
    ];
    for (name, knobs) in good {
        world.idp.turn(&knobs).await;
        let tokens = world.login().await;
        assert!(
            (1..=86_400).contains(&tokens.expires_in),
            "{name}: {tokens:?}"
        );
        let mcp = world.mcp(Era::Modern, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "x"})).await, "x", "{name}");
    }
}

#[tokio::test]
async fn scopes_that_the_person_withheld_are_not_granted() {
    let world = World::start(Kind::Memory).await;
    let scope = Some("openid profile".to_owned());
    let knobs = Knobs {
        scope,
        ..Knobs::default()
    };
    world.idp.turn(&knobs).await;
    let tokens = world.login().await;
    assert!(!tokens.scope.contains("notes:write"), "{tokens:?}");
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    assert!(!mcp.tools().await.contains(&"write_note".into()));
}

#[tokio::test]
async fn claims_of_the_provider_never_replace_ours() {
    let world = World::start(Kind::Memory).await;
    let claims = json!({
        "roles": ["admin"], "scope": "everything", "client_id": "evil", "iss": "https://evil.test",
        "jti": "evil", "groups": ["a", "b"], "nested": {"a": 1}, "long": "x".repeat(20_000),
    });
    let claims = claims.as_object().cloned().unwrap_or_default();
    let knobs = Knobs {
        claims,
        ..Knobs::default()
    };
    world.idp.turn(&knobs).await;
    let tokens = world.login().await;
    assert!(tokens.access.len() < 4096, "{} bytes", tokens.access.len());
    let me = world.whoami(&tokens.access).await;
    assert_eq!(me["client"], json!(world.client.id));
}
