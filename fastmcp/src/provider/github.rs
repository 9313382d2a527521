//! GitHub.

use super::Provider;
use super::quirks::{EmailTrust, Fact, Revocation, SubjectRule};

/// GitHub accounts, plain OAuth 2.0.
///
/// GitHub knows no ID tokens, reports errors with HTTP 200 and answers form-encoded unless asked
/// for JSON; the profile's e-mail address may be hidden or unverified, so the list of addresses is
/// asked as well. Tokens of an OAuth App do not expire; those of a GitHub App do and refresh.
pub fn github() -> Provider {
    let mut provider = Provider::plain(
        "github",
        "GitHub",
        "https://github.com/login/oauth/authorize".to_owned(),
        "https://github.com/login/oauth/access_token".to_owned(),
    )
    .userinfo_endpoint("https://api.github.com/user")
    .emails_endpoint("https://api.github.com/user/emails")
    .membership_api("https://api.github.com")
    .revocation_endpoint("https://api.github.com/applications/{client_id}/token")
    .scopes(["read:user", "user:email"])
    .identity_scopes(["read:user", "user:email"])
    .env_prefix("GITHUB")
    .subject(SubjectRule::NumericId);
    provider.revocation = Revocation::GitHub;
    provider.email_trust = EmailTrust::GitHubEmails;
    provider.tells = vec![
        (Fact::Email, Some("user:email".to_owned())),
        (Fact::Memberships, Some("read:org".to_owned())),
    ];
    provider.scopes_with_commas = true;
    provider
}
