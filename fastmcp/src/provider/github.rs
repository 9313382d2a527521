//! GitHub.

use super::Provider;
use super::part::{Part, PartKind};
use super::quirks::{EmailTrust, Fact, Revocation, SubjectRule};

/// GitHub accounts, plain OAuth 2.0.
///
/// GitHub knows no ID tokens, reports errors with HTTP 200 and answers form-encoded unless asked
/// for JSON; the profile's e-mail address may be hidden or unverified, so the list of addresses is
/// asked as well. Tokens of an OAuth App do not expire; those of a GitHub App do and refresh.
pub fn github() -> Provider {
    at("https://github.com", "https://api.github.com")
}

/// GitHub Enterprise at `host`: a server of its own (`github.example.com`), or GitHub's with data
/// residency (`acme.ghe.com`). Otherwise as [`github`], its variables too
/// (<https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api>).
///
/// ```
/// let provider = fastmcp::provider::github_enterprise("github.example.com");
/// let api = "https://github.example.com/api/v3";
/// assert_eq!(provider.membership_api.as_deref(), Some(api));
/// assert!(provider.validate().is_ok());
/// ```
pub fn github_enterprise(host: &str) -> Provider {
    let api = if host.to_ascii_lowercase().ends_with(".ghe.com") {
        format!("https://api.{host}")
    } else {
        format!("https://{host}/api/v3")
    };
    let mut provider = at(&format!("https://{host}"), &api).title("GitHub Enterprise");
    provider.parts = vec![Part {
        setting: "host",
        kind: PartKind::Host,
        text: host.to_owned(),
        example: "github.example.com",
    }];
    provider
}

fn at(pages: &str, api: &str) -> Provider {
    let mut provider = Provider::plain(
        "github",
        "GitHub",
        format!("{pages}/login/oauth/authorize"),
        format!("{pages}/login/oauth/access_token"),
    )
    .userinfo_endpoint(format!("{api}/user"))
    .emails_endpoint(format!("{api}/user/emails"))
    .membership_api(api)
    .revocation_endpoint(format!("{api}/applications/{{client_id}}/token"))
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
