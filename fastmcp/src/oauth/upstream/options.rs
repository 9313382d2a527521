//! What the operator can set about the talk with a provider.

use std::sync::Arc;
use std::time::Duration;

pub use crate::provider::ClientAuthentication;
use crate::spec::{BaseUrl, Scopes};
use crate::token::JwksVerifier;

/// Checks upstream access tokens that are JWTs; their claims then count as verified.
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    /// The keys that sign them.
    pub keys: Arc<JwksVerifier>,
    /// Their issuer.
    pub issuer: Option<String>,
    /// Whom they are for.
    pub audience: Option<String>,
}

/// Memberships that a rule for who may log in names, in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memberships {
    pub(crate) organizations: Vec<String>,
    /// Organisation and team.
    pub(crate) teams: Vec<(String, String)>,
}

/// Options of the upstream client, already validated.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamOptions {
    /// `None` for what the provider takes.
    pub(crate) authentication: Option<ClientAuthentication>,
    /// For one request, from the connection to the last byte.
    pub(crate) timeout: Duration,
    /// Added to the provider's own; of one name in both, these count.
    pub(crate) extra_authorization_params: Vec<(String, String)>,
    /// Public address of this server, where the development provider's page is.
    pub(crate) base_url: BaseUrl,
    /// The proxy's callback as the provider knows it.
    pub(crate) redirect_uri: String,
    /// Asked for where a request names none.
    pub(crate) scopes: Scopes,
    pub(crate) token_verifier: Option<TokenVerifier>,
    /// What is asked beside who the user is.
    pub(crate) memberships: Memberships,
}
