//! The built-in identity provider for local work.
//!
//! It has what a real one has, in one process: a sign-in page (`GET` and `POST /oauth/dev`), a
//! code that ends soon and is bound to `state` and PKCE challenge, and an exchange. Nothing is
//! stored: the pending request travels sealed in the page, the user sealed in the code, and
//! single use of the code follows from single use of `state`.
//!
//! Invariant: it answers on this computer only. The base URL must be loopback when the router is
//! made, and each request must come from a loopback peer, name a loopback host and bear no mark
//! of a proxy or tunnel.

mod guard;
mod pages;
mod ticket;
mod user;

use super::Provider;
use super::quirks::{Fact, Kind, SubjectRule};

#[cfg(test)]
pub(crate) use self::pages::NotLoopback;
pub(crate) use self::pages::{DevOptions, router};
pub(crate) use self::ticket::{Arrival, Tickets};
pub(crate) use self::user::DevUser;

/// Path of the sign-in page below the base URL.
pub(crate) const PATH: &str = "/oauth/dev";

/// The built-in development provider: choose or type a user, tick the roles that the server
/// declares, no password. It serves on loopback only.
pub fn dev() -> Provider {
    let mut provider = Provider::plain(
        "dev",
        "the development sign-in page",
        PATH.to_owned(),
        String::new(),
    )
    .scopes(["openid", "profile", "email"])
    .env_prefix("")
    .subject(SubjectRule::Sub)
    .role_claims(["roles"]);
    provider.kind = Kind::Development;
    provider.tells = vec![(Fact::Email, None)];
    provider
}
