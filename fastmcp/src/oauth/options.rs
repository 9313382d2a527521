//! The options of the proxy, as they are set.
//!
//! [`ProxyOptions`] holds what was asked for and can be anything; `settings.rs` makes of it a type
//! that cannot be wrong, or says everything that is, at once and before anything listens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::registration::{ConfiguredClient, Registration, RegistrationPolicy};
use super::upstream::{ClientAuthentication, TokenVerifier};
use crate::ledger::Lifetimes;
use crate::limits::RateLimits;
use crate::provider::{Admission, Identity};
use crate::secret::Secret;
use crate::token::claims::Passthrough;

/// Who has which roles: from a verified identity to names of declared roles.
pub type RolesFrom = Arc<dyn Fn(&Identity) -> Vec<String> + Send + Sync>;

/// Every option of the OAuth proxy, with its default.
///
/// ```
/// use fastmcp::oauth::ProxyOptions;
///
/// let options = ProxyOptions {
///     base_url: "https://notes.example.com".to_owned(),
///     upstream_client_id: "client-id".to_owned(),
///     ..ProxyOptions::default()
/// };
/// assert!(options.consent_required && options.enable_token_swap);
/// ```
#[derive(Clone)]
pub struct ProxyOptions {
    /// Public address of the server, which is also the issuer: https, or http on loopback.
    pub base_url: String,
    /// Name of the server on its pages.
    pub server_name: String,
    /// Id of this server at the provider.
    pub upstream_client_id: String,
    /// Secret of this server at the provider.
    pub upstream_client_secret: Option<Secret>,
    /// How the secret is sent: `client_secret_basic` or `client_secret_post`; `None` for what the
    /// provider takes.
    pub upstream_token_endpoint_auth_method: Option<ClientAuthentication>,
    /// How long one request to the provider may take.
    pub upstream_request_timeout: Duration,
    /// Added to the authorization request; what the proxy owns is refused.
    pub extra_authorization_params: Vec<(String, String)>,
    /// Path of the callback, below the base URL.
    pub redirect_path: String,
    /// Scopes requested upstream; `None` for the provider's defaults.
    pub scopes: Option<Vec<String>>,
    /// Scopes that the server's own rules name. What clients can ask for is these and the ones
    /// requested upstream.
    pub declared_scopes: Vec<String>,
    /// Forward the client's PKCE challenge to the provider; its code is then exchanged only when
    /// the client brings the verifier.
    pub forward_pkce: bool,
    /// Ask the user before anything is sent to the provider. Without it, only the binding to the
    /// browser remains.
    pub consent_required: bool,
    /// Give clients our own tokens. Without it they get the provider's access token, which is
    /// honoured only if this server handed it out.
    pub enable_token_swap: bool,
    /// Checks upstream access tokens that are JWTs.
    pub token_verifier: Option<TokenVerifier>,
    /// Which upstream claims pass into our tokens.
    pub custom_claims_passthrough: Passthrough,
    /// Which redirect URIs may be registered; `None` for loopback only, an empty list for none.
    pub allowed_redirect_uri_patterns: Option<Vec<String>>,
    /// Whether a URL can be a client, and whose (OAuth Client ID Metadata Document).
    pub client_id_metadata: ClientIdMetadata,
    /// Whether strangers may register clients (RFC 7591).
    pub registration: Registration,
    /// What they register with where that is [`Registration::Limited`]; at least 16 characters.
    pub initial_access_token: Option<Secret>,
    /// Says which clients may register, beyond what the other options say.
    pub registration_policy: Option<RegistrationPolicy>,
    /// Clients of the operator's own, which need not register.
    pub clients: Vec<ConfiguredClient>,
    /// How often anyone may ask.
    pub rate_limits: RateLimits,
    /// Networks and addresses of proxies whose `Forwarded` and `X-Forwarded-For` are believed.
    pub trusted_proxies: Vec<String>,
    /// From the consent page to the decision, and from there to the callback.
    pub transaction_ttl: Duration,
    /// From the callback to the redemption of the code.
    pub authorization_code_ttl: Duration,
    /// Life of an access token; `None` for that of the upstream token, or an hour where it has no
    /// known end.
    pub access_token_ttl: Option<Duration>,
    /// Life of a login; refreshing does not extend it.
    pub refresh_token_ttl: Duration,
    /// How long a rotated refresh token is answered with its successor; zero for never.
    pub refresh_grace: Duration,
    /// Roles that rules may name; roles beyond them are dropped. Empty keeps all.
    pub roles: Vec<String>,
    /// Who has which of these roles; `None` for the roles that the verified identity names.
    pub roles_from: Option<RolesFrom>,
    /// Who may log in; `None` for everyone whom the provider signs in. It is asked again whenever
    /// the provider tells who somebody is: at each of its refreshes, and at a client's.
    pub admits: Option<Admission>,
}

impl Default for ProxyOptions {
    fn default() -> Self {
        let lifetimes = Lifetimes::default();
        Self {
            base_url: String::new(),
            server_name: "MCP server".to_owned(),
            upstream_client_id: String::new(),
            upstream_client_secret: None,
            upstream_token_endpoint_auth_method: None,
            upstream_request_timeout: Duration::from_secs(10),
            extra_authorization_params: Vec::new(),
            redirect_path: "/oauth/callback".to_owned(),
            scopes: None,
            declared_scopes: Vec::new(),
            forward_pkce: false,
            consent_required: true,
            enable_token_swap: true,
            token_verifier: None,
            custom_claims_passthrough: Passthrough::default(),
            allowed_redirect_uri_patterns: None,
            client_id_metadata: ClientIdMetadata::default(),
            registration: Registration::default(),
            initial_access_token: None,
            registration_policy: None,
            clients: Vec::new(),
            rate_limits: RateLimits::default(),
            trusted_proxies: Vec::new(),
            transaction_ttl: lifetimes.transaction,
            authorization_code_ttl: lifetimes.authorization_code,
            access_token_ttl: None,
            refresh_token_ttl: lifetimes.refresh_token,
            refresh_grace: lifetimes.refresh_grace,
            roles: Vec::new(),
            roles_from: None,
            admits: None,
        }
    }
}

/// Which clients may be a URL that describes them, instead of registering.
///
/// A domain stands for itself and all below it. Switching it off, or a domain, ends no login that
/// is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdMetadata {
    /// Whether any may.
    pub enabled: bool,
    /// Domains whose documents are read; `None` for every domain, an empty list for none.
    pub allowed_domains: Option<Vec<String>>,
    /// Domains whose documents are not read, even if they are allowed.
    pub denied_domains: Vec<String>,
    /// Ports that are asked.
    pub ports: Vec<u16>,
}

impl Default for ClientIdMetadata {
    fn default() -> Self {
        Self {
            enabled: true,
            allowed_domains: None,
            denied_domains: Vec::new(),
            ports: vec![443],
        }
    }
}

/// Secrets and functions stay out of it.
impl fmt::Debug for ProxyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyOptions")
            .field("base_url", &self.base_url)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

/// One option that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its searchable code: the row of `docs/diagnostics.md`.
    pub code: &'static str,
    /// The option.
    pub setting: &'static str,
    /// What is wrong with it, as a sentence of its own.
    pub fault: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}`: {} [{}]; {}",
            self.setting, self.fault, self.code, self.help
        )
    }
}
