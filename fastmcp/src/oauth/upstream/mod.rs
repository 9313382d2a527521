//! Talk to the identity provider: send the browser there, turn a code into tokens and an
//! identity, refresh, give back.
//!
//! The only code that calls a provider, and the only reader of
//! [`Provider`](crate::provider::Provider). It trusts no answer: bodies are capped, an error inside HTTP 200 is an error, and what an answer claims
//! about a user counts only after it was verified. The development provider is answered in
//! process, since a server that calls itself over HTTP can wait for itself.
//!
//! | file | what |
//! |---|---|
//! | `options` | what the operator can set |
//! | `endpoints` | the endpoints in force, asked for before anything else |
//! | `discovery`, `document` | those that an issuer names itself: kept and renewed; read and checked |
//! | `authorize` | the address for the browser; PKCE verifier and nonce derived from `state` |
//! | `wire` | one capped, timed request; its failures sorted into [`UpstreamError`] |
//! | `answer` | a token answer read from JSON or form encoding |
//! | `exchange` | code → tokens, refresh → tokens |
//! | `give_back` | tokens that nobody needs any more: revocation, in the background |
//! | `identify` | ID token, userinfo, e-mail list → identity |
//! | `again` | the same for somebody who signed in before |
//! | `memberships` | GitHub organisations and teams |
//! | `development` | the same without HTTP |
//!
//! Invariant: [`UpstreamError`] carries no text of the provider and no secret, so it can be
//! logged and mapped without care.

mod again;
mod answer;
mod authorize;
mod client;
mod development;
mod discovery;
mod document;
mod endpoints;
mod error;
mod exchange;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(super) mod fuzz;
mod give_back;
mod identify;
mod memberships;
mod options;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use self::again::{Again, Unseen};
pub(crate) use self::authorize::OWNED;
pub(crate) use self::client::{SignedIn, Upstream};
pub(crate) use self::error::UpstreamError;
pub use self::options::{ClientAuthentication, TokenVerifier};
pub(crate) use self::options::{Memberships, UpstreamOptions};
