//! Google.

use super::Provider;
use super::quirks::{Fact, SubjectRule, Userinfo};

/// Google accounts, OpenID Connect.
///
/// Asks for offline access and for consent each time: without both, Google gives a refresh token
/// only at a user's very first login.
pub fn google() -> Provider {
    let userinfo = "https://www.googleapis.com/auth/userinfo";
    let mut provider = Provider::plain(
        "google",
        "Google",
        "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
        "https://oauth2.googleapis.com/token".to_owned(),
    )
    .userinfo_endpoint("https://openidconnect.googleapis.com/v1/userinfo")
    .userinfo(Userinfo::WithoutIdToken)
    .jwks_uri("https://www.googleapis.com/oauth2/v3/certs")
    .issuer("https://accounts.google.com")
    .revocation_endpoint("https://oauth2.googleapis.com/revoke")
    .scopes(["openid", "email", "profile"])
    .extra_authorization_param("access_type", "offline")
    .extra_authorization_param("prompt", "consent")
    .env_prefix("GOOGLE")
    .subject(SubjectRule::Sub);
    let email = || Some("email".to_owned());
    provider.tells = vec![(Fact::Email, email()), (Fact::HostedDomain, email())];
    // Asked for by the OpenID name, granted under Google's own.
    provider.scope_aliases = ["email", "profile"]
        .map(|scope| (format!("{userinfo}.{scope}"), scope.to_owned()))
        .to_vec();
    provider
}
