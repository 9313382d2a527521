//! `POST /oauth/consent`: one decision, by the browser that saw the page.

use tests::browser::Browser;
use tests::client::REDIRECT;
use tests::form::Form;
use tests::http::{Answer, Http};
use tests::world::{Kind, World};

use super::assert_page;

async fn page(world: &World, browser: &Browser) -> Answer {
    browser
        .open(world.client.begin().url.as_str(), REDIRECT)
        .await
        .page()
}

#[tokio::test]
async fn only_a_clear_yes_is_a_yes() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    for action in ["maybe", "APPROVE", ""] {
        let page = page(&world, &browser).await;
        let press = |form: &mut Form| {
            form.buttons.clear();
            form.set("action", action);
        };
        assert_page(action, &browser.press(&page, None, press).await, 400);
    }
    let shown = page(&world, &browser).await;
    let none = browser
        .press(&shown, None, |form| form.buttons.clear())
        .await;
    assert_page("no action", &none, 400);
    let both = |form: &mut Form| form.fields.push(("action".into(), "deny".into()));
    assert_page(
        "both",
        &browser.press(&shown, Some("approve"), both).await,
        400,
    );
    assert!(world.idp.calls("authorize").await.is_empty());
    world.check_good_flow().await;
}

#[tokio::test]
async fn a_form_that_was_changed_is_refused() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let shown = page(&world, &browser).await;
    let other = page(&world, &browser).await;
    let other = Form::find(&other.body).expect("a form");
    let form = Form::find(&shown.body).expect("a form");
    assert!(!form.fields.is_empty(), "the request travels in the page");
    for (name, value) in &form.fields {
        let flipped = flip(value);
        let answer = browser
            .press(&shown, Some("approve"), |form| form.set(name, &flipped))
            .await;
        assert_page(&format!("{name} flipped"), &answer, 403);
        let answer = browser
            .press(&shown, Some("approve"), |form| form.set(name, ""))
            .await;
        assert_page(&format!("{name} empty"), &answer, 403);
    }
    if let [(first, _), _, ..] = form.fields.as_slice() {
        let foreign = other.value(first).expect("the same fields").to_owned();
        let answer = browser
            .press(&shown, Some("approve"), |form| form.set(first, &foreign))
            .await;
        assert_page("a part of another page", &answer, 403);
    }
    assert!(world.idp.calls("authorize").await.is_empty());
}

/// Changes one character in the middle.
fn flip(text: &str) -> String {
    let middle = text.len() / 2;
    let swapped = if &text[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    format!("{}{swapped}{}", &text[..middle], &text[middle + 1..])
}

#[tokio::test]
async fn a_form_is_spent_once_the_login_went_on() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let shown = page(&world, &browser).await;
    let answer = browser.press(&shown, Some("approve"), |_| {}).await;
    browser.follow(answer, REDIRECT).await.client();
    assert_page(
        "replay",
        &browser.press(&shown, Some("approve"), |_| {}).await,
        400,
    );
}

#[tokio::test]
async fn reading_never_approves() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let shown = page(&world, &browser).await;
    let form = Form::find(&shown.body).expect("a form");
    let query = tests::http::encode(&form.pressed(Some("approve")));
    let url = format!("{}?{query}", world.server.at("/oauth/consent"));
    for method in ["GET", "HEAD"] {
        let answer = Http::new().send(method, &url, &[], "").await;
        assert!(matches!(answer.status, 400 | 405), "{method}: {answer:?}");
        assert!(answer.location().is_none());
    }
    assert!(world.idp.calls("authorize").await.is_empty());
}

#[tokio::test]
async fn a_page_rendered_a_dozen_times_still_works() {
    let world = World::start(Kind::Memory).await;
    let browser = Browser::new();
    let first = world.client.begin();
    let shown = browser.open(first.url.as_str(), REDIRECT).await.page();
    for _ in 0..11 {
        browser.get(first.url.as_str()).await;
    }
    let cookies = browser.cookies(world.server.base()).unwrap_or_default();
    assert!(cookies.len() < 8192, "{} bytes of cookies", cookies.len());
    let answer = browser.press(&shown, Some("approve"), |_| {}).await;
    let called = browser.follow(answer, REDIRECT).await.client();
    world.client.code(&first, &called);
}
