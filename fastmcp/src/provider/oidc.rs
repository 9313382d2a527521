//! Any OpenID Connect provider, by its issuer alone.

use url::Url;

use super::Provider;
use super::quirks::{Fact, Kind, SubjectRule};

/// What is asked for unless the server sets its own.
pub(crate) const OIDC_SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// An OpenID Connect provider that is known by its issuer; where everything else is, it says
/// itself (OpenID Connect Discovery 1.0 §4).
///
/// `issuer` is written exactly as the provider writes it in its ID tokens, with or without the
/// slash at its end: `https://tenant.eu.auth0.com/`, `https://id.example.com/realms/main`. It is
/// `https`, or `http` on a loopback address, without query and fragment.
///
/// - **Outages**: a provider that is down does not keep the server from starting. The document is
///   asked for in the background while the server starts, by the first login that lacks it, and
///   again when it is older than an hour; the old one serves for up to a day while there is no
///   newer one. Until there is any, a login is answered with 503 `temporarily_unavailable` and
///   `Retry-After`, and can go on later.
/// - **Who the user is**: `sub` of an ID token, which must come and must verify: by the keys of the
///   document, for this issuer, our client id and our nonce (OpenID Connect Core §3.1.3.7). The
///   userinfo endpoint, where the document names one, adds claims at every login.
/// - **Scopes**: `openid`, `email` and `profile` by default, or those of the variable
///   `OAUTH_SCOPES`. `openid` cannot be left out. Some providers give a refresh token only for
///   `offline_access` (OpenID Connect Core §11), others refuse a login that asks for a scope they
///   do not know, so it is not asked for by default: without a refresh token a login lasts as long
///   as the provider's access token, often an hour. Add it by [`scopes`](Provider::scopes) where
///   the provider knows it.
/// - **Roles**: the claims `roles` and `role`, as with [`custom`](super::custom()); name others
///   where people can write these into their own profile.
///
/// The variables `OAUTH_CLIENT_ID` and `OAUTH_CLIENT_SECRET` hold our credentials. An endpoint set
/// beside the issuer is a [`ProviderFault`](super::ProviderFault): describe a provider that needs
/// one with [`custom`](super::custom()). Entra's shared tenants (`common`) name no issuer of their
/// own: use [`azure`](super::azure()).
///
/// ```
/// let provider = fastmcp::provider::oidc("https://id.example.com/realms/main");
/// assert_eq!(provider.title, "id.example.com");
/// assert_eq!(provider.scopes, ["openid", "email", "profile"]);
/// assert!(provider.validate().is_ok());
/// ```
pub fn oidc(issuer: impl Into<String>) -> Provider {
    let issuer = issuer.into();
    let host = Url::parse(&issuer)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let mut provider = Provider::plain(
        "oidc",
        "your account provider",
        String::new(),
        String::new(),
    )
    .issuer(issuer)
    .scopes(OIDC_SCOPES)
    .subject(SubjectRule::Sub)
    .tells(Fact::Email, Some("email"))
    .role_claims(["roles", "role"]);
    if let Some(host) = host {
        provider = provider.title(host);
    }
    provider.kind = Kind::Discovered;
    provider
}
