//! One method for each setting of who may connect, how often, and who hears of it.

use super::Server;
use crate::audit::AuditEntry;
use crate::limits::RateLimits;
use crate::oauth::{ConfiguredClient, Registration, RegistrationRequest};
use crate::secret::Secret;

impl Server {
    /// Whether strangers may register clients (RFC 7591): everyone, who has
    /// [`Server::initial_access_token`], or nobody. Variable `FASTMCP_REGISTRATION` (`open`,
    /// `limited`, `off`), default open. Clients that registered before go on.
    #[must_use]
    pub fn registration(mut self, registration: Registration) -> Self {
        self.choices.clients.registration = Some(registration);
        self
    }

    /// What clients register with where registration is limited (RFC 7591 section 3), at least 16
    /// characters. Variable `FASTMCP_INITIAL_ACCESS_TOKEN`.
    #[must_use]
    pub fn initial_access_token(mut self, token: impl Into<Secret>) -> Self {
        self.choices.clients.initial_access_token = Some(token.into());
        self
    }

    /// Says which clients may register, beyond what the other settings say; the others get 403
    /// `access_denied`.
    ///
    /// ```
    /// # fn configure(server: fastmcp::server::Server) -> fastmcp::server::Server {
    /// server.registration_policy(|asked| asked.is_public && asked.redirect_uris.len() < 4)
    /// # }
    /// ```
    #[must_use]
    pub fn registration_policy(
        mut self,
        policy: impl Fn(&RegistrationRequest<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.choices.clients.policy = Some(std::sync::Arc::new(policy));
        self
    }

    /// Clients of your own, which need not register and do not expire; added to those before.
    /// Variable `FASTMCP_CLIENTS`, a JSON list with the names of RFC 7591 section 2.
    #[must_use]
    pub fn clients(mut self, clients: impl IntoIterator<Item = ConfiguredClient>) -> Self {
        let known = self.choices.clients.configured.get_or_insert_default();
        known.extend(clients);
        self
    }

    /// How often anyone may ask the authorization server; each limit is changed or switched off by
    /// itself. Variable `FASTMCP_RATE_LIMITS` (`registrations=5/min, documents=off`, or `off`).
    #[must_use]
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.choices.clients.rate_limits = Some(limits);
        self
    }

    /// Networks and addresses of proxies whose `Forwarded` (RFC 7239) and `X-Forwarded-For` are
    /// believed. Variable `FASTMCP_TRUSTED_PROXIES`, default none: callers are then known by the
    /// address that connects, which behind a proxy is the proxy's for all of them.
    #[must_use]
    pub fn trusted_proxies<N: Into<String>>(
        mut self,
        networks: impl IntoIterator<Item = N>,
    ) -> Self {
        let networks = networks.into_iter().map(Into::into).collect();
        self.choices.clients.trusted_proxies = Some(networks);
        self
    }

    /// Calls `hear` with every decision ([`AuditEvent`](crate::audit::AuditEvent)), in the task that
    /// answers the request, so hand what takes long to a task of its own. Several may listen. A
    /// proxy made by hand ([`Server::oauth_proxy`]) tells the audit log of its own parts.
    #[must_use]
    pub fn on_audit(mut self, hear: impl Fn(&AuditEntry) + Send + Sync + 'static) -> Self {
        self.choices.audit = self.choices.audit.heard_by(hear);
        self
    }
}
