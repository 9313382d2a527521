//! The options of the proxy, checked: a [`Settings`] cannot be wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use super::admission::memberships;
use super::options::{Problem, ProxyOptions, RolesFrom};
use super::problems::Problems;
use super::published::Policy;
use super::registration::{Clients, Registration, RegistrationPolicy};
use super::upstream::UpstreamOptions;
use crate::ledger::Lifetimes;
use crate::limits::{RateLimits, TrustedProxies};
use crate::provider::{Admission, Identity, Provider};
use crate::secret::Secret;
use crate::spec::{BaseUrl, ClientIdUrl, RedirectPatterns, Resource, Scopes};
use crate::token::claims::Passthrough;

/// Longest life of an access token, whoever asks for more.
pub(super) const LONGEST_ACCESS: Duration = Duration::from_hours(24);
/// What a refresh takes besides the provider's answer.
const REFRESH_SLACK: Duration = Duration::from_secs(5);
/// Life of an access token where nobody says anything.
pub(super) const USUAL_ACCESS: Duration = Duration::from_hours(1);

/// A scope that is honoured but never offered: MCP keeps it out of metadata and challenges.
const NEVER_OFFERED: &str = "offline_access";

/// Validated options.
pub(super) struct Settings {
    pub(super) base_url: BaseUrl,
    pub(super) resource: Resource,
    pub(super) server_name: String,
    pub(super) redirect_path: String,
    pub(super) patterns: RedirectPatterns,
    pub(super) rate_limits: RateLimits,
    pub(super) registration: Registration,
    pub(super) initial_access_token: Option<Secret>,
    pub(super) registration_policy: Option<RegistrationPolicy>,
    /// Those of the operator's own.
    pub(super) clients: Clients,
    pub(super) trusted_proxies: TrustedProxies,
    /// Which URLs may be clients; `None` for none.
    pub(super) published: Option<Policy>,
    pub(super) forward_pkce: bool,
    pub(super) consent_required: bool,
    pub(super) enable_token_swap: bool,
    pub(super) passthrough: Passthrough,
    pub(super) lifetimes: Lifetimes,
    pub(super) upstream_scopes: Scopes,
    /// Who may log in; `None` for everybody.
    pub(super) admits: Option<Admission>,
    /// How long the provider may take to answer, and that rule to decide.
    pub(super) upstream_timeout: Duration,
    supported: Scopes,
    access_token_ttl: Option<Duration>,
    roles: BTreeSet<String>,
    roles_from: Option<RolesFrom>,
}

impl Settings {
    /// Checks `options` for `provider` and splits off what the upstream client needs.
    ///
    /// # Errors
    /// Every problem there is.
    pub(super) fn check(
        options: ProxyOptions,
        provider: &Provider,
    ) -> Result<(Self, UpstreamOptions), Vec<Problem>> {
        let mut problems = Problems::default();
        let base = problems.base_url(&options.base_url);
        let base_url = base.as_ref().map(|(url, _)| url);
        problems.redirect_path(&options.redirect_path, base_url);
        problems.provider(&options, provider, base_url);
        problems.parameters(&options, provider);
        let upstream_scopes = problems.scopes(options.scopes.as_deref(), provider);
        let declared = problems.declared(&options);
        let patterns = problems.patterns(options.allowed_redirect_uri_patterns.as_deref());
        let published = problems.published(&options.client_id_metadata);
        problems.rate_limits(&options.rate_limits);
        let token = options.initial_access_token.as_ref();
        problems.registration(options.registration, token);
        let clients = problems.clients(&options.clients);
        let trusted_proxies = problems.trusted_proxies(&options.trusted_proxies);
        problems.lifetimes(&options, provider);
        problems.claims(&options.custom_claims_passthrough);
        problems.admission(options.admits.as_ref(), provider);
        let (Some((base_url, resource)), Some(patterns), true) =
            (base, patterns, problems.is_empty())
        else {
            return Err(problems.into_list());
        };
        // Before a refresh it may have to be asked where to refresh.
        let requests = if provider.is_discovered() { 2 } else { 1 };
        let upstream = UpstreamOptions {
            authentication: options.upstream_token_endpoint_auth_method,
            timeout: options.upstream_request_timeout,
            extra_authorization_params: options.extra_authorization_params,
            redirect_uri: base_url.join(&options.redirect_path),
            base_url: base_url.clone(),
            scopes: upstream_scopes.clone(),
            token_verifier: options.token_verifier,
            memberships: memberships(options.admits.as_ref()),
        };
        let settings = Self {
            base_url,
            resource,
            server_name: options.server_name,
            redirect_path: options.redirect_path,
            patterns,
            rate_limits: options.rate_limits,
            registration: options.registration,
            initial_access_token: options.initial_access_token,
            registration_policy: options.registration_policy,
            clients,
            trusted_proxies,
            published,
            forward_pkce: options.forward_pkce,
            consent_required: options.consent_required,
            enable_token_swap: options.enable_token_swap,
            passthrough: options.custom_claims_passthrough,
            lifetimes: Lifetimes {
                transaction: options.transaction_ttl,
                authorization_code: options.authorization_code_ttl,
                access_token: options
                    .access_token_ttl
                    .unwrap_or(Lifetimes::default().access_token),
                refresh_token: options.refresh_token_ttl,
                refresh_grace: options.refresh_grace,
                most_unused_clients: options.rate_limits.unused_registrations,
                upstream_refresh: options.upstream_request_timeout * requests + REFRESH_SLACK,
                ..Lifetimes::default()
            },
            supported: upstream_scopes.union(&declared),
            upstream_scopes,
            access_token_ttl: options.access_token_ttl,
            roles: options.roles.into_iter().collect(),
            roles_from: options.roles_from,
            admits: options.admits,
            upstream_timeout: options.upstream_request_timeout,
        };
        Ok((settings, upstream))
    }

    /// Whether a client's keys may be fetched from `uri`: where its document might be.
    pub(super) fn may_fetch(&self, uri: &str) -> bool {
        let url = ClientIdUrl::parse(uri);
        let policy = self.published.as_ref();
        policy
            .zip(url)
            .is_some_and(|(policy, url)| policy.admits(&url))
    }

    /// Every scope that a client may ask for.
    pub(super) fn supported(&self) -> &Scopes {
        &self.supported
    }

    /// The scopes that metadata shows, and that a request without `scope` asks for: a client that
    /// names none cannot step up later, and the user sees them all before approving.
    pub(super) fn offered(&self) -> Scopes {
        self.supported
            .iter()
            .filter(|scope| *scope != NEVER_OFFERED)
            .collect()
    }

    /// How long an access token lives whose upstream token lives for another `upstream`.
    pub(super) fn access_life(&self, upstream: Option<Duration>) -> Duration {
        self.access_token_ttl
            .or(upstream)
            .unwrap_or(USUAL_ACCESS)
            .clamp(Duration::from_secs(1), LONGEST_ACCESS)
    }

    /// Roles that rules may name.
    pub(super) fn declared_roles(&self) -> Vec<String> {
        self.roles.iter().cloned().collect()
    }

    /// The roles of `identity`, none beyond the declared ones.
    pub(super) fn roles(&self, identity: &Identity) -> BTreeSet<String> {
        let named = match &self.roles_from {
            Some(roles_from) => roles_from(identity).into_iter().collect(),
            None => identity.roles().clone(),
        };
        if self.roles.is_empty() {
            return named;
        }
        let undeclared = named.difference(&self.roles).count();
        if undeclared > 0 {
            tracing::debug!(
                undeclared,
                "roles were dropped that the server does not declare"
            );
        }
        named.intersection(&self.roles).cloned().collect()
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
