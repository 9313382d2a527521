//! The test kit's identity provider as a process of its own (`test-idp`), asked over HTTP.
//!
//! Beside its own endpoints it has:
//!
//! | path | what |
//! |---|---|
//! | `GET /_calls` | everything that arrived, in order |
//! | `GET /_counts` | how much of that arrived, by endpoint |
//! | `GET /_issued` | every secret that was ever handed out, for leak checks |
//! | `GET /_forget` | forgets all of these, and its knobs |
//! | `POST /_ahead` | sets by how many seconds its clock is ahead |
//! | `POST /_knobs` | sets the [`Knobs`] |

mod control;
mod process;

pub use fastmcp::testing::{Call, Fault, IdToken, Knobs, RefreshTokens};
use fastmcp::testing::{Clock, FakeProvider};
use tokio::net::TcpListener;

pub use self::process::{Idp, upstream_client};

/// Serves the provider until the process ends; `url` is what its own documents call it.
///
/// # Panics
/// When the listener breaks: there is nothing to test then.
pub async fn serve(listener: TcpListener, url: String) {
    let (id, secret) = upstream_client();
    let clock = Clock::default();
    let provider = FakeProvider::new(url, id, secret, &clock);
    let router = control::router(provider.clone(), clock).merge(provider.router());
    axum::serve(listener, router)
        .await
        .expect("the identity provider's listener works");
}
