//! The provider value and its builder.

use std::borrow::Cow;

use super::part::Part;
use super::quirks::{
    ClientAuthentication, EmailTrust, Fact, Kind, Revocation, SubjectRule, Userinfo,
};

/// Stands in an issuer for the tenant that the token itself names.
pub(crate) const TENANT_PLACEHOLDER: &str = "{tenantid}";

/// An identity provider: everything that the upstream client needs to know about it.
///
/// Made by a function of [this module](super), such as [`google`](super::google()) or
/// [`oidc`](super::oidc()), changed by the methods of the same names as its fields.
///
/// ```
/// let provider = fastmcp::provider::google().scopes(["openid", "email"]);
/// assert_eq!(provider.scopes, ["openid", "email"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Its name in an attribute: `google`.
    pub name: Cow<'static, str>,
    /// Its name for people: “Google”.
    pub title: Cow<'static, str>,
    /// How it is reached.
    pub kind: Kind,
    /// Where the browser is sent. Empty where the endpoints are discovered.
    pub authorization_endpoint: String,
    /// Where a code becomes tokens. Empty where the endpoints are discovered.
    pub token_endpoint: String,
    /// Where an access token becomes claims about the user.
    pub userinfo_endpoint: Option<String>,
    /// When that is asked.
    pub userinfo: Userinfo,
    /// Where GitHub lists a user's e-mail addresses.
    pub emails_endpoint: Option<String>,
    /// The root of GitHub's API, where memberships are asked for.
    pub membership_api: Option<String>,
    /// The keys that sign its ID tokens.
    pub jwks_uri: Option<String>,
    /// The `iss` of its ID tokens; `{tenantid}` in it stands for the token's own `tid`.
    pub issuer: Option<String>,
    /// The issuer of any tenant, with `{tenantid}` for the tenant: a genuine token of another one
    /// than [`issuer`](Self::issuer)'s is somebody who may not log in, and no forgery.
    pub issuer_of_any_tenant: Option<String>,
    /// Tenants whose genuine tokens are somebody's who may not log in.
    pub refused_tenants: Vec<String>,
    /// Where a token is given back; `{client_id}` in it stands for the client's id.
    pub revocation_endpoint: Option<String>,
    /// How it is given back.
    pub revocation: Revocation,
    /// How this server proves who it is there, unless `upstream_token_endpoint_auth_method` says it.
    pub token_endpoint_auth_method: ClientAuthentication,
    /// The userinfo endpoint refuses with HTTP 200 and `ok: false`, as all of Slack's API does.
    pub refuses_with_ok: bool,
    /// Scopes asked for unless the server sets its own.
    pub scopes: Vec<String>,
    /// Those of [`scopes`](Self::scopes) that tell who the user is or keep the login alive: asked
    /// for at every login, however little the client asks for.
    pub identity_scopes: Vec<String>,
    /// Added to the authorization request; can never override what the proxy owns.
    pub extra_authorization_params: Vec<(String, String)>,
    /// Start of its environment variables: `GOOGLE` for `GOOGLE_CLIENT_ID`.
    pub env_prefix: Cow<'static, str>,
    /// Where the immutable subject is read.
    pub subject: SubjectRule,
    /// What makes an e-mail address verified.
    pub email_trust: EmailTrust,
    /// What rules for who may log in can ask of it, each with the scope that it takes.
    pub tells: Vec<(Fact, Option<String>)>,
    /// The verified claim that names groups.
    pub groups_claim: Cow<'static, str>,
    /// Verified claims that name roles; empty where a user could write them into a profile.
    pub role_claims: Vec<String>,
    /// Scopes that the provider answers under another name: (answered, asked).
    pub scope_aliases: Vec<(String, String)>,
    /// The provider separates granted scopes by commas instead of spaces.
    pub scopes_with_commas: bool,
    /// What it was made of, for the checks at start.
    pub(super) parts: Vec<Part>,
}

impl Provider {
    /// A plain OAuth 2.0 provider with these endpoints and no quirks.
    pub(super) fn plain(
        name: &'static str,
        title: &'static str,
        authorization_endpoint: String,
        token_endpoint: String,
    ) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            kind: Kind::Remote,
            authorization_endpoint,
            token_endpoint,
            userinfo_endpoint: None,
            userinfo: Userinfo::Always,
            emails_endpoint: None,
            membership_api: None,
            jwks_uri: None,
            issuer: None,
            issuer_of_any_tenant: None,
            refused_tenants: Vec::new(),
            revocation_endpoint: None,
            revocation: Revocation::Rfc7009,
            token_endpoint_auth_method: ClientAuthentication::Basic,
            refuses_with_ok: false,
            scopes: Vec::new(),
            identity_scopes: ["openid", "profile", "email", "offline_access"]
                .map(str::to_owned)
                .to_vec(),
            extra_authorization_params: Vec::new(),
            env_prefix: "OAUTH".into(),
            subject: SubjectRule::SubOrId,
            email_trust: EmailTrust::Claim,
            tells: vec![(Fact::Email, None), (Fact::Groups, None)],
            groups_claim: "groups".into(),
            role_claims: Vec::new(),
            scope_aliases: Vec::new(),
            scopes_with_commas: false,
            parts: Vec::new(),
        }
    }

    /// Sets [`name`](Self::name).
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets [`title`](Self::title).
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets [`authorization_endpoint`](Self::authorization_endpoint).
    #[must_use]
    pub fn authorization_endpoint(mut self, url: impl Into<String>) -> Self {
        self.authorization_endpoint = url.into();
        self
    }

    /// Sets [`token_endpoint`](Self::token_endpoint).
    #[must_use]
    pub fn token_endpoint(mut self, url: impl Into<String>) -> Self {
        self.token_endpoint = url.into();
        self
    }

    /// Sets [`userinfo_endpoint`](Self::userinfo_endpoint).
    #[must_use]
    pub fn userinfo_endpoint(mut self, url: impl Into<String>) -> Self {
        self.userinfo_endpoint = Some(url.into());
        self
    }

    /// Sets [`userinfo`](Self::userinfo).
    #[must_use]
    pub fn userinfo(mut self, when: Userinfo) -> Self {
        self.userinfo = when;
        self
    }

    /// Sets [`emails_endpoint`](Self::emails_endpoint).
    #[must_use]
    pub fn emails_endpoint(mut self, url: impl Into<String>) -> Self {
        self.emails_endpoint = Some(url.into());
        self
    }

    /// Sets [`jwks_uri`](Self::jwks_uri).
    #[must_use]
    pub fn jwks_uri(mut self, url: impl Into<String>) -> Self {
        self.jwks_uri = Some(url.into());
        self
    }

    /// Sets [`issuer`](Self::issuer).
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets [`revocation_endpoint`](Self::revocation_endpoint).
    #[must_use]
    pub fn revocation_endpoint(mut self, url: impl Into<String>) -> Self {
        self.revocation_endpoint = Some(url.into());
        self
    }

    /// Sets [`revocation`](Self::revocation).
    #[must_use]
    pub fn revocation(mut self, how: Revocation) -> Self {
        self.revocation = how;
        self
    }

    /// Sets [`token_endpoint_auth_method`](Self::token_endpoint_auth_method).
    #[must_use]
    pub fn token_endpoint_auth_method(mut self, method: ClientAuthentication) -> Self {
        self.token_endpoint_auth_method = method;
        self
    }

    /// Sets [`scopes`](Self::scopes).
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`identity_scopes`](Self::identity_scopes).
    #[must_use]
    pub fn identity_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.identity_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Adds to [`extra_authorization_params`](Self::extra_authorization_params).
    #[must_use]
    pub fn extra_authorization_param(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let (name, value) = (name.into(), value.into());
        self.extra_authorization_params
            .retain(|(known, _)| *known != name);
        self.extra_authorization_params.push((name, value));
        self
    }

    /// Sets [`env_prefix`](Self::env_prefix).
    #[must_use]
    pub fn env_prefix(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.env_prefix = prefix.into();
        self
    }

    /// Sets [`subject`](Self::subject).
    #[must_use]
    pub fn subject(mut self, rule: SubjectRule) -> Self {
        self.subject = rule;
        self
    }

    /// Adds to [`tells`](Self::tells).
    #[must_use]
    pub fn tells(mut self, fact: Fact, scope: Option<&str>) -> Self {
        self.tells.retain(|(known, _)| *known != fact);
        self.tells.push((fact, scope.map(str::to_owned)));
        self
    }

    /// Sets [`membership_api`](Self::membership_api).
    #[must_use]
    pub fn membership_api(mut self, root: impl Into<String>) -> Self {
        self.membership_api = Some(root.into());
        self
    }

    /// Sets [`email_trust`](Self::email_trust).
    #[must_use]
    pub fn email_trust(mut self, trust: EmailTrust) -> Self {
        self.email_trust = trust;
        self
    }

    /// Sets [`groups_claim`](Self::groups_claim).
    #[must_use]
    pub fn groups_claim(mut self, claim: impl Into<Cow<'static, str>>) -> Self {
        self.groups_claim = claim.into();
        self
    }

    /// Sets [`role_claims`](Self::role_claims).
    #[must_use]
    pub fn role_claims<S: Into<String>>(mut self, claims: impl IntoIterator<Item = S>) -> Self {
        self.role_claims = claims.into_iter().map(Into::into).collect();
        self
    }

    /// Whether this is the built-in development provider.
    pub fn is_development(&self) -> bool {
        self.kind == Kind::Development
    }

    /// Whether its endpoints are not set but learnt from its issuer.
    pub fn is_discovered(&self) -> bool {
        self.kind == Kind::Discovered
    }

    /// What it was made of under this name.
    pub(crate) fn part(&self, setting: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.setting == setting)
    }

    /// Whether a rule for who may log in can ask it for this.
    pub(crate) fn can_tell(&self, fact: Fact) -> bool {
        self.tells.iter().any(|(known, _)| *known == fact)
    }

    /// Whether its ID tokens can be verified: the issuer is known, and its keys are or will be.
    pub fn verifies_id_tokens(&self) -> bool {
        self.issuer.is_some() && (self.jwks_uri.is_some() || self.is_discovered())
    }
}

/// A type that stands for an identity provider.
///
/// ```
/// use fastmcp::provider::{IdentityProvider, Provider, custom};
///
/// struct Acme;
///
/// impl IdentityProvider for Acme {
///     fn provider(&self) -> Provider {
///         custom("https://id.acme.example/authorize", "https://id.acme.example/token")
///             .title("Acme")
///             .userinfo_endpoint("https://id.acme.example/userinfo")
///     }
/// }
///
/// assert_eq!(Provider::from(Acme).title, "Acme");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no identity provider [FM0209]",
    label = "not a provider",
    note = "write `impl IdentityProvider for {Self}`, or name a known one: `google`, `github`, `azure`, `okta(…)`, `custom(…)`, `oidc(…)`, `dev`, …"
)]
pub trait IdentityProvider {
    /// The provider as a value.
    fn provider(&self) -> Provider;
}

impl<P: IdentityProvider> From<P> for Provider {
    fn from(own: P) -> Self {
        own.provider()
    }
}
