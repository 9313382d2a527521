//! 64 identical requests at once on every single-use step, over every store, one node and two.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::http::parameter;
use tests::idp::{Fault, Knobs, RefreshTokens};
use tests::world::{Kind, World};

use crate::support::{RACERS, race, rounds};

/// How often each race is run over each store, unless `TESTS_ROUNDS` says otherwise.
const ROUNDS: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_redeemed_once() {
    for kind in Kind::all() {
        let world = World::start(kind).await;
        for round in 0..rounds(ROUNDS) {
            let (attempt, code) = world.code().await;
            let answers = race(|| {
                let (client, code) = (world.client.clone(), code.clone());
                let verifier = attempt.verifier.clone();
                async move { client.redeem(&code, &verifier).await }
            })
            .await;
            let (good, bad): (Vec<_>, Vec<_>) =
                answers.iter().partition(|answer| answer.status == 200);
            assert_eq!(good.len(), 1, "{kind:?}, round {round}: {answers:?}");
            for answer in bad {
                assert_eq!(
                    answer.outcome(),
                    (400, Some("invalid_grant".into())),
                    "{answer:?}"
                );
            }
            // A replayed code ends the login that it began.
            let tokens = Tokens::read(good[0]);
            let dead = world.client.refresh(&tokens.refresh).await;
            assert_eq!(dead.outcome(), (400, Some("invalid_grant".into())));
            let dead = crate::support::bearer(&world.server.mcp(), &tokens.access).await;
            assert_eq!(dead.status, 401, "{kind:?}, round {round}: {dead:?}");
        }
        world.check_good_flow().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_has_one_successor_and_one_upstream_call() {
    for kind in Kind::all() {
        let world = World::start(kind).await;
        let refresh_tokens = RefreshTokens::Rotating;
        for round in 0..rounds(ROUNDS) {
            let short = Knobs {
                expires_in: json!(1),
                refresh_tokens,
                ..Knobs::default()
            };
            world.idp.turn(&short).await;
            let tokens = world.login().await;
            let slow = Fault {
                delay_ms: 50,
                ..Fault::default()
            };
            let faults = [("refresh".to_owned(), slow)].into();
            world
                .idp
                .turn(&Knobs {
                    refresh_tokens,
                    faults,
                    ..Knobs::default()
                })
                .await;
            let before = world.idp.calls("refresh").await.len();
            tokio::time::sleep(Duration::from_millis(1100)).await;
            let answers = race(|| {
                let (client, token) = (world.client.clone(), tokens.refresh.clone());
                async move { client.refresh(&token).await }
            })
            .await;
            let successors: BTreeSet<_> = answers
                .iter()
                .map(|answer| Tokens::read(answer).refresh)
                .collect();
            assert_eq!(answers.len(), RACERS);
            assert_eq!(successors.len(), 1, "{kind:?}, round {round}");
            let calls = world.idp.calls("refresh").await.len() - before;
            assert_eq!(calls, 1, "{kind:?}, round {round}: upstream refreshes");
            let next = successors.first().expect("a successor");
            Tokens::read(&world.client.refresh(next).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_is_answered_once() {
    for kind in Kind::all() {
        let world = World::start(kind).await;
        let slow = Fault {
            delay_ms: 20,
            ..Fault::default()
        };
        let faults = [("token".to_owned(), slow)].into();
        world
            .idp
            .turn(&Knobs {
                faults,
                ..Knobs::default()
            })
            .await;
        for round in 0..rounds(ROUNDS) {
            let attempt = world.client.begin();
            let browser = Browser::new();
            let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
            let answer = browser.press(&page, Some("approve"), |_| {}).await;
            let callback = world.server.at("/oauth/callback");
            let url = browser.follow(answer, &callback).await.client();
            let before = world.idp.calls("token").await.len();
            let answers = race(|| {
                let (browser, url) = (browser.clone(), url.clone());
                async move { browser.get(url.as_str()).await }
            })
            .await;
            let codes: Vec<_> = answers
                .iter()
                .filter_map(|answer| parameter(&answer.location()?, "code"))
                .collect();
            assert_eq!(codes.len(), 1, "{kind:?}, round {round}: {answers:?}");
            let refused = answers.iter().filter(|answer| answer.status == 400).count();
            assert_eq!(refused, RACERS - 1, "{kind:?}, round {round}");
            assert_eq!(world.idp.calls("token").await.len() - before, 1);
            let redeemed = world.client.redeem(&codes[0], &attempt.verifier).await;
            Tokens::read(&redeemed);
        }
    }
}
