//! Where races run: a world over every store, kept for all rounds, with a line of counts at the end.

use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::client::{Attempt, Client, REDIRECT, Tokens};
use tests::http::{Answer, Http};
use tests::idp::{Fault, Knobs};
use tests::mcp::Mcp;
use tests::nodes::Nodes;
use tests::tally::Tally;
use tests::world::{Kind, World};

use crate::support::stores;

/// How late a piece of data may be on its way to or from a database.
const LATE: Duration = Duration::from_millis(5);
/// Logins that are made ready together, so that they wait together for their tokens to expire.
const BATCH: u64 = 64;

/// How often a client comes again.
const PATIENCE: u32 = 50;

/// A world and what races in it.
pub(crate) struct Ring {
    pub(crate) world: World,
    nodes: Nodes,
    pub(crate) http: Http,
    pub(crate) client: Client,
    pub(crate) browser: Browser,
}

impl Ring {
    async fn start(kind: Kind, knobs: &Knobs) -> Self {
        let world = World::start_late(kind, LATE).await;
        world.idp.turn(knobs).await;
        let nodes = world.nodes();
        let http = Http::new().through(&nodes);
        Self {
            client: world.client.by(&http),
            browser: Browser::through(&nodes),
            world,
            nodes,
            http,
        }
    }

    /// A login up to the provider's call back, which the browser does not follow.
    pub(crate) async fn called_back(&self) -> (Attempt, String) {
        let (attempt, page) = self.page().await;
        let answer = self.browser.press(&page, Some("approve"), |_| {}).await;
        let callback = self.world.server.at("/oauth/callback");
        let url = self.browser.follow(answer, &callback).await.client();
        (attempt, url.into())
    }

    pub(crate) async fn page(&self) -> (Attempt, Answer) {
        let attempt = self.client.begin();
        let landing = self.browser.open(attempt.url.as_str(), REDIRECT).await;
        (attempt, landing.page())
    }

    pub(crate) async fn code(&self) -> (Attempt, String) {
        let attempt = self.client.begin();
        let called = self.browser.agree(attempt.url.as_str(), REDIRECT, |_| {});
        let code = self.client.code(&attempt, &called.await);
        (attempt, code)
    }

    /// Every node takes the tokens for dead.
    pub(crate) async fn hold_dead(&self, tokens: &Tokens, tally: &mut Tally) {
        for node in 0..self.nodes.count() {
            let http = self.http.clone().through(&self.nodes.only(node));
            let client = self.client.by(&http);
            let refreshed = patiently(async || client.refresh(&tokens.refresh).await).await;
            let dead = refreshed.outcome() == (400, Some("invalid_grant".into()));
            tally.hold(dead, || format!("still refreshed by {node}: {refreshed:?}"));
            let mcp = Mcp::by(&http, &self.world.server.mcp(), &tokens.access);
            let listed = patiently(async || mcp.request("tools/list", json!({})).await).await;
            tally.hold(listed.status == 401, || {
                format!("still heard by {node}: {listed:?}")
            });
        }
    }
}

/// Runs a race over every store: `ready` makes a round ready, `run` is the round.
pub(crate) async fn everywhere<S>(
    name: &str,
    knobs: Knobs,
    rounds: u64,
    ready: impl AsyncFn(&Ring) -> S,
    run: impl AsyncFn(&Ring, S, &mut Tally),
) {
    for kind in stores() {
        if matches!(kind, Kind::One(_)) {
            continue;
        }
        let ring = Ring::start(kind, &knobs).await;
        let mut tally = Tally::new(format!("race of {name}, {kind:?}"));
        'all: while tally.rounds() < rounds {
            let mut batch = Vec::new();
            for _ in 0..BATCH.min(rounds - tally.rounds()) {
                batch.push(ready(&ring).await);
            }
            for start in batch {
                run(&ring, start, &mut tally).await;
                if !tally.round() {
                    break 'all;
                }
            }
        }
        tally.finish();
        ring.world.idp.turn(&Knobs::default()).await;
        ring.world.check_good_flow().await;
    }
}

/// Counts the answers and holds that one was as `is_good` says and all others were `refused`, or
/// told to come again by a machine that was too busy: that decides nothing.
pub(crate) fn hold_once(
    answers: &[Answer],
    tally: &mut Tally,
    is_good: impl Fn(&Answer) -> bool,
    refused: &(u16, Option<String>),
) {
    for answer in answers {
        tally.answer(answer);
        let allowed = is_good(answer) || answer.outcome() == *refused || answer.is_come_again();
        tally.hold(allowed, || format!("neither one nor the other: {answer:?}"));
    }
    let good = answers.iter().filter(|answer| is_good(answer)).count();
    tally.hold(good == 1, || format!("{good} were served"));
}

/// The first answer that is not "come again", within the patience of a client.
pub(crate) async fn patiently(send: impl AsyncFn() -> Answer) -> Answer {
    for _ in 0..PATIENCE {
        let answer = send().await;
        if !answer.is_come_again() {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    send().await
}

/// The provider takes so long at that endpoint, so that racers meet in the middle.
pub(crate) fn slow(endpoint: &str, delay_ms: u64) -> Knobs {
    let fault = Fault {
        delay_ms,
        ..Fault::default()
    };
    Knobs {
        faults: [(endpoint.to_owned(), fault)].into(),
        ..Knobs::default()
    }
}
