//! The callback: a state of ours, once, from the browser that agreed.

use std::sync::Arc;

use fastmcp::store::MemoryStore;
use serde_json::json;
use tests::browser::Browser;
use tests::http::{Answer, encode, parameter};
use tests::idp::Knobs;
use url::Url;

use crate::case::cases;
use crate::outcome::{Page, Status, red};
use crate::party::{Attempt, C_CB, Party};
use crate::setup::{S, Setup};
use crate::watched::Watched;

cases! {
    "CBK-01" Each another_browser,
    "CBK-02" Each states_of_nobody,
    "CBK-03" Each equal_callbacks,
    "CBK-05" Each a_refusal,
    "CBK-06" Once words_of_the_provider,
    "CBK-07" Each more_than_one_thing,
    "CBK-14" Each success,
    "CBK-15" Each the_head,
}

/// A browser on its way back, and where to.
pub(crate) async fn returning(s: &S, client: &Party) -> (Browser, Attempt, Url) {
    let browser = s.browser();
    let attempt = client.az(&[]);
    let page = browser.get(attempt.url.as_str()).await;
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let callback = s.at("/oauth/callback");
    let way = browser.follow(answer, &callback).await.client();
    (browser, attempt, way)
}

/// Finishes a login that is back from the provider.
async fn finish(client: &Party, browser: &Browser, attempt: &Attempt, way: &Url) {
    let answer = browser.get(way.as_str()).await;
    let location = answer.location().unwrap_or_else(|| panic!("{answer:?}"));
    let code = parameter(&location, "code").expect("a code");
    Status(200).of("the login", &client.redeem(attempt, &code).await);
}

fn part(way: &Url, name: &str) -> String {
    parameter(way, name).expect("a parameter")
}

async fn another_browser(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let stranger = s.browser();
    s.expect("no cookie", stranger.get(way.as_str()), Page(403))
        .await;
    // One with a cookie of its own.
    stranger.get(c.az(&[]).url.as_str()).await;
    s.expect("another cookie", stranger.get(way.as_str()), Page(403))
        .await;
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
    finish(&c, &browser, &attempt, &way).await;
}

async fn states_of_nobody(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, _, way) = returning(&s, &c).await;
    let (code, state) = (part(&way, "code"), part(&way, "state"));
    let mut wrong = vec![String::new(), "unknown".into(), state[1..].to_owned()];
    for at in [0, state.len() / 3, state.len() / 2, state.len() - 2] {
        let swapped = if &state[at..=at] == "A" { "B" } else { "A" };
        wrong.push(format!("{}{swapped}{}", &state[..at], &state[at + 1..]));
    }
    for state in &wrong {
        let query = encode(&[("code", &code), ("state", state)]);
        let url = s.at(&format!("/oauth/callback?{query}"));
        s.expect(state, browser.get(&url), Page(400)).await;
    }
    let missing = s.at(&format!("/oauth/callback?{}", encode(&[("code", &code)])));
    s.expect("missing", browser.get(&missing), Page(400)).await;
    s.wait(601);
    let late = browser.get(way.as_str()).await;
    Page(400).of("601 s old", &late);
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
    // Of a server with the same keys whose records are gone.
    let (browser, _, way) = returning(&s, &c).await;
    let empty = Watched::new(Arc::new(MemoryStore::new()));
    let empty = s.home.with_store(empty);
    let wiped = setup
        .start_at(empty, crate::setup::BASE, |server| server)
        .await;
    for clock in &wiped.clocks {
        clock.by(601);
    }
    let browser = browser.by_way_of(&wiped.nodes);
    wiped
        .expect("wiped", browser.get(way.as_str()), Page(400))
        .await;
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
}

async fn equal_callbacks(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let racers = (0..64).map(|_| {
        let (browser, way) = (browser.clone(), way.clone());
        tokio::spawn(async move { browser.get(way.as_str()).await })
    });
    let mut codes = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        let answer = racer.await.expect("a racer");
        match answer.location() {
            Some(location) => codes.push(part(&location, "code")),
            None => Page(400).of("a loser", &answer),
        }
    }
    assert_eq!(codes.len(), 1, "one callback succeeds");
    assert_eq!(s.idp.count("token").await, 1, "exchanges");
    s.expect("once more", browser.get(way.as_str()), Page(400))
        .await;
    Status(200).of("the code", &c.redeem(&attempt, &codes[0]).await);
}

async fn a_refusal(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let query = encode(&[("error", "access_denied"), ("state", &part(&way, "state"))]);
    let url = s.at(&format!("/oauth/callback?{query}"));
    let stranger = s.browser().get(&url).await;
    assert!(matches!(stranger.status, 400 | 403), "{stranger:?}");
    Page(stranger.status).of("without the cookie", &stranger);
    red(
        "refused",
        &browser.get(&url).await,
        &attempt,
        "access_denied",
    );
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
}

async fn words_of_the_provider(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let long = "e".repeat(5 * 1024);
    for error in [
        "<script>alert(1)</script>",
        &long,
        "invalid_client",
        "größe",
        "server_error",
    ] {
        let (browser, attempt, way) = returning(&s, &c).await;
        let state = part(&way, "state");
        let query = encode(&[
            ("error", error),
            ("error_description", "<canary> of the provider"),
            ("error_uri", "javascript:alert(1)"),
            ("state", &state),
        ]);
        let url = s.at(&format!("/oauth/callback?{query}"));
        let called = red(error, &browser.get(&url).await, &attempt, "server_error");
        assert_eq!(parameter(&called, "error_uri"), None, "{called}");
        let words = parameter(&called, "error_description").unwrap_or_default();
        let printable = words.chars().all(|c| (' '..='~').contains(&c));
        assert!(
            words.len() <= 200 && printable && !words.contains("canary"),
            "{called}"
        );
    }
}

async fn more_than_one_thing(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let (code, state) = (part(&way, "code"), part(&way, "state"));
    let (code, state) = (("code", code.as_str()), ("state", state.as_str()));
    let cases: [&[(&str, &str)]; 6] = [
        &[code, ("error", "access_denied"), state],
        &[code, code, state],
        &[code, ("code", "other"), state],
        &[code, state, state],
        &[code, state, ("state", "")],
        &[state],
    ];
    for query in cases {
        let url = s.at(&format!("/oauth/callback?{}", encode(query)));
        s.expect(&url, browser.get(&url), Page(400)).await;
    }
    let spelled = format!("{way}&c%6fde=other");
    s.expect("c%6fde", browser.get(&spelled), Page(400)).await;
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
    finish(&c, &browser, &attempt, &way).await;
}

/// Everything that a good answer of the callback is.
fn holds(answer: &Answer, attempt: &Attempt) -> Url {
    assert_eq!(answer.status, 303, "{answer:?}");
    let called = answer.location().unwrap();
    assert!(
        called
            .as_str()
            .starts_with(&format!("{}?", attempt.redirect)),
        "{called}"
    );
    let mut names: Vec<_> = called
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "iss", "state"], "{called}");
    assert_eq!(part(&called, "state"), attempt.state);
    assert_eq!(part(&called, "iss"), "https://s.test");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    called
}

async fn success(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let called = holds(&browser.get(way.as_str()).await, &attempt);
    assert_ne!(part(&called, "code"), part(&way, "code"));
    assert!(called.as_str().starts_with(C_CB));
    assert!(!s.idp.issued().await.contains(&part(&called, "code")));
}

async fn the_head(setup: Setup) {
    let s = setup.start().await;
    s.turn(Knobs::default()).await;
    let c = s.c().await;
    let (browser, attempt, way) = returning(&s, &c).await;
    let cookie = browser.cookies(&s.nodes_url()).unwrap();
    let headers = [("cookie", cookie.as_str())];
    for method in ["HEAD", "POST", "PUT"] {
        let head = s.http.send(method, way.as_str(), &headers, "");
        let answer = s.expect(method, head, Status(405)).await;
        assert_eq!(answer.header("allow"), Some("GET"));
    }
    assert_eq!(s.idp.count("token").await, 0, "the provider was asked");
    finish(&c, &browser, &attempt, &way).await;
    assert_eq!(json!(s.idp.count("token").await), json!(1));
}
