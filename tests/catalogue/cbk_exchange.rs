//! The exchange with the provider: what it answers, and who it says was there.

use serde_json::{Map, Value, json};
use tests::http::parameter;
use tests::idp::{Fault, IdToken, Knobs};
use url::Url;

use crate::case::cases;
use crate::outcome::red;
use crate::party::{C_CB, Party};
use crate::setup::{S, Setup};

cases! {
    "CBK-09" Once errors_called_success,
    "CBK-10" Once broken_answers,
    "CBK-11" Each unproven_id_tokens,
    "CBK-13" Each withheld_scopes,
    "CBK-17" Each people,
    "CBK-19" Each pkce_of_the_provider,
}

/// A login at a provider that behaves like this, which fails with that error and mints nothing;
/// gives where the browser is sent.
pub(crate) async fn fails(s: &S, c: &Party, case: &str, knobs: Knobs, error: &str) -> Url {
    s.turn(knobs).await;
    let (browser, attempt, way) = crate::cbk::returning(s, c).await;
    let before = s.home.store.records().await.len();
    let answer = browser.get(way.as_str()).await;
    let called = red(case, &answer, &attempt, error);
    assert!(
        s.home.store.records().await.len() <= before,
        "{case}: something was stored"
    );
    called
}

fn token_answer(body: &str, content_type: &str) -> Knobs {
    let fault = Fault {
        status: Some(200),
        body: body.into(),
        content_type: content_type.into(),
        ..Fault::default()
    };
    Knobs {
        faults: [("token".to_owned(), fault)].into(),
        ..Knobs::default()
    }
}

async fn errors_called_success(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for (body, kind) in [
        (r#"{"error":"bad_verification_code"}"#, "application/json"),
        (
            "error=bad_verification_code&error_description=x",
            "application/x-www-form-urlencoded",
        ),
        (
            r#"{"error":"bad_verification_code","access_token":"abcdefghijklmnop"}"#,
            "application/json",
        ),
        ("<html>", "text/html"),
        ("", "application/json"),
        ("[]", "application/json"),
    ] {
        fails(&s, &c, body, token_answer(body, kind), "server_error").await;
    }
}

fn members(of: Value) -> Knobs {
    let token_members = of.as_object().cloned().unwrap_or_else(Map::new);
    Knobs {
        token_members,
        ..Knobs::default()
    }
}

async fn broken_answers(setup: Setup) {
    let s = setup
        .start_with(|server| server.access_token_ttl(std::time::Duration::from_mins(5)))
        .await;
    let c = s.c().await;
    let long = "t".repeat(64 * 1024);
    for wrong in [
        json!({"access_token": ""}),
        json!({"access_token": null}),
        json!({"access_token": 7}),
        json!({"token_type": "mac"}),
        json!({"access_token": long}),
    ] {
        let case = wrong.to_string();
        fails(
            &s,
            &c,
            &case[..case.len().min(80)],
            members(wrong),
            "server_error",
        )
        .await;
    }
    // A life that is none is replaced by the default, and a number in a text is that number.
    for life in [
        json!(-1),
        json!(0),
        json!(1e99),
        json!("3600"),
        Value::Null,
        json!("NaN"),
        json!([1]),
    ] {
        s.turn(Knobs {
            expires_in: life.clone(),
            ..Knobs::default()
        })
        .await;
        let tokens = c.login().await;
        assert_eq!(tokens.expires_in, 300, "{life}");
        let hint = s.mcp(&tokens.access).text("upstream_hint", json!({})).await;
        assert_eq!(hint.len(), 4, "{life}");
    }
}

async fn unproven_id_tokens(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for id_token in [
        IdToken::ForeignKey,
        IdToken::Unsigned,
        IdToken::WrongIssuer,
        IdToken::WrongAudience,
        IdToken::WrongNonce,
        IdToken::Expired,
    ] {
        let case = format!("{id_token:?}");
        let knobs = Knobs {
            id_token,
            ..Knobs::default()
        };
        fails(&s, &c, &case, knobs, "server_error").await;
    }
}

async fn withheld_scopes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    s.turn(Knobs {
        scope: Some("openid".into()),
        ..Knobs::default()
    })
    .await;
    let tokens = c
        .login_with(&[("scope", "openid profile notes:write")])
        .await;
    assert_eq!(tokens.scope, "openid");
    // Nor can it grant what was not asked for.
    s.turn(Knobs {
        scope: Some("openid profile notes:write admin".into()),
        ..Knobs::default()
    })
    .await;
    let tokens = c.login_with(&[("scope", "openid")]).await;
    assert_eq!(tokens.scope, "openid");
}

async fn people(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let email = json!({"email": "same@example.com", "preferred_username": "same", "name": "same"});
    let mut subjects = Vec::new();
    for user in ["1001", "1002"] {
        s.person(user, email.clone()).await;
        let tokens = c.login().await;
        let who = s.mcp(&tokens.access).text("whoami", json!({})).await;
        let who: Value = serde_json::from_str(&who).unwrap();
        subjects.push(who["subject"].clone());
    }
    assert_ne!(subjects[0], subjects[1], "one address, two people");
    // A new name and address, and still the same person.
    s.person("1001", json!({"email": "new@example.com", "name": "new"}))
        .await;
    let tokens = c.login().await;
    let who = s.mcp(&tokens.access).text("whoami", json!({})).await;
    let who: Value = serde_json::from_str(&who).unwrap();
    assert_eq!(who["subject"], subjects[0]);
}

async fn pkce_of_the_provider(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let attempt = c.az(&[]);
    let page = browser.get(attempt.url.as_str()).await;
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let ours = answer.location().unwrap();
    // The attacker's own code at the provider, made with a challenge of the attacker's.
    let mut built = ours.clone();
    let pairs: Vec<_> = ours.query_pairs().into_owned().collect();
    let challenge = tests::base64url_sha256("a verifier that the attacker knows, 43 letters long");
    built
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs.iter().map(|(name, value)| {
            let value = if name == "code_challenge" {
                &challenge
            } else {
                value
            };
            (name, value)
        }));
    let way = browser.get(built.as_str()).await.location().unwrap();
    assert!(
        parameter(&way, "code").is_some(),
        "the provider gave a code: {way}"
    );
    let answer = browser.get(way.as_str()).await;
    red("a foreign challenge", &answer, &attempt, "server_error");
    let exchanged = s.calls("token").await;
    let verifier = exchanged[0].parameter("code_verifier").unwrap_or_default();
    assert!(verifier.len() >= 43, "{exchanged:?}");
    assert!(attempt.redirect.starts_with(C_CB));
}
