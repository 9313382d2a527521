//! Discord.

use super::Provider;
use super::quirks::{ClientAuthentication, EmailTrust, Fact, Revocation, SubjectRule};

/// Discord accounts, plain OAuth 2.0 (<https://discord.com/developers/docs/topics/oauth2>).
///
/// - **Who**: `id` of the user object; names can be changed. An address counts where `verified` is
///   true (<https://discord.com/developers/docs/resources/user#user-object>).
/// - **Refresh**: a refresh token always comes; access tokens live seven days.
/// - **Revocation**: Discord ends *all* tokens of the user at this app when it is given one back, so
///   it never is.
/// - Roles and groups: none; a guild's roles are asked for with the upstream token.
/// - The variables `DISCORD_CLIENT_ID` and `DISCORD_CLIENT_SECRET` hold our credentials, sent in the
///   body.
pub fn discord() -> Provider {
    let mut provider = Provider::plain(
        "discord",
        "Discord",
        "https://discord.com/oauth2/authorize".to_owned(),
        "https://discord.com/api/oauth2/token".to_owned(),
    )
    .userinfo_endpoint("https://discord.com/api/v10/users/@me")
    .scopes(["identify", "email"])
    .identity_scopes(["identify", "email"])
    .env_prefix("DISCORD")
    .subject(SubjectRule::Named("id"))
    .email_trust(EmailTrust::Named("verified"))
    .token_endpoint_auth_method(ClientAuthentication::Post)
    .revocation(Revocation::Never);
    provider.tells = vec![(Fact::Email, Some("email".to_owned()))];
    provider
}
