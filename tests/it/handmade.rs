//! The parts used alone: a proxy made by hand, handed to a server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use fastmcp::Secret;
use fastmcp::keys::Keys;
use fastmcp::ledger::Ledger;
use fastmcp::oauth::{OAuthProxy, ProxyOptions};
use fastmcp::parts::{Parts, Random};
use fastmcp::provider;
use fastmcp::store::{MemoryStore, Sealed};
use serde_json::json;
use tests::client::{Client, discover};
use tests::idp::{Idp, upstream_client};
use tokio::net::TcpListener;

use crate::local::{Clock, Local, Running};

async fn proxy(idp: &Idp, base: &str) -> OAuthProxy {
    let parts = Parts::system(Duration::from_secs(10)).expect("TLS");
    let keys = Keys::ephemeral(&Random::system());
    let store = Arc::new(MemoryStore::new());
    let sealed = Sealed::open(store, &keys, parts.clone()).await;
    let ledger = Ledger::new(sealed.expect("an empty store"), keys, parts);
    let (id, secret) = upstream_client();
    let options = ProxyOptions {
        base_url: base.to_owned(),
        upstream_client_id: id,
        upstream_client_secret: Some(Secret::from(secret)),
        ..ProxyOptions::default()
    };
    let url = idp.url();
    let provider = provider::custom(format!("{url}/authorize"), format!("{url}/token"))
        .userinfo_endpoint(format!("{url}/userinfo"))
        .scopes(["openid"]);
    OAuthProxy::new(options, provider, &ledger, None).expect("good options")
}

#[tokio::test]
async fn a_proxy_made_by_hand_serves_and_opens_its_tokens() {
    let idp = Idp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let base = format!("http://localhost:{port}");
    let proxy = proxy(&idp, &base).await;
    assert_eq!(proxy.metadata()["issuer"], json!(base));
    let server = Local.into_server().oauth_proxy(proxy.clone());
    assert_eq!(server.url(), format!("{base}/mcp"));
    let router: Router = server.router().await.expect("nothing else is needed");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::register(discover(&format!("{base}/mcp")).await).await;
    let running = Running {
        idp,
        clock: Clock::default(),
        base,
        client,
    };

    let tokens = running.login().await;
    let mcp = running.mcp(&tokens.access).await;
    assert_eq!(mcp.text("name", json!({})).await, "alice");
    let upstream = proxy.load_upstream_tokens(&tokens.access).await;
    let upstream = upstream.expect("a live login").access_token;
    let issued = running.idp.issued().await;
    assert!(issued.iter().any(|token| token == upstream.expose()));
    let stranger = proxy.load_upstream_tokens("no token of ours").await;
    assert!(stranger.is_err());
}
