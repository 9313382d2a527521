//! An upstream identity provider, for tests only.
//!
//! It shares no code with the product, runs as a process of its own (`test-idp`), writes down
//! every call, and misbehaves on request:
//!
//! | path | what |
//! |---|---|
//! | `/authorize` | asks nothing and sends a code, or shows a form (`interactive`) |
//! | `/token` | code (with PKCE `S256`, always) and refresh grants, client secret by either method |
//! | `/userinfo`, `/jwks`, `/revoke` | as in OpenID Connect and RFC 7009 |
//! | `/emails`, `/user/memberships/…`, `/orgs/…` | as in GitHub's API |
//! | `/.well-known/openid-configuration` | where all of this is (OpenID Connect Discovery) |
//! | `GET /_calls` | everything that arrived, in order |
//! | `GET /_counts` | how much of that arrived, by endpoint |
//! | `GET /_issued` | every secret that was ever handed out, for leak checks |
//! | `GET /_forget` | forgets all of these, and its knobs |
//! | `POST /_ahead` | sets by how many seconds its clock is ahead |
//! | `POST /_knobs` | replaces the [`Knobs`]; members that are left out get their default |

mod authorize;
mod control;
mod keys;
mod knobs;
mod process;
mod profile;
mod state;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;

pub use self::knobs::{Fault, IdToken, Knobs, RefreshTokens};
pub use self::process::{Idp, upstream_client};
pub use self::state::Call;

/// Serves the provider until the process ends; `url` is what its own documents call it.
///
/// # Panics
/// When the listener breaks: there is nothing to test then.
pub async fn serve(listener: TcpListener, url: String) {
    let (client_id, client_secret) = upstream_client();
    let state = Arc::new(state::State::new(url, client_id, client_secret));
    let router = Router::new()
        .route("/authorize", get(authorize::show).post(authorize::submit))
        .route("/token", post(token::answer))
        .route("/userinfo", get(profile::userinfo))
        .route("/emails", get(profile::emails))
        .route(
            "/user/memberships/orgs/{organization}",
            get(profile::organization),
        )
        .route(
            "/orgs/{organization}/teams/{team}/memberships/{login}",
            get(profile::team),
        )
        .route("/.well-known/openid-configuration", get(profile::discovery))
        .route("/jwks", get(profile::jwks))
        .route("/revoke", post(profile::revoke))
        .route("/_calls", get(control::calls))
        .route("/_counts", get(control::counts))
        .route("/_issued", get(control::issued))
        .route("/_forget", get(control::forget))
        .route("/_ahead", post(control::ahead))
        .route("/_knobs", post(control::turn))
        .with_state(state);
    axum::serve(listener, router)
        .await
        .expect("the identity provider's listener works");
}
