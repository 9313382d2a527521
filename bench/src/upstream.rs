//! An identity provider that says yes, in the process of the load: both sides of a comparison have
//! the same one, and neither pays for it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Result;

/// Serves it in the background; gives its address.
///
/// # Errors
/// There is no free port.
pub async fn start() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/token", post(token));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// A new pair of tokens for any code or refresh token.
async fn token() -> Json<Value> {
    static ISSUED: AtomicU64 = AtomicU64::new(0);
    let number = ISSUED.fetch_add(1, Ordering::Relaxed);
    Json(json!({
        "access_token": format!("upstream-access-{number:032}"),
        "refresh_token": format!("upstream-refresh-{number:032}"),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "openid",
    }))
}

/// The environment that makes a server of this crate use the provider.
pub fn environment(upstream: SocketAddr) -> Vec<(String, String)> {
    [
        ("OAUTH_CLIENT_ID", "bench".to_owned()),
        ("OAUTH_CLIENT_SECRET", "the secret of the bench".to_owned()),
        (
            "OAUTH_AUTHORIZATION_ENDPOINT",
            format!("http://{upstream}/authorize"),
        ),
        ("OAUTH_TOKEN_ENDPOINT", format!("http://{upstream}/token")),
        ("OAUTH_SCOPES", "openid".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
