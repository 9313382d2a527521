//! Strings that prove something: our access tokens, and what other issuers have signed.
//!
//! | file | what |
//! |---|---|
//! | `jwt` | [`JwtIssuer`]: mints and verifies this server's access tokens (RFC 9068) |
//! | `access` | [`AccessClaims`]: what such a token says |
//! | `claims` | [`claims::Passthrough`]: which upstream claims travel along, and never override ours |
//! | `jwks` | [`JwksVerifier`]: other people's tokens, by their published keys |
//! | `assertion` | a client's own word that it is itself (RFC 7523) |
//! | `jws` | the compact form, taken apart with a JSON parser that refuses duplicate names |
//!
//! Signatures and key formats are the work of `jsonwebtoken`; what a token must say is decided
//! here, so that no default of a library decides it.

mod access;
mod assertion;
pub mod claims;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
pub(crate) mod json;
mod jwks;
mod jws;
mod jwt;
mod key_set;
#[cfg(test)]
mod round_trips;

use std::sync::Once;

pub use self::access::AccessClaims;
pub(crate) use self::assertion::{ALGORITHMS, Assertion};
pub use self::claims::unverified_claims;
pub use self::jwks::{Expect, JwksVerifier, VerifyError};
pub use self::jwt::{JwtIssuer, MintError};
pub(crate) use self::key_set::KeySet;

/// Claims by name, as JSON.
pub type Claims = serde_json::Map<String, serde_json::Value>;

/// Chooses the cryptography of `jsonwebtoken` once for the process. Where a user's dependencies
/// switch on both of its backends it would otherwise panic at the first token.
pub(crate) fn install_crypto_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Somebody else's choice, made earlier, is as good.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    });
}
