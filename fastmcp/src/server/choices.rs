//! What the user chose: one field a setting, `None` where nothing was said.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::clients::Clients;
use crate::audit::AuditLog;
use crate::keys::Keys;
use crate::oauth::{ClientAuthentication, OAuthProxy, TokenVerifier};
use crate::parts::Parts;
use crate::provider::{Admission, Provider};
use crate::secret::Secret;
use crate::store::Store;
use crate::token::claims::Passthrough;

/// A store by its address, as `FASTMCP_STORE` has it, or a store itself.
#[derive(Clone)]
#[non_exhaustive]
pub enum StoreChoice {
    /// `memory`, `disk:<directory>`.
    Address(String),
    /// A store that is open.
    Open(Arc<dyn Store>),
}

impl From<&str> for StoreChoice {
    fn from(address: &str) -> Self {
        Self::Address(address.to_owned())
    }
}

impl From<String> for StoreChoice {
    fn from(address: String) -> Self {
        Self::Address(address)
    }
}

impl From<Arc<dyn Store>> for StoreChoice {
    fn from(store: Arc<dyn Store>) -> Self {
        Self::Open(store)
    }
}

impl<S: Store> From<S> for StoreChoice {
    fn from(store: S) -> Self {
        Self::Open(Arc::new(store))
    }
}

/// An address may hold a password.
impl fmt::Debug for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreChoice")
    }
}

/// A certificate and its key, by the files that they are in.
#[derive(Clone, Debug)]
pub(super) struct TlsFiles {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Choices made in the attribute or by a builder method; the environment fills what is left.
#[derive(Default)]
pub(super) struct Choices {
    pub(super) name: Option<String>,
    pub(super) bind: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) parts: Option<Parts>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) max_body: Option<usize>,
    pub(super) max_connections: Option<usize>,
    pub(super) tls: Option<TlsFiles>,
    pub(super) drain_timeout: Option<Duration>,
    pub(super) self_check: Option<bool>,
    pub(super) store: Option<StoreChoice>,
    pub(super) secret: Option<Secret>,
    pub(super) secret_previous: Vec<Secret>,
    pub(super) secret_iterations: Option<u32>,
    pub(super) keys: Option<Keys>,
    pub(super) jwt_signing_key: Option<Secret>,
    pub(super) jwt_key_pair: Option<Secret>,
    pub(super) jwt_key_pair_previous: Option<Secret>,
    pub(super) encryption_key: Option<Secret>,
    pub(super) consent_signing_key: Option<Secret>,
    pub(super) single_keys_previous: SingleKeys,
    pub(super) unencrypted_for_development: bool,
    pub(super) provider: Option<Provider>,
    pub(super) proxy: Option<OAuthProxy>,
    pub(super) upstream: Upstream,
    pub(super) login: Login,
    pub(super) tokens: Tokens,
    pub(super) clients: Clients,
    pub(super) audit: AuditLog,
}

impl Choices {
    /// Settings of a login that were made, by name, in the order of the README.
    pub(super) fn of_login(&self) -> impl Iterator<Item = &'static str> {
        let (upstream, login, tokens) = (&self.upstream, &self.login, &self.tokens);
        let before = &self.single_keys_previous;
        let all = [
            ("secret_previous", !self.secret_previous.is_empty()),
            ("secret_iterations", self.secret_iterations.is_some()),
            ("store", self.store.is_some()),
            ("upstream_client_id", upstream.client_id.is_some()),
            ("upstream_client_secret", upstream.client_secret.is_some()),
            (
                "upstream_authorization_endpoint",
                upstream.authorization_endpoint.is_some(),
            ),
            ("upstream_token_endpoint", upstream.token_endpoint.is_some()),
            (
                "upstream_token_endpoint_auth_method",
                upstream.auth_method.is_some(),
            ),
            ("upstream_request_timeout", upstream.timeout.is_some()),
            (
                "extra_authorization_params",
                !upstream.extra_params.is_empty(),
            ),
            ("upstream_scopes", upstream.scopes.is_some()),
            ("redirect_path", login.redirect_path.is_some()),
            ("forward_pkce", login.forward_pkce.is_some()),
            ("consent_required", login.consent_required.is_some()),
            (
                "allowed_redirect_uri_patterns",
                login.redirect_patterns.is_some(),
            ),
            (
                "client_id_metadata_documents",
                login.published.enabled.is_some(),
            ),
            (
                "client_id_metadata_allowed_domains",
                login.published.allowed_domains.is_some(),
            ),
            (
                "client_id_metadata_denied_domains",
                login.published.denied_domains.is_some(),
            ),
            ("client_id_metadata_ports", login.published.ports.is_some()),
            ("enable_token_swap", tokens.swap.is_some()),
            ("custom_claims_passthrough", tokens.passthrough.is_some()),
            ("transaction_ttl", login.transaction_ttl.is_some()),
            ("authorization_code_ttl", login.code_ttl.is_some()),
            ("access_token_ttl", tokens.access_ttl.is_some()),
            ("refresh_token_ttl", tokens.refresh_ttl.is_some()),
            ("refresh_grace", tokens.refresh_grace.is_some()),
            ("jwt_signing_key", self.jwt_signing_key.is_some()),
            ("jwt_signing_key_previous", before.jwt.is_some()),
            ("jwt_key_pair", self.jwt_key_pair.is_some()),
            (
                "jwt_key_pair_previous",
                self.jwt_key_pair_previous.is_some(),
            ),
            ("encryption_key", self.encryption_key.is_some()),
            ("encryption_key_previous", before.storage.is_some()),
            (
                "unencrypted_for_development",
                self.unencrypted_for_development,
            ),
            ("consent_signing_key", self.consent_signing_key.is_some()),
            ("consent_signing_key_previous", before.consent.is_some()),
            ("token_verifier", upstream.verifier.is_some()),
            ("admits", login.admits.is_some()),
        ];
        let all = all.into_iter().chain(self.clients.made());
        let made = all.filter(|(_, made)| *made);
        made.map(|(name, _)| name)
    }
}

/// Keys for one purpose each.
#[derive(Default)]
pub(super) struct SingleKeys {
    pub(super) jwt: Option<Secret>,
    pub(super) storage: Option<Secret>,
    pub(super) consent: Option<Secret>,
}

/// How to talk to the provider.
#[derive(Default)]
pub(super) struct Upstream {
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: Option<String>,
    pub(super) auth_method: Option<ClientAuthentication>,
    pub(super) timeout: Option<Duration>,
    pub(super) extra_params: Vec<(String, String)>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) verifier: Option<TokenVerifier>,
}

/// How a login goes.
#[derive(Default)]
pub(super) struct Login {
    pub(super) redirect_path: Option<String>,
    pub(super) forward_pkce: Option<bool>,
    pub(super) consent_required: Option<bool>,
    pub(super) redirect_patterns: Option<Vec<String>>,
    pub(super) published: Published,
    pub(super) transaction_ttl: Option<Duration>,
    pub(super) code_ttl: Option<Duration>,
    pub(super) admits: Option<Admission>,
}

/// Which clients may be a URL.
#[derive(Default)]
pub(super) struct Published {
    pub(super) enabled: Option<bool>,
    pub(super) allowed_domains: Option<Vec<String>>,
    pub(super) denied_domains: Option<Vec<String>>,
    pub(super) ports: Option<Vec<u16>>,
}

/// What clients are given.
#[derive(Default)]
pub(super) struct Tokens {
    pub(super) swap: Option<bool>,
    pub(super) passthrough: Option<Passthrough>,
    pub(super) access_ttl: Option<Duration>,
    pub(super) refresh_ttl: Option<Duration>,
    pub(super) refresh_grace: Option<Duration>,
}
