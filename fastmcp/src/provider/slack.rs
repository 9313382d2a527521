//! Slack.

use super::Provider;
use super::quirks::{ClientAuthentication, Fact, SubjectRule};

/// Sign in with Slack, OpenID Connect
/// (<https://docs.slack.dev/authentication/sign-in-with-slack/>).
///
/// - **Who**: `sub`, the user's id, which Slack calls globally unique
///   (<https://docs.slack.dev/reference/methods/users.identity>). The workspace is the claim
///   `https://slack.com/team_id`: an app that is distributed publicly signs in everybody's, so decide
///   by a function in `admits`.
/// - **Refresh**: none unless the app has token rotation switched on. The access token does not
///   expire; it is asked for userinfo again whenever a client refreshes, so a deactivated account is
///   noticed all the same
///   (<https://docs.slack.dev/reference/methods/openid.connect.userInfo>).
/// - **Refusals** come with HTTP 200 and `ok: false`.
/// - **Scopes**: `openid`, `email` and `profile` are all there are. Roles and groups: none.
/// - The variables `SLACK_CLIENT_ID` and `SLACK_CLIENT_SECRET` hold our credentials, sent in the body
///   (<https://docs.slack.dev/reference/methods/openid.connect.token>).
pub fn slack() -> Provider {
    let mut provider = Provider::plain(
        "slack",
        "Slack",
        "https://slack.com/openid/connect/authorize".to_owned(),
        "https://slack.com/api/openid.connect.token".to_owned(),
    )
    .userinfo_endpoint("https://slack.com/api/openid.connect.userInfo")
    .jwks_uri("https://slack.com/openid/connect/keys")
    .issuer("https://slack.com")
    .scopes(["openid", "email", "profile"])
    .env_prefix("SLACK")
    .subject(SubjectRule::Sub)
    .token_endpoint_auth_method(ClientAuthentication::Post);
    provider.refuses_with_ok = true;
    provider.tells = vec![(Fact::Email, Some("email".to_owned()))];
    provider
}
