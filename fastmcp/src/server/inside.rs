//! A server for the tests of who wrote it: its endpoint without a socket, and its settings with a
//! provider of the tests. For `testing`, and only with the feature `test-util`.

use std::sync::Arc;

use super::assemble::UPSTREAM_TIMEOUT;
use super::proxy::scopes_of;
use super::{AuthDeclaration, Server, environment};
use crate::auth::Authenticator;
use crate::error::{Error, Problem};
use crate::limits::RateLimits;
use crate::mcp::Endpoint;
use crate::oauth::ConfiguredClient;
use crate::parts::{Clock, Parts};
use crate::provider::{self, Provider};

/// What a test is told of a server.
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) authority: String,
    pub(crate) has_auth: bool,
    pub(crate) roles: &'static [&'static str],
    /// Those that the server declares; empty where any may be asked for.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) parts: Parts,
}

impl Server {
    /// What a test is told of this server.
    ///
    /// # Errors
    /// Address or TLS are none.
    pub(crate) fn facts(&self) -> Result<Facts, Error> {
        let base_url = self.chosen_base_url()?;
        let declared = &self.declaration;
        Ok(Facts {
            name: self.chosen_name().to_owned(),
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            authority: base_url.authority().to_owned(),
            has_auth: declared.auth.is_some()
                || self.choices.provider.is_some()
                || self.choices.proxy.is_some(),
            roles: declared.roles,
            scopes: declared.scopes,
            parts: self.chosen_parts()?,
        })
    }

    /// The endpoint alone, whose callers `authenticator` knows.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, but those of a login.
    pub(crate) fn inside(
        &self,
        authenticator: Option<Arc<dyn Authenticator>>,
    ) -> Result<Endpoint, Error> {
        let mut parts = self.endpoint_alone(authenticator)?;
        let rules: Vec<_> = parts.registry.rules().collect();
        let offered = scopes_of(&self.declaration, &rules);
        parts.scopes_offered = offered.into_iter().collect();
        Ok(Endpoint::new(parts))
    }

    /// The identity provider that the server has, as far as no environment is needed to know it.
    ///
    /// # Errors
    /// The server has a proxy that was made by hand, and with it a provider of its own.
    pub(crate) fn declared_provider(&self) -> Result<Option<Provider>, Error> {
        if self.choices.proxy.is_some() {
            return Err(Problem::new(
                "FM0951",
                "a server with a proxy made by hand has a provider of its own",
                "test it without `.oauth_proxy(…)`, or serve its `.router()`",
            )
            .into());
        }
        let declared = self.declaration.auth.map(|auth| match auth {
            AuthDeclaration::Provider(provider) => provider(),
            AuthDeclaration::CustomFromEnvironment => provider::custom("", ""),
        });
        Ok(self.choices.provider.clone().or(declared))
    }

    /// The same server at `base_url` by `clock`, where nobody asks too often, and what it keeps
    /// ends with it unless the program chose a store.
    pub(crate) fn at_home(mut self, base_url: &str, clock: Clock) -> Result<Self, Error> {
        let mut parts = match self.choices.parts.take() {
            Some(parts) => parts,
            None => environment::parts(UPSTREAM_TIMEOUT)?,
        };
        parts.clock = clock;
        Ok(self.base_url(base_url).parts(parts))
    }

    /// The same server, whose people sign in at `provider` and by `client`.
    pub(crate) fn signing_in_at(
        mut self,
        provider: Provider,
        (id, secret): (&str, &str),
        client: ConfiguredClient,
    ) -> Self {
        // They would lead past it.
        self.choices.upstream.authorization_endpoint = None;
        self.choices.upstream.token_endpoint = None;
        let has_store = self.choices.store.is_some();
        let server = self
            .provider(provider)
            .upstream_client_id(id)
            .upstream_client_secret(secret)
            .clients([client])
            .rate_limits(RateLimits::OFF);
        if has_store {
            server
        } else {
            server.store("memory")
        }
    }
}
