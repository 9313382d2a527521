//! One method for each setting of a login; those of the server itself are in `builder.rs`.

use std::time::Duration;

use super::Server;
use crate::oauth::{ClientAuthentication, OAuthProxy, TokenVerifier};
use crate::provider::{Admission, Provider};
use crate::secret::Secret;
use crate::token::claims::Passthrough;

impl Server {
    /// The identity provider, instead of the one in `auth = …`.
    #[must_use]
    pub fn provider(mut self, provider: impl Into<Provider>) -> Self {
        self.choices.provider = Some(provider.into());
        self
    }

    /// A proxy made by hand, instead of one from these settings: every other setting of a login is
    /// then the proxy's own, and its issuer is the base URL.
    #[must_use]
    pub fn oauth_proxy(mut self, proxy: OAuthProxy) -> Self {
        self.choices.proxy = Some(proxy);
        self
    }

    /// Our client id at the provider. Variable `<PROVIDER>_CLIENT_ID`.
    #[must_use]
    pub fn upstream_client_id(mut self, id: impl Into<String>) -> Self {
        self.choices.upstream.client_id = Some(id.into());
        self
    }

    /// Our client secret at the provider. Variable `<PROVIDER>_CLIENT_SECRET`.
    #[must_use]
    pub fn upstream_client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.choices.upstream.client_secret = Some(secret.into());
        self
    }

    /// Where the provider asks the user, instead of the provider's own.
    #[must_use]
    pub fn upstream_authorization_endpoint(mut self, url: impl Into<String>) -> Self {
        self.choices.upstream.authorization_endpoint = Some(url.into());
        self
    }

    /// Where the provider gives tokens, instead of the provider's own.
    #[must_use]
    pub fn upstream_token_endpoint(mut self, url: impl Into<String>) -> Self {
        self.choices.upstream.token_endpoint = Some(url.into());
        self
    }

    /// How we prove ourselves at the provider's token endpoint (RFC 6749 section 2.3.1). Default:
    /// HTTP Basic.
    #[must_use]
    pub fn upstream_token_endpoint_auth_method(mut self, method: ClientAuthentication) -> Self {
        self.choices.upstream.auth_method = Some(method);
        self
    }

    /// How long the provider may take to answer, from 1 s to 60 s, default 10 s.
    #[must_use]
    pub fn upstream_request_timeout(mut self, timeout: Duration) -> Self {
        self.choices.upstream.timeout = Some(timeout);
        self
    }

    /// More parameters for the provider's authorization endpoint, each once; one that the proxy sends
    /// itself, such as `state`, is refused at start.
    #[must_use]
    pub fn extra_authorization_params<K: Into<String>, V: Into<String>>(
        mut self,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let params = params.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.choices.upstream.extra_params = params.collect();
        self
    }

    /// Scopes requested from the provider in every login. Default: the provider's own, or those in
    /// `auth = google(scopes = [..])`. Scopes that only this server knows are not among them: the
    /// user grants those on the consent page.
    #[must_use]
    pub fn upstream_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.choices.upstream.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Verifies the provider's access tokens where they are JWTs, which makes their claims fit for
    /// access rules.
    #[must_use]
    pub fn token_verifier(mut self, verifier: TokenVerifier) -> Self {
        self.choices.upstream.verifier = Some(verifier);
        self
    }

    /// Where the provider sends the browser back, default `/oauth/callback`.
    #[must_use]
    pub fn redirect_path(mut self, path: impl Into<String>) -> Self {
        self.choices.login.redirect_path = Some(path.into());
        self
    }

    /// Sends the client's own PKCE challenge to the provider, default false.
    #[must_use]
    pub fn forward_pkce(mut self, forward: bool) -> Self {
        self.choices.login.forward_pkce = Some(forward);
        self
    }

    /// Asks the user before a client gets access, default true.
    #[must_use]
    pub fn consent_required(mut self, required: bool) -> Self {
        self.choices.login.consent_required = Some(required);
        self
    }

    /// Which redirect URIs may be registered: `https://app.example.com/*`, `http://localhost:*`,
    /// `cursor://anysphere.cursor-mcp/*`. Default: loopback only; an empty list admits none.
    #[must_use]
    pub fn allowed_redirect_uri_patterns<P: Into<String>>(
        mut self,
        patterns: impl IntoIterator<Item = P>,
    ) -> Self {
        self.choices.login.redirect_patterns = Some(patterns.into_iter().map(Into::into).collect());
        self
    }

    /// Who may log in, of those whom the provider signs in, default everyone. Variable
    /// `FASTMCP_ADMITS`: a list such as `email_domain=example.com, team=acme/ops`, of which one
    /// must hold. Who may not is sent back to the client with `access_denied`, and a login whose
    /// user may not any more ends when the provider next tells who that is.
    ///
    /// ```
    /// use fastmcp::provider::Admission;
    /// # fn configure(server: fastmcp::server::Server) -> fastmcp::server::Server {
    /// let guests = Admission::check(|person| person.verified_email() == Some("eve@guest.example"));
    /// server.admits(Admission::hosted_domain("example.com").or(guests))
    /// # }
    /// ```
    #[must_use]
    pub fn admits(mut self, rule: Admission) -> Self {
        self.choices.login.admits = Some(rule);
        self
    }

    /// Lets a client be a URL that describes it, instead of registering (OAuth Client ID Metadata
    /// Document), default true. Off, logins that are there go on.
    #[must_use]
    pub fn client_id_metadata_documents(mut self, enabled: bool) -> Self {
        self.choices.login.published.enabled = Some(enabled);
        self
    }

    /// Domains whose clients may be a URL; each stands for all below it as well. Default: every
    /// domain; an empty list admits none.
    #[must_use]
    pub fn client_id_metadata_allowed_domains<D: Into<String>>(
        mut self,
        domains: impl IntoIterator<Item = D>,
    ) -> Self {
        let domains = domains.into_iter().map(Into::into).collect();
        self.choices.login.published.allowed_domains = Some(domains);
        self
    }

    /// Domains whose clients may not be a URL, even if they are allowed; each stands for all below
    /// it as well. Default: none.
    #[must_use]
    pub fn client_id_metadata_denied_domains<D: Into<String>>(
        mut self,
        domains: impl IntoIterator<Item = D>,
    ) -> Self {
        let domains = domains.into_iter().map(Into::into).collect();
        self.choices.login.published.denied_domains = Some(domains);
        self
    }

    /// Ports at which a client that is a URL may publish, default 443 alone.
    #[must_use]
    pub fn client_id_metadata_ports(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.choices.login.published.ports = Some(ports.into_iter().collect());
        self
    }

    /// How long a user may take on the consent page, and again at the provider; from 1 s
    /// to 3600 s, default 600 s.
    #[must_use]
    pub fn transaction_ttl(mut self, ttl: Duration) -> Self {
        self.choices.login.transaction_ttl = Some(ttl);
        self
    }

    /// How long an authorization code waits to be redeemed, from 1 s to 600 s (RFC 6749 section
    /// 4.1.2), default 300 s.
    #[must_use]
    pub fn authorization_code_ttl(mut self, ttl: Duration) -> Self {
        self.choices.login.code_ttl = Some(ttl);
        self
    }

    /// Gives clients our own tokens and keeps the provider's, default true. Off, clients get the
    /// provider's access token, with every check still in force.
    #[must_use]
    pub fn enable_token_swap(mut self, swap: bool) -> Self {
        self.choices.tokens.swap = Some(swap);
        self
    }

    /// Which of the provider's claims pass into our tokens and sessions.
    #[must_use]
    pub fn custom_claims_passthrough(mut self, passthrough: Passthrough) -> Self {
        self.choices.tokens.passthrough = Some(passthrough);
        self
    }

    /// How long an access token lives, from 1 s to 24 h and no longer than the login. Default: as
    /// long as the provider's, or 3600 s.
    #[must_use]
    pub fn access_token_ttl(mut self, ttl: Duration) -> Self {
        self.choices.tokens.access_ttl = Some(ttl);
        self
    }

    /// How long a login lasts in all, from 1 s to 366 days, default 30 days; refreshing does not
    /// extend it.
    #[must_use]
    pub fn refresh_token_ttl(mut self, ttl: Duration) -> Self {
        self.choices.tokens.refresh_ttl = Some(ttl);
        self
    }

    /// How long a refresh token that was just used is answered again with its successor, at
    /// most 3600 s and no longer than the login, default 120 s; zero makes every second use end the login.
    #[must_use]
    pub fn refresh_grace(mut self, grace: Duration) -> Self {
        self.choices.tokens.refresh_grace = Some(grace);
        self
    }
}
