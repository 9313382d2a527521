//! Providers by the words that `auth` takes, what each takes itself, and the words that people try.

use super::{Options, known, row};

const ELSEWHERE: &str = "for a provider at other addresses write \
                         `custom(authorization_endpoint = \"https://…\", \
                         token_endpoint = \"https://…\")`";

pub(crate) const GOOGLE: Options = Options {
    owner: "`google`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[&[row("scopes", "scopes = [\"openid\", \"email\"]")]],
    foreign: &[],
};

pub(crate) const GITHUB: Options = Options {
    owner: "`github`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[&[
        row("host", "host = \"github.example.com\""),
        row("scopes", "scopes = [\"read:user\"]"),
    ]],
    foreign: &[],
};

pub(crate) const AZURE: Options = Options {
    owner: "`azure`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[&[
        row("tenant", "tenant = \"organizations\""),
        row("scopes", "scopes = [\"openid\", \"email\"]"),
    ]],
    foreign: &[],
};

pub(crate) const CUSTOM: Options = Options {
    owner: "`custom`",
    endpoints_of: None,
    rows: &[&[
        row(
            "authorization_endpoint",
            "authorization_endpoint = \"https://login.example.com/authorize\"",
        ),
        row(
            "token_endpoint",
            "token_endpoint = \"https://login.example.com/token\"",
        ),
        row(
            "userinfo_endpoint",
            "userinfo_endpoint = \"https://login.example.com/userinfo\"",
        ),
        row("jwks_uri", "jwks_uri = \"https://login.example.com/jwks\""),
        row("issuer", "issuer = \"https://login.example.com\""),
        row(
            "revocation_endpoint",
            "revocation_endpoint = \"https://login.example.com/revoke\"",
        ),
        row("scopes", "scopes = [\"openid\"]"),
    ]],
    foreign: &[],
};

pub(crate) const OIDC: Options = Options {
    owner: "`oidc`",
    endpoints_of: Some(
        "`oidc` finds every address through `issuer`; for addresses of your own write \
         `custom(authorization_endpoint = \"https://…\", token_endpoint = \"https://…\")`",
    ),
    rows: &[&[
        row("issuer", "issuer = \"https://login.example.com\""),
        row("scopes", "scopes = [\"openid\", \"email\"]"),
    ]],
    foreign: &[],
};

pub(crate) const DEV: Options = Options {
    owner: "`dev`",
    endpoints_of: None,
    rows: &[&[row("allow_release", "allow_release")]],
    foreign: &[],
};

/// Provider names that `auth` takes.
pub(crate) const PROVIDERS: &[&str] = &[
    "google",
    "github",
    "azure",
    "okta",
    "auth0",
    "gitlab",
    "keycloak",
    "cognito",
    "workos",
    "slack",
    "discord",
    "atlassian",
    "custom",
    "oidc",
    "dev",
];

/// Other providers that people name, and how each is written.
const OTHER_PROVIDERS: &[(&[&str], &str)] = &[
    (
        &[
            "entra",
            "entraid",
            "entra_id",
            "microsoft",
            "azuread",
            "azure_ad",
            "aad",
            "msal",
        ],
        "azure",
    ),
    (
        &["github_enterprise", "githubenterprise", "ghe", "ghes"],
        "github(host = \"github.example.com\")",
    ),
    (
        &["gitlab_self_managed", "self_managed_gitlab"],
        "gitlab(host = \"gitlab.example.com\")",
    ),
    (
        &["aws_cognito", "awscognito", "amazon_cognito", "aws"],
        "cognito(user_pool = \"eu-west-1_AbCdEfGhI\")",
    ),
    (&["authkit"], "workos(domain = \"acme.authkit.app\")"),
    (&["jira", "confluence"], "atlassian"),
    (
        &[
            "clerk",
            "authentik",
            "zitadel",
            "ping",
            "onelogin",
            "fusionauth",
            "logto",
            "descope",
            "authelia",
            "dex",
            "openid",
            "apple",
            "jumpcloud",
            "duo",
            "sso",
        ],
        "oidc(issuer = \"https://login.example.com\")",
    ),
    (
        &["facebook", "twitter", "oauth", "oauth2"],
        "custom(authorization_endpoint = \"https://…\", token_endpoint = \"https://…\")",
    ),
];

/// How a provider that is known by another word is written.
pub(crate) fn provider_for(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let found = OTHER_PROVIDERS
        .iter()
        .find(|(names, _)| names.contains(&word.as_str()));
    found.map(|(_, written)| *written)
}

/// What the variables of a provider begin with.
pub(crate) fn prefix_of(word: &str) -> &'static str {
    match word {
        "google" => "GOOGLE",
        "github" => "GITHUB",
        "azure" => "AZURE",
        word => known(word).map_or("OAUTH", |known| known.prefix),
    }
}
