//! An identity provider of the tests': it does as it is told, and writes down every call.
//!
//! | path | what |
//! |---|---|
//! | `/authorize` | asks nothing and sends a code, or shows a form (`interactive`) |
//! | `/token` | code (with PKCE `S256`, always) and refresh grants, client secret by either method |
//! | `/userinfo`, `/emails`, `/jwks`, `/revoke` | as in `OpenID` Connect, at GitHub, and in RFC 7009 |
//! | `/user/memberships/…`, `/orgs/…` | who belongs to what, as in GitHub's API |
//! | `/.well-known/openid-configuration` | where all of this is (`OpenID` Connect Discovery) |
//!
//! It shares no code with the side that asks it.

mod authorize;
mod fake;
mod keys;
mod knobs;
mod profile;
mod shape;
mod state;
mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

pub use self::fake::FakeProvider;
pub use self::knobs::{Fault, IdToken, Knobs, RefreshTokens};
pub use self::state::Call;

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn base64url_sha256(text: &str) -> String {
    base64url(&Sha256::digest(text.as_bytes()))
}
