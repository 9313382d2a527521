//! A server with a login inside this process, and a token of a login there: for what is counted or
//! timed without a network.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use fastmcp::Secret;
use fastmcp::auth::Authenticator;
use fastmcp::keys::Keys;
use fastmcp::ledger::Ledger;
use fastmcp::oauth::{OAuthProxy, ProxyOptions};
use fastmcp::parts::Parts;
use fastmcp::provider;
use fastmcp::server::Server;
use fastmcp::store::{MemoryStore, Sealed};
use tokio::net::TcpListener;

use crate::login::User;
use crate::{Result, upstream};

/// A server, and somebody who is logged in.
pub struct Inside {
    /// All its inner.
    pub router: Router,
    /// The access token.
    pub token: String,
    /// The bearer check.
    pub authenticator: Arc<dyn Authenticator>,
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inside")
    }
}

/// Puts a proxy before `server` and logs somebody in.
///
/// # Errors
/// A server that cannot start, or a login that fails.
pub async fn signed_in(server: Server) -> Result<Inside> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let authority = format!("localhost:{}", address.port());
    let proxy = proxy(&format!("http://{authority}")).await?;
    let authenticator = proxy.authenticator();
    let router = server.oauth_proxy(proxy).router().await?;
    let inner = router.clone();
    tokio::spawn(async move { axum::serve(listener, inner).await });
    let mut user = User::new(address, &authority).await?;
    Ok(Inside {
        router,
        token: user.login().await?.access,
        authenticator,
    })
}

async fn proxy(base_url: &str) -> Result<OAuthProxy> {
    let upstream = upstream::start().await?;
    let parts = Parts::system(Duration::from_secs(10))?;
    let keys = Keys::ephemeral(&parts.random);
    let store = Arc::new(MemoryStore::new());
    let sealed = Sealed::open(store, &keys, parts.clone()).await?;
    let ledger = Ledger::new(sealed, keys, parts);
    let options = ProxyOptions {
        base_url: base_url.to_owned(),
        upstream_client_id: "bench".to_owned(),
        upstream_client_secret: Some(Secret::from("the secret of the bench")),
        ..ProxyOptions::default()
    };
    let provider = provider::custom(
        format!("http://{upstream}/authorize"),
        format!("http://{upstream}/token"),
    );
    let proxy = OAuthProxy::new(options, provider.scopes(["openid"]), &ledger, None);
    proxy.map_err(|problems| format!("{problems:?}").into())
}
