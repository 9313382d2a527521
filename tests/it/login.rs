//! A whole login over HTTP, and what must not happen on the way.

use serde_json::json;
use tests::browser::{Browser, Landing};
use tests::client::{Client, REDIRECT, Tokens, discover, quoted};
use tests::http::{Http, parameter};
use tests::mcp::Era;
use tests::world::{Kind, World};

#[tokio::test]
async fn a_login_over_every_store_ends_in_an_answer_of_a_tool() {
    for kind in Kind::all() {
        let world = World::start(kind).await;
        world.person("alice", &["admin"]).await;
        let tokens = world.login().await;
        assert!(
            tokens.expires_in > 0 && tokens.expires_in <= 86_400,
            "{tokens:?}"
        );
        for era in Era::ALL {
            let mcp = world.mcp(era, &tokens.access).await;
            assert_eq!(mcp.text("echo", json!({"text": "hello"})).await, "hello");
            assert_eq!(mcp.text("admin_only", json!({})).await, "you are an admin");
        }
        let me = world.whoami(&tokens.access).await;
        assert_eq!(me["subject"], "alice", "{me}");
        assert_eq!(me["client"], json!(world.client.id));
        assert_eq!(me["roles"], json!(["admin"]));
        let scopes = me["scopes"].as_array().expect("scopes");
        assert!(scopes.contains(&json!("notes:write")), "{me}");
    }
}

#[tokio::test]
async fn a_tool_has_the_upstream_token_and_the_client_has_not() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    let mcp = world.mcp(Era::Modern, &tokens.access).await;
    let hint = mcp.text("upstream_token_hint", json!({})).await;
    let issued = world.idp.issued().await;
    assert_eq!(hint.len(), 4);
    assert!(issued.iter().any(|token| token.starts_with(&hint)));
    for token in issued {
        assert!(!tokens.access.contains(&token) && !tokens.refresh.contains(&token));
    }
    let calls = world.idp.calls("token").await;
    assert_eq!(calls.len(), 1, "one exchange a login");
    assert_eq!(calls[0].parameter("grant_type"), Some("authorization_code"));
}

#[tokio::test]
async fn discovery_leads_from_the_401_to_every_endpoint() {
    let world = World::start(Kind::Memory).await;
    let found = &world.client.discovered;
    let base = world.server.base();
    assert_eq!(found.resource["resource"], json!(world.server.mcp()));
    assert_eq!(found.resource["authorization_servers"], json!([base]));
    assert_eq!(found.server["issuer"], json!(base));
    assert_eq!(
        found.server["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(found.server["response_types_supported"], json!(["code"]));
    assert_eq!(
        found.server["authorization_response_iss_parameter_supported"],
        json!(true)
    );
    assert!(
        !found.challenge.contains("error"),
        "no token, no error: {}",
        found.challenge
    );
    let document = quoted(&found.challenge, "resource_metadata").expect("a document");
    assert_eq!(
        document,
        world.server.at("/.well-known/oauth-protected-resource/mcp")
    );
    for (name, value) in found.server.as_object().expect("an object") {
        if name.ends_with("_endpoint") {
            assert!(
                value.as_str().is_some_and(|url| url.starts_with(base)),
                "{name}: {value}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_goes_upstream_before_consent_and_nothing_of_the_client_ever_does() {
    let world = World::start(Kind::Memory).await;
    let attempt = world.client.begin();
    let browser = Browser::new();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.body.contains("Test client") && page.body.contains("127.0.0.1"),
        "{page:?}"
    );
    assert!(world.idp.calls("authorize").await.is_empty());

    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let called = browser.follow(answer, REDIRECT).await.client();
    let code = world.client.code(&attempt, &called);
    let calls = world.idp.calls("authorize").await;
    assert_eq!(calls.len(), 1);
    let upstream = &calls[0];
    assert_ne!(upstream.parameter("state"), Some(attempt.state.as_str()));
    assert_ne!(
        upstream.parameter("client_id"),
        Some(world.client.id.as_str())
    );
    let challenge = parameter(&attempt.url, "code_challenge");
    assert_ne!(upstream.parameter("code_challenge"), challenge.as_deref());
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "state",
        "code_challenge",
    ] {
        let count = upstream
            .parameters
            .iter()
            .filter(|(known, _)| known == name)
            .count();
        assert_eq!(count, 1, "{name} in {upstream:?}");
    }
    assert!(
        !world.idp.issued().await.contains(&code),
        "our code is not the provider's"
    );
}

#[tokio::test]
async fn a_denial_reaches_the_client_and_cannot_be_taken_back() {
    let world = World::start(Kind::Memory).await;
    let attempt = world.client.begin();
    let browser = Browser::new();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    let answer = browser.press(&page, Some("deny"), |_| {}).await;
    let called = browser.follow(answer, REDIRECT).await.client();
    assert_eq!(
        parameter(&called, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(
        parameter(&called, "state").as_deref(),
        Some(attempt.state.as_str())
    );
    assert_eq!(
        parameter(&called, "iss").as_deref(),
        Some(world.server.base())
    );
    assert_eq!(parameter(&called, "code"), None);

    let again = browser.press(&page, Some("approve"), |_| {}).await;
    assert_eq!(again.status, 400, "{again:?}");
    assert!(world.idp.calls("authorize").await.is_empty());
}

#[tokio::test]
async fn the_callback_belongs_to_the_browser_that_agreed() {
    let world = World::start(Kind::Memory).await;
    let attempt = world.client.begin();
    let browser = Browser::new();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let callback = world.server.at("/oauth/callback");
    let url = browser.follow(answer, &callback).await.client();

    let other = Browser::new().get(url.as_str()).await;
    assert_eq!(other.status, 403, "{other:?}");
    assert!(other.location().is_none());
    assert!(
        world.idp.calls("token").await.is_empty(),
        "nothing was exchanged"
    );

    let landing = browser.open(url.as_str(), REDIRECT).await;
    let Landing::Client(called) = landing else {
        panic!("the state is burnt: {landing:?}")
    };
    world.client.code(&attempt, &called);
    let replayed = browser.get(url.as_str()).await;
    assert_eq!(replayed.status, 400, "{replayed:?}");
    assert_eq!(world.idp.calls("token").await.len(), 1);
}

#[tokio::test]
async fn the_approval_form_is_useless_in_another_browser() {
    let world = World::start(Kind::Memory).await;
    let page = Browser::new()
        .open(world.client.begin().url.as_str(), REDIRECT)
        .await
        .page();
    let victim = Browser::new();
    victim
        .open(world.client.begin().url.as_str(), REDIRECT)
        .await
        .page();
    for browser in [Browser::new(), victim] {
        let answer = browser.press(&page, Some("approve"), |_| {}).await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    assert!(world.idp.calls("authorize").await.is_empty());
}

#[tokio::test]
async fn two_tabs_finish_in_either_order() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let (first, second) = (world.client.begin(), world.client.begin());
    let first_page = browser.open(first.url.as_str(), REDIRECT).await.page();
    let second_page = browser.open(second.url.as_str(), REDIRECT).await.page();
    let first_answer = browser.press(&first_page, Some("approve"), |_| {}).await;
    let second_answer = browser.press(&second_page, Some("approve"), |_| {}).await;
    let second_called = browser.follow(second_answer, REDIRECT).await.client();
    let first_called = browser.follow(first_answer, REDIRECT).await.client();
    for (attempt, called) in [(first, first_called), (second, second_called)] {
        let code = world.client.code(&attempt, &called);
        Tokens::read(&world.client.redeem(&code, &attempt.verifier).await);
    }
}

#[tokio::test]
async fn confidential_clients_log_in_with_the_method_they_chose() {
    let world = World::start(Kind::Memory).await;
    let discovered = discover(&world.server.mcp()).await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let metadata = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": method});
        let client = Client::register_as(discovered.clone(), &metadata).await;
        let secret = client
            .secret
            .clone()
            .expect("a confidential client has a secret");
        let attempt = client.begin();
        let called = Browser::new()
            .agree(attempt.url.as_str(), REDIRECT, |_| {})
            .await;
        let code = client.code(&attempt, &called);
        let url = client.discovered.endpoint("token_endpoint");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", attempt.verifier.as_str()),
            ("redirect_uri", REDIRECT),
            ("client_id", client.id.as_str()),
        ];
        let without = Http::new().post_form(&url, &form).await;
        assert_eq!(
            without.outcome(),
            (401, Some("invalid_client".into())),
            "{method}"
        );
        let answer = if method == "client_secret_basic" {
            crate::support::with_basic(&url, &client.id, &secret, &form[..4]).await
        } else {
            client.redeem(&code, &attempt.verifier).await
        };
        Tokens::read(&answer);
    }
}
