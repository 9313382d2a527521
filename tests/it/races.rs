//! 64 identical requests at once on every single-use step: in memory, on disk, and at two nodes
//! over one Redis and one PostgreSQL, each racer at a node by chance, each node by a slow wire.
//!
//! A round costs its requests and nothing else: processes, browser and connections are kept.
//! `TESTS_ROUNDS` says how many rounds each race has over each store, and `TESTS_STORES` over which
//! (`disk,redis`); a line of counts is printed for each.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tests::client::{Attempt, REDIRECT, Tokens};
use tests::http::{Answer, parameter};
use tests::idp::{Knobs, RefreshTokens};
use tests::tally::Tally;

use crate::ring::{Ring, everywhere, hold_once, patiently, slow};
use crate::support::{RACERS, race, rounds};

/// How often each race is run over each store, unless `TESTS_ROUNDS` says otherwise.
const ROUNDS: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_redeemed_once() {
    let refused = (400, Some("invalid_grant".to_owned()));
    let ready = async |ring: &Ring| ring.code().await;
    let run = async |ring: &Ring, (attempt, code): (Attempt, String), tally: &mut Tally| {
        let answers = race(|_| {
            let (client, code) = (ring.client.clone(), code.clone());
            let verifier = attempt.verifier.clone();
            async move { client.redeem(&code, &verifier).await }
        })
        .await;
        hold_once(&answers, tally, |answer| answer.status == 200, &refused);
        // A replayed code ends the login that it began.
        if let Some(good) = answers.iter().find(|answer| answer.status == 200) {
            ring.hold_dead(&Tokens::read(good), tally).await;
        }
    };
    everywhere("a code", Knobs::default(), rounds(ROUNDS), ready, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_has_one_successor_and_one_upstream_call() {
    let knobs = Knobs {
        expires_in: json!(1),
        refreshed_expires_in: json!(3600),
        refresh_tokens: RefreshTokens::Rotating,
        ..slow("refresh", 20)
    };
    let ready = async |ring: &Ring| {
        let (attempt, code) = ring.code().await;
        let tokens = Tokens::read(&ring.client.redeem(&code, &attempt.verifier).await);
        (tokens, tests::now())
    };
    let run = async |ring: &Ring, (tokens, made): (Tokens, u64), tally: &mut Tally| {
        // The upstream token came before `made` and lives for a second.
        while tests::now() <= made {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let before = ring.world.idp.count("refresh").await;
        let answers = race(|_| {
            let (client, token) = (ring.client.clone(), tokens.refresh.clone());
            async move { client.refresh(&token).await }
        })
        .await;
        let mut successors = BTreeSet::new();
        for answer in &answers {
            tally.answer(answer);
            let served = answer.status == 200;
            let kept = served || answer.is_come_again();
            tally.hold(kept, || format!("refused: {answer:?}"));
            if served {
                successors.insert(Tokens::read(answer).refresh);
            }
        }
        let calls = ring.world.idp.count("refresh").await - before;
        tally.hold(calls == 1, || format!("{calls} upstream refreshes"));
        let count = successors.len();
        tally.hold(count == 1, || format!("{count} successors"));
        for next in successors {
            let answer = patiently(async || ring.client.refresh(&next).await).await;
            tally.hold(answer.status == 200, || format!("a dead end: {answer:?}"));
        }
    };
    everywhere("a refresh", knobs, rounds(ROUNDS), ready, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_final_whoever_refreshes_meanwhile() {
    let ready = async |ring: &Ring| {
        let (attempt, code) = ring.code().await;
        Tokens::read(&ring.client.redeem(&code, &attempt.verifier).await)
    };
    let run = async |ring: &Ring, tokens: Tokens, tally: &mut Tally| {
        let answers = race(|number| {
            let (client, token) = (ring.client.clone(), tokens.refresh.clone());
            async move {
                match number {
                    0 => client.revoke(&token).await,
                    _ => client.refresh(&token).await,
                }
            }
        })
        .await;
        let refused = (400, Some("invalid_grant".to_owned()));
        let mut given = vec![tokens];
        for (number, answer) in answers.iter().enumerate() {
            tally.answer(answer);
            let as_it_should = answer.status == 200
                || number > 0 && (answer.outcome() == refused || answer.is_come_again());
            tally.hold(as_it_should, || format!("{number}: {answer:?}"));
            if number > 0 && answer.status == 200 {
                given.push(Tokens::read(answer));
            }
        }
        // They all got the same successor, so the first and the last say it for all.
        for tokens in [&given[0], &given[given.len() - 1]] {
            ring.hold_dead(tokens, tally).await;
        }
    };
    let knobs = Knobs::default();
    everywhere("a revocation", knobs, rounds(ROUNDS), ready, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_is_answered_once() {
    let refused = (400, None);
    let ready = async |ring: &Ring| ring.called_back().await;
    let run = async |ring: &Ring, (attempt, url): (Attempt, String), tally: &mut Tally| {
        let before = ring.world.idp.count("token").await;
        let answers = race(|_| {
            let (browser, url) = (ring.browser.clone(), url.clone());
            async move { browser.get(&url).await }
        })
        .await;
        hold_once(
            &answers,
            tally,
            |answer| code_in(answer).is_some(),
            &refused,
        );
        let calls = ring.world.idp.count("token").await - before;
        tally.hold(calls == 1, || format!("{calls} upstream exchanges"));
        if let Some(code) = answers.iter().find_map(code_in) {
            let redeemed = ring.client.redeem(&code, &attempt.verifier).await;
            tally.hold(redeemed.status == 200, || {
                format!("a dead end: {redeemed:?}")
            });
        }
    };
    everywhere("a callback", slow("token", 10), rounds(ROUNDS), ready, run).await;
}

fn code_in(answer: &Answer) -> Option<String> {
    let url = answer.location()?;
    let for_client = url.as_str().starts_with(REDIRECT);
    parameter(&url, "code").filter(|_| for_client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_decided_once() {
    let ready = async |ring: &Ring| ring.page().await;
    let run = async |ring: &Ring, (attempt, page): (Attempt, Answer), tally: &mut Tally| {
        let answers = race(|number| {
            let (browser, page) = (ring.browser.clone(), page.clone());
            let button = if number % 2 == 0 { "approve" } else { "deny" };
            async move { browser.press(&page, Some(button), |_| {}).await }
        })
        .await;
        // A double click meets the same login: all who may go on go the same way.
        let mut ways = BTreeSet::new();
        for answer in &answers {
            tally.answer(answer);
            let spent = answer.status == 400;
            let way = answer.location();
            tally.hold(spent || way.is_some(), || format!("neither: {answer:?}"));
            ways.extend(way);
        }
        let count = ways.len();
        tally.hold(count == 1, || format!("{count} ways: {ways:?}"));
        let Some(way) = ways.pop_first() else { return };
        let decided = answers.iter().filter(|answer| answer.status != 400).count();
        if way.as_str().starts_with(REDIRECT) {
            tally.count("denied");
            let error = parameter(&way, "error");
            tally.hold(error.as_deref() == Some("access_denied"), || {
                way.to_string()
            });
            tally.hold(decided == 1, || format!("denied {decided} times"));
        } else {
            tally.count("approved");
            tally.hold(decided == RACERS / 2, || {
                format!("approved {decided} times")
            });
            let called = ring.browser.open(way.as_str(), REDIRECT).await.client();
            let code = ring.client.code(&attempt, &called);
            let redeemed = ring.client.redeem(&code, &attempt.verifier).await;
            tally.hold(redeemed.status == 200, || {
                format!("a dead end: {redeemed:?}")
            });
        }
        let late = ring.browser.press(&page, Some("approve"), |_| {}).await;
        tally.hold(late.status == 400, || format!("decided again: {late:?}"));
    };
    everywhere("a decision", Knobs::default(), rounds(ROUNDS), ready, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_at_once_are_strangers() {
    let metadata = json!({
        "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post",
    });
    let ready = async |_: &Ring| ();
    let run = async |ring: &Ring, (): (), tally: &mut Tally| {
        let url = ring.client.discovered.endpoint("registration_endpoint");
        let answers = race(|_| {
            let (http, url, body) = (ring.http.clone(), url.clone(), metadata.clone());
            async move { http.post_json(&url, &body).await }
        })
        .await;
        let (mut ids, mut secrets) = (BTreeSet::new(), BTreeSet::new());
        for answer in &answers {
            tally.answer(answer);
            tally.hold(answer.status == 201, || format!("refused: {answer:?}"));
            let body = answer.json();
            ids.extend(body["client_id"].as_str().map(ToOwned::to_owned));
            secrets.extend(body["client_secret"].as_str().map(ToOwned::to_owned));
        }
        let counts = (ids.len(), secrets.len());
        tally.hold(counts == (RACERS, RACERS), || format!("shared: {counts:?}"));
        // Every node knows every one of them at once; one stands for all.
        let Some(id) = ids.pop_first() else { return };
        let url = ring.client.begin_with(&[("client_id", &id)]).url;
        let page = ring.browser.get(url.as_str()).await;
        tally.hold(page.status == 200, || format!("{id} is unknown: {page:?}"));
    };
    // Every round leaves 64 records for a day, which a long run would only pile up.
    let rounds = rounds(ROUNDS).min(500);
    everywhere("registrations", Knobs::default(), rounds, ready, run).await;
}
