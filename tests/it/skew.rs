//! Nodes whose clocks disagree: every step of a login works at the other node as well, and no
//! refresh token that is good counts as used twice.
//!
//! An access token from a node that is more than a minute ahead is refused by the one behind until
//! it is no further than that in the future: the price of a limit on `iat` (RFC 9068 section 4).
//! It costs a retry, never the login.

use serde_json::json;
use tests::browser::Browser;
use tests::client::{REDIRECT, Tokens};
use tests::database::Engine;

use crate::twins::Twins;

/// By so many seconds the clock of the second node is ahead.
const SKEWS: [i64; 4] = [50, -50, 90, -90];
/// So far in the future an access token may have been issued.
const FUTURE: i64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn nodes_whose_clocks_disagree_serve_the_same_logins() {
    for engine in [Engine::Redis, Engine::Postgres] {
        for skew in SKEWS {
            let Some(twins) = Twins::start(engine, |server| server).await else {
                continue;
            };
            // The provider's clock is between theirs: it is no party to this.
            twins.clocks[0].by(-skew / 2);
            twins.clocks[1].by(skew / 2);
            let ahead = usize::from(skew > 0);
            // Whoever begins, the other one goes on.
            for (one, other) in [(0, 1), (1, 0)] {
                let tokens = hold_login(&twins, one, other).await;
                let too_far = skew.abs() > FUTURE;
                for (maker, tokens) in &tokens {
                    for node in [one, other] {
                        let early = too_far && *maker == ahead && node != ahead;
                        hold_heard(&twins, node, tokens, !early).await;
                    }
                }
                if too_far {
                    // Both clocks go on, and the token is no longer of the future.
                    let wait = skew.abs() - FUTURE + 1;
                    for clock in &twins.clocks {
                        clock.by(wait);
                    }
                    for (_, tokens) in &tokens {
                        hold_heard(&twins, 1 - ahead, tokens, true).await;
                    }
                }
            }
        }
    }
}

/// A login in which each step meets the other node; gives all tokens and who made them.
async fn hold_login(twins: &Twins, one: usize, other: usize) -> Vec<(usize, Tokens)> {
    let browser = Browser::new();
    let at = |node: usize| browser.clone().by_way_of(&twins.nodes.only(node));
    let attempt = twins.client.begin();
    let page = at(one).open(attempt.url.as_str(), REDIRECT).await.page();
    let approved = at(other).press(&page, Some("approve"), |_| {}).await;
    let called = at(one).follow(approved, REDIRECT).await.client();
    let code = twins.client.code(&attempt, &called);
    let first = Tokens::read(&twins.client(other).redeem(&code, &attempt.verifier).await);
    let second = Tokens::read(&twins.client(one).refresh(&first.refresh).await);
    let again = Tokens::read(&twins.client(other).refresh(&first.refresh).await);
    assert_eq!(again.refresh, second.refresh, "the window is open at both");
    let third = Tokens::read(&twins.client(other).refresh(&second.refresh).await);
    vec![
        (other, first),
        (one, second),
        (other, again),
        (other, third),
    ]
}

async fn hold_heard(twins: &Twins, node: usize, tokens: &Tokens, heard: bool) {
    let answer = twins.list(node, tokens).await;
    let expected = if heard { 200 } else { 401 };
    assert_eq!(answer.status, expected, "node {node}: {answer:?}");
    if heard {
        let mcp = twins.mcp(node, &tokens.access);
        assert_eq!(mcp.text("name", json!({})).await, "alice");
    }
}
