//! A login that was ended stays so, and the provider hears of it.

use axum::Router;
use fastmcp::oauth::Logins;
use serde_json::json;
use tests::client::{Client, Tokens, discover};
use tests::http::FORM;
use tests::idp::{Fault, Idp, Knobs};
use tests::mcp::Mcp;
use tests::world::{Kind, World};
use tokio::net::TcpListener;

use crate::local::{Clock, Running, configured};
use crate::support::bearer;

async fn hold_dead(world: &World, tokens: &Tokens) {
    let refreshed = world.client.refresh(&tokens.refresh).await;
    assert_eq!(refreshed.outcome(), (400, Some("invalid_grant".into())));
    let mcp = world.server.mcp();
    assert_eq!(bearer(&mcp, &tokens.access).await.status, 401);
}

/// Waits until the provider was given so many tokens back.
async fn given_back(idp: &Idp, count: u64) {
    while idp.count("revoke").await < count {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(idp.count("revoke").await, count);
}

#[tokio::test]
async fn an_ended_login_is_over_after_kill_and_restart() {
    let mut world = World::start(Kind::Disk).await;
    let (ended, other) = (world.login().await, world.login().await);
    let revoked = world.client.revoke(&ended.refresh).await;
    assert_eq!((revoked.status, revoked.body.as_str()), (200, ""));
    world.server.kill().await;
    world.server.restart().await;
    hold_dead(&world, &ended).await;
    assert_eq!(world.client.revoke(&ended.refresh).await.status, 200);
    Tokens::read(&world.client.refresh(&other.refresh).await);
    world.check_good_flow().await;
}

#[tokio::test]
async fn the_provider_is_given_its_refresh_token_back_with_our_credentials() {
    let world = World::start(Kind::Memory).await;
    let tokens = world.login().await;
    assert_eq!(world.client.revoke(&tokens.refresh).await.status, 200);
    given_back(&world.idp, 1).await;
    let call = &world.idp.calls("revoke").await[0];
    let issued = world.idp.issued().await;
    let token = call.parameter("token").expect("a token").to_owned();
    assert!(issued.contains(&token));
    assert_eq!(call.parameter("token_type_hint"), Some("refresh_token"));
    assert!(
        call.authorization
            .as_ref()
            .expect("ours")
            .starts_with("Basic ")
    );
    hold_dead(&world, &tokens).await;

    // A provider that hangs keeps nobody waiting, and one that fails is only logged.
    for (status, delay_ms) in [(None, 9000), (Some(500), 0)] {
        let fault = Fault {
            status,
            delay_ms,
            ..Fault::default()
        };
        let tokens = world.login().await;
        let faults = [("revoke".to_owned(), fault)].into();
        let knobs = Knobs {
            faults,
            ..Knobs::default()
        };
        world.idp.turn(&knobs).await;
        let began = std::time::Instant::now();
        assert_eq!(world.client.revoke(&tokens.refresh).await.status, 200);
        assert!(began.elapsed().as_millis() < 5000, "{:?}", began.elapsed());
        hold_dead(&world, &tokens).await;
        world.idp.turn(&Knobs::default()).await;
    }
    world.check_good_flow().await;
}

/// A server declared by attribute, its logins, and a client.
async fn with_logins() -> (Running, Logins) {
    let idp = Idp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let base = format!("http://localhost:{port}");
    let mut server = configured(&idp, &base);
    let logins = server.logins().await.expect("a server with `auth`");
    let router: Router = server.router().await.expect("good settings");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::register(discover(&format!("{base}/mcp")).await).await;
    let running = Running {
        idp,
        clock: Clock::default(),
        base,
        client,
    };
    (running, logins)
}

#[tokio::test]
async fn a_servers_own_code_signs_a_user_out() {
    let (running, logins) = with_logins().await;
    let alice = [running.login().await, running.login().await];
    let knobs = Knobs {
        user: "bob".into(),
        ..Knobs::default()
    };
    running.idp.turn(&knobs).await;
    let bob = running.login().await;
    let list = async |access: &str| {
        let mcp = Mcp::by(&tests::http::Http::new(), &running.at("/mcp"), access);
        mcp.request("tools/list", json!({})).await.status
    };
    for tokens in alice.iter().chain([&bob]) {
        assert_eq!(list(&tokens.access).await, 200);
    }
    let ended = logins.revoke_all(|login| login.subject == Some("alice"));
    assert_eq!(ended.await.expect("a store in reach").ended, 2);
    for tokens in &alice {
        assert_eq!(list(&tokens.access).await, 401);
        let refreshed = running.client.refresh(&tokens.refresh).await;
        assert_eq!(refreshed.outcome(), (400, Some("invalid_grant".into())));
    }
    assert_eq!(list(&bob.access).await, 200);
    Tokens::read(&running.client.refresh(&bob.refresh).await);
}

#[tokio::test]
async fn any_page_may_ask_for_a_revocation_and_no_page_has_our_cookies_there() {
    let world = World::start(Kind::Memory).await;
    let url = world.client.discovered.endpoint("revocation_endpoint");
    let http = tests::http::Http::new();
    let origin = ("origin", "https://inspector.example");
    let asked = [origin, ("access-control-request-method", "POST")];
    let preflight = http.send("OPTIONS", &url, &asked, "").await;
    assert_eq!(preflight.status, 204);
    let headers = [origin, ("content-type", FORM)];
    let actual = http.send("POST", &url, &headers, "").await;
    for answer in [preflight, actual] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    let asked = http.get(&url).await;
    assert_eq!((asked.status, asked.header("allow")), (405, Some("POST")));
}
