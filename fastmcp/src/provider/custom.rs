//! Any OAuth 2.0 or OpenID Connect provider, by its endpoints.

use std::fmt;

use super::Provider;

/// A provider by its two endpoints; the builder methods of [`Provider`] add the rest.
///
/// Who the user is comes from the ID token if issuer and keys are known, and from userinfo if
/// that endpoint is known. If the provider can tell nothing at all, every login gets a fresh
/// random subject: the session works, but two logins of one person are two subjects, so nothing
/// of lasting value should be filed under it.
///
/// Roles are the claims `roles` and `role` of those two sources. Where people can write these into
/// their own profile, name claims that only an administrator sets
/// ([`role_claims`](Provider::role_claims)), or decide by `roles_from`.
pub fn custom(
    authorization_endpoint: impl Into<String>,
    token_endpoint: impl Into<String>,
) -> Provider {
    Provider::plain(
        "custom",
        "your account provider",
        authorization_endpoint.into(),
        token_endpoint.into(),
    )
    .role_claims(["roles", "role"])
}

/// A provider from the environment: `OAUTH_AUTHORIZATION_ENDPOINT` and `OAUTH_TOKEN_ENDPOINT`,
/// optionally `OAUTH_SCOPES`, `OAUTH_ISSUER`, `OAUTH_JWKS_URI`, `OAUTH_USERINFO_ENDPOINT` and
/// `OAUTH_REVOCATION_ENDPOINT`. An empty variable counts as absent.
///
/// # Errors
/// The variable that is missing.
pub fn custom_from_env(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Provider, MissingVariable> {
    let read = |name: &str| {
        variable(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    let require = |name: &'static str| read(name).ok_or(MissingVariable(name));
    let mut provider = custom(
        require("OAUTH_AUTHORIZATION_ENDPOINT")?,
        require("OAUTH_TOKEN_ENDPOINT")?,
    );
    if let Some(scopes) = read("OAUTH_SCOPES") {
        provider = provider.scopes(scopes.split([' ', ',']).filter(|scope| !scope.is_empty()));
    }
    provider.issuer = read("OAUTH_ISSUER");
    provider.jwks_uri = read("OAUTH_JWKS_URI");
    provider.userinfo_endpoint = read("OAUTH_USERINFO_ENDPOINT");
    provider.revocation_endpoint = read("OAUTH_REVOCATION_ENDPOINT");
    Ok(provider)
}

/// An environment variable that a custom provider cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingVariable(pub &'static str);

impl fmt::Display for MissingVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment variable `{}` is not set", self.0)
    }
}

impl std::error::Error for MissingVariable {}
