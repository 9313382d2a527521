//! The OAuth proxy through its router: every endpoint, in the order of a login.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod authorize;
mod browser;
mod callback;
mod consent;
mod development;
mod discovery;
mod faults;
mod faulty;
mod foreign;
mod issuer;
mod logging;
mod logins;
mod published;
mod published_life;
mod publisher;
mod refresh;
mod register;
mod returned;
mod revoke;
mod revoke_request;
mod session;
mod shared;
mod support;
mod token;
mod upstream;
