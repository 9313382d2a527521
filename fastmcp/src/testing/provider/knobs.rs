//! What a test can change about a provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Behaviour of a [`FakeProvider`](super::FakeProvider); the default is a well-behaved provider
/// with user `alice`.
///
/// ```
/// use fastmcp::testing::{Fault, Knobs, RefreshTokens};
///
/// let down = Fault { status: Some(503), ..Fault::default() };
/// let knobs = Knobs {
///     expires_in: 60.into(),
///     refresh_tokens: RefreshTokens::Rotating,
///     faults: [("refresh".to_owned(), down)].into(),
///     ..Knobs::default()
/// };
/// # drop(knobs);
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Whoever signs in: `sub`, or what the provider has in its place. A login by
    /// [`TestServer::log_in`](crate::testing::TestServer::log_in) sets it, and the claims.
    pub user: String,
    /// Further claims of that person, in the ID token and in userinfo; null takes one away. By
    /// default `name`, `email` at `example.com` and `email_verified` are told.
    pub claims: Map<String, Value>,
    /// Shows a form instead of signing in at once.
    pub interactive: bool,
    /// Answers the authorization request with this error.
    pub deny: Option<String>,
    /// `expires_in` of the token answer; null leaves it out.
    pub expires_in: Value,
    /// The same after a refresh, where that differs; null is as above.
    pub refreshed_expires_in: Value,
    /// Answers the token request form-encoded, as old providers do.
    pub form_encoded: bool,
    /// What becomes of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// What is wrong with the ID token.
    pub id_token: IdToken,
    /// Gives an ID token for a refresh token too, as most providers do.
    pub id_token_again: bool,
    /// `iss` of its ID tokens, in place of its own address.
    pub issuer: Option<String>,
    /// Memberships as GitHub has them: organisation, or organisation and team joined by a slash,
    /// and their state.
    pub memberships: BTreeMap<String, String>,
    /// The scopes granted, whatever was asked for.
    pub scope: Option<String>,
    /// Members of the token answer to replace; null removes one.
    pub token_members: Map<String, Value>,
    /// What goes wrong, by endpoint: `authorize`, `token` (code grant), `refresh`, `userinfo`,
    /// `emails`, `memberships`, `jwks`, `revoke`, `discovery`.
    pub faults: BTreeMap<String, Fault>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            user: "alice".into(),
            claims: Map::new(),
            interactive: false,
            deny: None,
            expires_in: json!(3600),
            refreshed_expires_in: Value::Null,
            form_encoded: false,
            refresh_tokens: RefreshTokens::Stable,
            id_token: IdToken::Good,
            id_token_again: false,
            issuer: None,
            memberships: BTreeMap::new(),
            scope: None,
            token_members: Map::new(),
            faults: BTreeMap::new(),
        }
    }
}

/// What becomes of refresh tokens.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokens {
    /// None is issued.
    None,
    /// One for the whole login.
    Stable,
    /// A new one each time; the old one is dead, and presenting it ends the login.
    Rotating,
}

/// What is wrong with the ID token.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdToken {
    /// Nothing.
    Good,
    /// There is none: plain OAuth 2.0.
    None,
    /// Signed by a key that the key set does not hold.
    ForeignKey,
    /// `alg: none`, no signature.
    Unsigned,
    /// Issued by somebody else.
    WrongIssuer,
    /// Made for another client.
    WrongAudience,
    /// Made for another login.
    WrongNonce,
    /// Expired an hour ago.
    Expired,
}

/// A broken answer of one endpoint.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// The status to answer with; without it the endpoint does its work after the delay.
    pub status: Option<u16>,
    /// The body to answer with.
    pub body: String,
    /// Its content type; empty = none.
    pub content_type: String,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// How long to wait first.
    pub delay_ms: u64,
    /// How many calls are hit; without it, all.
    pub times: Option<u32>,
}
