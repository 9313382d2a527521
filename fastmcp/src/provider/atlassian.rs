//! Atlassian.

use super::Provider;
use super::quirks::{ClientAuthentication, SubjectRule};

/// Atlassian accounts, OAuth 2.0 (3LO), for Jira and Confluence in the cloud
/// (<https://developer.atlassian.com/cloud/oauth/getting-started/implementing-oauth-3lo/>).
///
/// - **Who**: `account_id` of the User Identity API, which needs `read:me`. It vouches for no
///   address and tells no groups: decide who may log in by a function in `admits`.
/// - **Scopes**: `read:me` and `offline_access`; those of Jira and Confluence come beside them, and
///   each must be a permission of the app.
/// - **Refresh**: for `offline_access`, with a new refresh token each time, the old one being dead
///   (<https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens/>). It is asked
///   with `audience=api.atlassian.com` and `prompt=consent`.
/// - **Revocation**: Atlassian documents none.
/// - The variables `ATLASSIAN_CLIENT_ID` and `ATLASSIAN_CLIENT_SECRET` hold our credentials, sent in
///   the body.
pub fn atlassian() -> Provider {
    let mut provider = Provider::plain(
        "atlassian",
        "Atlassian",
        "https://auth.atlassian.com/authorize".to_owned(),
        "https://auth.atlassian.com/oauth/token".to_owned(),
    )
    .userinfo_endpoint("https://api.atlassian.com/me")
    .scopes(["read:me", "offline_access"])
    .identity_scopes(["read:me", "offline_access"])
    .extra_authorization_param("audience", "api.atlassian.com")
    .extra_authorization_param("prompt", "consent")
    .env_prefix("ATLASSIAN")
    .subject(SubjectRule::Named("account_id"))
    .token_endpoint_auth_method(ClientAuthentication::Post);
    provider.tells = Vec::new();
    provider
}
