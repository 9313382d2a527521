//! Records at rest, in the hands of a thief.

use fastmcp::store::{Key, Record};
use tests::client::Tokens;

use crate::case::cases;
use crate::desk::Touched;
use crate::log;
use crate::outcome::{E, Status};
use crate::party::Party;
use crate::setup::{BASE, S, Setup, configured};

cases! {
    "STO-02" Each flipped_bytes,
    "STO-03" Each moved_records,
    "STO-14" Each old_copies,
    "STO-18" Once readable_by_mistake,
    "RAC-05" Each lost_in_a_crash,
    "RAC-07" Two any_node,
    "RAC-09" Each damaged_stores,
    "RAC-11" Each outages,
}

/// The records of that kind that are there now and were not before.
async fn fresh(s: &S, kind: &str, before: &[(Key, Record)]) -> Vec<(Key, Record)> {
    let now = s.home.store.records().await;
    let of_kind = now.into_iter().filter(|(key, _)| key.kind() == kind);
    let is_new = |(key, _): &(Key, Record)| before.iter().all(|(known, _)| known != key);
    of_kind.filter(is_new).collect()
}

/// A login and the record of its grant.
async fn login(s: &S, c: &Party) -> (Tokens, Key, Record) {
    let before = s.home.store.records().await;
    let tokens = c.login().await;
    let grant = fresh(s, "grant", &before).await.pop().expect("a grant");
    (tokens, grant.0, grant.1)
}

async fn flipped_bytes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (other, ..) = login(&s, &c).await;
    let (tokens, key, record) = login(&s, &c).await;
    let from = log::length();
    let step = (record.value.len() / crate::case::rounds(12)).max(1);
    for at in (0..record.value.len())
        .step_by(step)
        .chain([record.value.len() - 1])
    {
        let mut value = record.value.clone();
        value[at] ^= 1;
        s.home.store.forge(&key, value).await;
        s.wait(6);
        let answer = c.refresh(&tokens.refresh).await;
        E(400, "invalid_grant").of(&format!("byte {at}"), &answer);
        s.unheard(&format!("byte {at}"), &tokens.access).await;
    }
    let said = log::since(from);
    assert!(
        said.contains("corrupt") || said.contains("integrity"),
        "nothing is in the log"
    );
    let left = s.home.store.records().await;
    assert!(
        left.iter().any(|(known, _)| *known == key),
        "the record is left in place"
    );
    s.heard("the others", &other.access).await;
    s.home.store.forge(&key, record.value).await;
    Status(200).of("put right", &c.refresh(&tokens.refresh).await);
}

async fn moved_records(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let before = s.home.store.records().await;
    let (alice, a_key, a) = login(&s, &c).await;
    s.person("mallory", serde_json::json!({})).await;
    let (mallory, m_key, m) = login(&s, &c).await;
    s.home.store.forge(&a_key, m.value.clone()).await;
    s.home.store.forge(&m_key, a.value.clone()).await;
    s.wait(6);
    for tokens in [&alice, &mallory] {
        s.unheard("swapped", &tokens.access).await;
        E(400, "invalid_grant").of("swapped", &c.refresh(&tokens.refresh).await);
    }
    let logins = fresh(&s, "login", &before).await;
    let login = logins.first().expect("a login's record");
    s.home.store.forge(&a_key, login.1.value.clone()).await;
    s.wait(6);
    s.unheard("a record of another kind", &alice.access).await;
    // Under a name of the thief's own.
    let renamed = Key::new("grant", [7; 32]);
    s.home.store.forge(&renamed, a.value.clone()).await;
    s.unheard("renamed", &alice.access).await;
    for (key, value) in [(a_key, a.value), (m_key, m.value)] {
        s.home.store.forge(&key, value).await;
    }
    s.home.store.lose("no such kind").await;
    Status(200).of("alice again", &c.refresh(&alice.refresh).await);
    Status(200).of("mallory again", &c.refresh(&mallory.refresh).await);
}

async fn old_copies(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let before = s.home.store.records().await;
    let (attempt, code) = c.code().await;
    let copies = fresh(&s, "login", &before).await;
    let tokens = Tokens::read(&c.redeem(&attempt, &code).await);
    s.wait(61);
    for (key, record) in copies {
        s.home.store.forge(&key, record.value).await;
    }
    let answer = c.redeem(&attempt, &code).await;
    E(400, "invalid_grant").of("an old code, put back", &answer);
    // A grant as it was two rotations ago: what it opened then has ended with its time.
    let (first, key, record) = login(&s, &c).await;
    let second = crate::refresh::renewed(&c, &first).await;
    crate::refresh::renewed(&c, &second).await;
    s.wait(31 * 24 * 3600);
    if s.home
        .store
        .records()
        .await
        .iter()
        .any(|(known, _)| *known == key)
    {
        s.home.store.forge(&key, record.value).await;
    }
    for old in [&tokens, &first, &second] {
        E(400, "invalid_grant").of("after its time", &c.refresh(&old.refresh).await);
        s.unheard("after its time", &old.access).await;
    }
}

async fn readable_by_mistake(setup: Setup) {
    let directory = tempfile::tempdir().unwrap();
    let address = format!("disk:{}", directory.path().join("store").display());
    let server = configured(&setup.idp, &Touched::default(), BASE);
    let error = server
        .store(address)
        .unencrypted_for_development()
        .router()
        .await;
    let error = error.expect_err("readable records on disk").to_string();
    assert!(error.contains("unencrypted_for_development"), "{error}");
    let from = log::length();
    let server = configured(&setup.idp, &Touched::default(), "http://localhost:8000");
    let started = server.unencrypted_for_development().router().await;
    assert!(started.is_ok(), "in memory it may be: {started:?}");
    assert!(log::since(from).contains("WARN"), "nobody is warned");
}

/// Another process over the same records, when the first is gone.
async fn restarted(setup: &Setup, s: &S, seconds: i64) -> S {
    setup.forget(s);
    let again = setup.start_at(s.home.clone(), BASE, |server| server).await;
    again.wait(seconds);
    again
}

async fn lost_in_a_crash(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    let second = crate::refresh::renewed(&c, &first).await;
    let again = restarted(&setup, &s, 100).await;
    let c = c.at(&again);
    assert_eq!(
        crate::refresh::renewed(&c, &first).await.refresh,
        second.refresh
    );
    crate::refresh::renewed(&c, &second).await;
}

async fn any_node(setup: Setup) {
    let s = setup.start().await;
    let at = |node: usize| s.browser().by_way_of(&s.nodes.only(node));
    for (one, other) in [(0, 1), (1, 0)] {
        let url = s.at("/oauth/register");
        let body =
            crate::setup::registration(serde_json::json!({"redirect_uris": ["https://c.test/cb"]}));
        let issued = s.only(one).post_json(&url, &body).await.json();
        let c = s.named(issued["client_id"].as_str().unwrap());
        let attempt = c.az(&[]);
        let browser = at(other);
        let page = browser.get(attempt.url.as_str()).await;
        let approved = browser.clone().by_way_of(&s.nodes.only(one));
        let approved = approved.press(&page, Some("approve"), |_| {}).await;
        let called = browser.follow(approved, &attempt.redirect).await.client();
        let code = tests::http::parameter(&called, "code").expect("a code");
        let tokens = Tokens::read(&c.only(one).redeem(&attempt, &code).await);
        s.heard("at both", &tokens.access).await;
        Status(200).of("a refresh", &c.only(other).refresh(&tokens.refresh).await);
    }
}

async fn damaged_stores(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(login(&s, &c).await);
    }
    let (damaged, key, record) = all.pop().expect("logins");
    s.home.store.forge(&key, vec![0; record.value.len()]).await;
    let began = std::time::Instant::now();
    let again = restarted(&setup, &s, 0).await;
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    let c = c.at(&again);
    E(400, "invalid_grant").of("the damaged one", &c.refresh(&damaged.refresh).await);
    for (tokens, ..) in &all {
        Status(200).of("the others", &c.refresh(&tokens.refresh).await);
    }
}

async fn outages(setup: Setup) {
    let s = setup.start().await;
    let (c, k) = (s.c().await, s.k().await);
    let (attempt, code) = c.code().await;
    let (tokens, own) = (c.login().await, k.login().await);
    s.wait(6); // what nodes remember is looked up again
    s.home.store.away(true);
    let away = E(503, "temporarily_unavailable");
    for (case, answer) in [
        ("redeem", c.redeem(&attempt, &code).await),
        ("refresh", c.refresh(&tokens.refresh).await),
        ("a confidential client", k.refresh(&own.refresh).await),
        ("revoke", c.revoke(&tokens.refresh).await),
        (
            "register",
            s.register(&crate::setup::registration(serde_json::json!({})))
                .await,
        ),
    ] {
        away.of(case, &answer);
        assert!(answer.header("retry-after").is_some(), "{case}: {answer:?}");
    }
    let call = s.list_at(0, &tokens.access).await;
    Status(503).of("a call", &call);
    assert!(call.header("retry-after").is_some(), "{call:?}");
    let page = c.open(&c.az(&[])).await;
    Status(503).of("the page", &page);
    s.home.store.away(false);
    Status(200).of("the code", &c.redeem(&attempt, &code).await);
    Status(200).of("the refresh token", &c.refresh(&tokens.refresh).await);
    Status(200).of("the client", &k.refresh(&own.refresh).await);
    s.heard("the access token", &tokens.access).await;
}
