//! The OAuth proxy through its router: every endpoint, in the order of a login.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod assertion;
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
mod limits;
mod logging;
mod logins;
mod published;
mod published_life;
mod publisher;
mod refresh;
mod register;
mod registration;
mod returned;
mod revoke;
mod revoke_request;
mod session;
mod shared;
mod signer;
mod support;
mod token;
mod upstream;
