//! `GET /oauth/callback`: a state that we made, once, from the browser that agreed.

use tests::browser::Browser;
use tests::client::REDIRECT;
use tests::form::Form;
use tests::http::parameter;
use tests::world::{Kind, World};
use url::Url;

use super::assert_page;

/// A browser that has been sent back to the callback, and the URL that it was sent to.
async fn returning(world: &World) -> (Browser, Url) {
    let browser = Browser::new();
    let page = browser
        .open(world.client.begin().url.as_str(), REDIRECT)
        .await
        .page();
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let url = browser
        .follow(answer, &world.server.at("/oauth/callback"))
        .await
        .client();
    (browser, url)
}

#[tokio::test]
async fn a_call_back_that_proves_nothing_gets_a_page() {
    let world = World::start(Kind::Memory).await;
    let (browser, good) = returning(&world).await;
    let code = parameter(&good, "code").expect("a code");
    let state = parameter(&good, "state").expect("a state");
    let callback = world.server.at("/oauth/callback");
    let last = if state.ends_with('A') { "B" } else { "A" };
    let flipped = format!("{}{last}", &state[..state.len() - 1]);
    let first = if state.starts_with('A') { "B" } else { "A" };
    let turned = format!("{first}{}", &state[1..]);
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("nothing", &[]),
        ("no state", &[("code", &code)]),
        ("unknown state", &[("code", &code), ("state", "unknown")]),
        ("flipped state", &[("code", &code), ("state", &turned)]),
        (
            "flipped at the end",
            &[("code", &code), ("state", &flipped)],
        ),
        (
            "code twice",
            &[("code", &code), ("code", &code), ("state", &state)],
        ),
        (
            "state twice",
            &[("code", &code), ("state", &state), ("state", &state)],
        ),
        (
            "code and error",
            &[
                ("code", &code),
                ("error", "access_denied"),
                ("state", &state),
            ],
        ),
        ("no code", &[("state", &state)]),
    ];
    for (case, query) in cases {
        let url = format!("{callback}?{}", tests::http::encode(query));
        let answer = browser.get(&url).await;
        // The last bits of the last character of base64 may mean nothing; then this is good.
        assert_page(case, &answer, 400);
    }
    assert!(world.idp.calls("token").await.is_empty());
    let head = tests::http::Http::new()
        .send("HEAD", good.as_str(), &[], "")
        .await;
    assert_eq!(head.status, 405);
    browser.open(good.as_str(), REDIRECT).await.client();
    world.check_good_flow().await;
}

#[tokio::test]
async fn nothing_in_the_page_passes_for_a_state() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let page = browser
        .open(world.client.begin().url.as_str(), REDIRECT)
        .await
        .page();
    let form = Form::find(&page.body).expect("a form");
    for (name, value) in form.fields {
        let query = tests::http::encode(&[("code", "x"), ("state", value.as_str())]);
        let url = format!("{}?{query}", world.server.at("/oauth/callback"));
        assert_page(&name, &browser.get(&url).await, 400);
    }
    assert!(world.idp.calls("token").await.is_empty());
}

#[tokio::test]
async fn an_error_from_upstream_needs_the_cookie_too() {
    let world = World::start(Kind::Memory).await;
    let (browser, good) = returning(&world).await;
    let state = parameter(&good, "state").expect("a state");
    let query = tests::http::encode(&[("error", "access_denied"), ("state", state.as_str())]);
    let url = format!("{}?{query}", world.server.at("/oauth/callback"));
    let stranger = Browser::new().get(&url).await;
    assert!(stranger.location().is_none(), "{stranger:?}");
    assert!(matches!(stranger.status, 400 | 403), "{stranger:?}");
    let called = browser.open(&url, REDIRECT).await.client();
    assert_eq!(
        parameter(&called, "error").as_deref(),
        Some("access_denied")
    );
}
