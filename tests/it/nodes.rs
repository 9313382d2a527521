//! Two nodes over one store: no step knows which node had the last one, a revocation is soon known
//! everywhere, and a node that stands still in the middle of a refresh costs nobody a login.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::browser::Browser;
use tests::client::{Client, REDIRECT, Tokens, discover};
use tests::database::Engine;
use tests::http::{Answer, Http};
use tests::idp::{Fault, Knobs, RefreshTokens};
use tests::mcp::Mcp;
use tests::world::{Kind, World};
use tokio::task::JoinHandle;

use crate::support::outage;

/// For so long a node may go by what it knows of a grant.
const BOUND: Duration = Duration::from_secs(5);
/// What a busy machine may add to that.
const SLACK: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// Two nodes, each reached by name.
struct Pair {
    world: World,
    https: [Http; 2],
}

impl Pair {
    /// One over each engine that is there.
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for engine in [Engine::Redis, Engine::Postgres] {
            if engine.is_there() {
                let world = World::start(Kind::Two(engine)).await;
                let nodes = world.nodes();
                let https = [0, 1].map(|node| Http::new().through(&nodes.only(node)));
                all.push(Self { world, https });
            }
        }
        all
    }

    /// The client at that node.
    fn client(&self, node: usize) -> Client {
        self.world.client.by(&self.https[node])
    }

    fn mcp(&self, node: usize, access: &str) -> Mcp {
        Mcp::by(&self.https[node], &self.world.server.mcp(), access)
    }

    async fn list(&self, node: usize, access: &str) -> Answer {
        self.mcp(node, access)
            .request("tools/list", json!({}))
            .await
    }

    /// How long the other node still heard the token: the bound, or the test fails.
    async fn hold_soon_dead(&self, node: usize, tokens: &Tokens) -> Duration {
        let start = Instant::now();
        loop {
            let answer = self.list(node, &tokens.access).await;
            let took = start.elapsed();
            if answer.status == 401 {
                return took;
            }
            assert_eq!(answer.status, 200, "{answer:?}");
            assert!(
                took < BOUND + SLACK,
                "node {node} still hears it after {took:?}"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_a_login_may_meet_another_node() {
    for pair in Pair::all().await {
        // The first node registers, the second one is asked at once.
        let discovered = discover(&pair.world.server.mcp()).await;
        let metadata = json!({
            "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post",
        });
        let url = discovered.endpoint("registration_endpoint");
        let registered = pair.https[0].post_json(&url, &metadata).await;
        assert_eq!(registered.status, 201, "{registered:?}");
        let registered = registered.json();
        let text = |name: &str| registered[name].as_str().map(ToOwned::to_owned);
        let mut client = pair.client(0);
        client.id = text("client_id").expect("an id");
        client.secret = text("client_secret");

        let browser = Browser::new();
        let nodes = pair.world.nodes();
        let at = |node: usize| browser.clone().by_way_of(&nodes.only(node));
        let attempt = client.begin();
        let page = at(1).open(attempt.url.as_str(), REDIRECT).await.page();
        let approved = at(0).press(&page, Some("approve"), |_| {}).await;
        let called = at(1).follow(approved, REDIRECT).await.client();
        let code = client.code(&attempt, &called);

        let clients = [0, 1].map(|node| client.by(&pair.https[node]));
        let first = Tokens::read(&clients[0].redeem(&code, &attempt.verifier).await);
        let second = Tokens::read(&clients[1].refresh(&first.refresh).await);
        // A lost answer is repeated by whoever is asked.
        let again = Tokens::read(&clients[0].refresh(&first.refresh).await);
        assert_eq!(again.refresh, second.refresh);
        for node in [0, 1] {
            for tokens in [&first, &second, &again] {
                let mcp = pair.mcp(node, &tokens.access);
                assert!(mcp.tools().await.contains(&"echo".to_owned()));
                assert_eq!(mcp.text("echo", json!({"text": "x"})).await, "x");
                assert_eq!(mcp.text("upstream_token_hint", json!({})).await.len(), 4);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_known_to_the_other_node_within_the_bound() {
    for pair in Pair::all().await {
        let (attempt, code) = pair.world.code().await;
        let tokens = Tokens::read(&pair.client(0).redeem(&code, &attempt.verifier).await);
        // Both nodes know the token, so both could go on by what they know.
        for node in [0, 1] {
            assert_eq!(pair.list(node, &tokens.access).await.status, 200);
        }
        let replayed = pair.client(0).redeem(&code, &attempt.verifier).await;
        assert_eq!(replayed.outcome(), (400, Some("invalid_grant".into())));
        let here = pair.list(0, &tokens.access).await;
        assert_eq!(here.status, 401, "who revoked it knows at once: {here:?}");
        for node in [0, 1] {
            let refreshed = pair.client(node).refresh(&tokens.refresh).await;
            assert_eq!(refreshed.outcome(), (400, Some("invalid_grant".into())));
        }
        pair.hold_soon_dead(1, &tokens).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_ends_at_one_node_is_over_at_the_other_within_the_bound() {
    for pair in Pair::all().await {
        for by_newest in [false, true] {
            let tokens = pair.world.login().await;
            for node in [0, 1] {
                assert_eq!(pair.list(node, &tokens.access).await.status, 200);
            }
            let next = Tokens::read(&pair.client(1).refresh(&tokens.refresh).await);
            let named = if by_newest {
                &next.refresh
            } else {
                &tokens.refresh
            };
            let revoked = pair.client(0).revoke(named).await;
            assert_eq!((revoked.status, revoked.body.as_str()), (200, ""));
            for access in [&tokens.access, &next.access] {
                assert_eq!(pair.list(0, access).await.status, 401, "who ended it knows");
            }
            for node in [0, 1] {
                for refresh in [&tokens.refresh, &next.refresh] {
                    let refreshed = pair.client(node).refresh(refresh).await;
                    assert_eq!(refreshed.outcome(), (400, Some("invalid_grant".into())));
                }
            }
            pair.hold_soon_dead(1, &tokens).await;
            let again = pair.client(1).revoke(named).await;
            assert_eq!(again.status, 200);
        }
        pair.world.check_good_flow().await;
    }
}

/// Upstream tokens end a second after the login; a refresh takes the provider half a second.
fn short_lived() -> Knobs {
    let fault = Fault {
        delay_ms: 500,
        ..Fault::default()
    };
    Knobs {
        expires_in: json!(1),
        refreshed_expires_in: json!(3600),
        refresh_tokens: RefreshTokens::Rotating,
        faults: [("refresh".to_owned(), fault)].into(),
        ..Knobs::default()
    }
}

/// A login whose upstream token has ended.
async fn ended(world: &World) -> Tokens {
    world.idp.turn(&short_lived()).await;
    let tokens = world.login().await;
    let made = tests::now();
    while tests::now() <= made {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokens
}

/// A refresh that has reached the provider, which has not answered yet.
async fn begun(world: &World, client: Client, token: &str) -> JoinHandle<Answer> {
    let token = token.to_owned();
    let refresh = tokio::spawn(async move { client.refresh(&token).await });
    while world.idp.count("refresh").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    refresh
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stands_still_in_a_refresh_costs_nobody_a_login() {
    for pair in Pair::all().await {
        let world = &pair.world;
        let tokens = ended(world).await;
        let first = begun(world, pair.client(0), &tokens.refresh).await;
        // The provider has the request, the node has the lease and will not hear the answer.
        world.server.signal("-STOP");
        let second = begun(world, pair.client(1), &tokens.refresh).await;
        tokio::time::sleep(outage()).await;
        assert!(
            !second.is_finished(),
            "it waits for the node that has the lease"
        );
        world.server.signal("-CONT");
        let first = Tokens::read(&first.await.expect("an answer"));
        let second = Tokens::read(&second.await.expect("an answer"));
        assert_eq!(first.refresh, second.refresh, "one successor");
        assert_eq!(world.idp.count("refresh").await, 1, "one upstream refresh");
        let mut hints = Vec::new();
        for node in [0, 1] {
            let mcp = pair.mcp(node, &first.access);
            hints.push(mcp.text("upstream_token_hint", json!({})).await);
        }
        assert_eq!(hints[0], hints[1], "both have the same upstream token");
        Tokens::read(&pair.client(1).refresh(&first.refresh).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stood_still_for_long_reads_the_answer_that_waits_for_it() {
    // Longer than an upstream request may take: its time is up, and the answer is there.
    let long = Duration::from_secs(11);
    let world = World::start(Kind::Memory).await;
    let tokens = ended(&world).await;
    let refresh = begun(&world, world.client.clone(), &tokens.refresh).await;
    world.server.signal("-STOP");
    tokio::time::sleep(long).await;
    world.server.signal("-CONT");
    let next = Tokens::read(&refresh.await.expect("an answer"));
    assert_eq!(world.idp.count("refresh").await, 1, "one upstream refresh");
    Tokens::read(&world.client.refresh(&next.refresh).await);
}
