//! Every option of every attribute, once: its name, and an example that can be typed.
//!
//! Unknown options, doubled options, wrong values and the help of each are answered from these
//! tables. A new option is a row here and a field in `parse/raw.rs`.

mod items;
mod known;
mod providers;
mod server;

pub(crate) use self::items::{PROMPT, RESOURCE, TEXT_ARGUMENT, TOOL, TOOL_ARGUMENT};
pub(crate) use self::known::{KNOWN, Known, PartKind, known};
pub(crate) use self::providers::{
    AZURE, CUSTOM, DEV, GITHUB, GOOGLE, OIDC, PROVIDERS, prefix_of, provider_for,
};
pub(crate) use self::server::{CLAIMS, SERVER};

/// What an attribute or a provider takes.
pub(crate) struct Options {
    /// How messages call it: `` `#[tool]` ``.
    pub(crate) owner: &'static str,
    /// For a provider that knows its endpoints: what to do about other ones.
    pub(crate) endpoints_of: Option<&'static str>,
    pub(crate) rows: &'static [&'static [Row]],
    /// What similar attributes have and this one has not, with what to do about it.
    pub(crate) foreign: &'static [(&'static str, &'static str)],
}

/// One option.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// As it would be written.
    pub(crate) example: &'static str,
}

impl Options {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.each().map(|row| row.name).collect()
    }

    pub(crate) fn row(&self, name: &str) -> Option<&'static Row> {
        self.each().find(|row| row.name == name)
    }

    fn each(&self) -> impl Iterator<Item = &'static Row> {
        self.rows.iter().copied().flatten()
    }
}

const fn row(name: &'static str, example: &'static str) -> Row {
    Row { name, example }
}

/// Words for no provider at all.
pub(crate) const NOBODY: &[&str] = &["none", "false", "off", "no", "disabled", "anonymous"];

/// Parameters that carry a secret, in whatever URL.
const SECRET_PARAMETERS: &[&str] = &[
    "client_secret",
    "secret",
    "password",
    "passwd",
    "pass",
    "pwd",
    "token",
    "access_token",
    "refresh_token",
    "api_key",
    "apikey",
];

/// Whether a parameter of this name carries a secret.
pub(crate) fn is_secret(parameter: &str) -> bool {
    SECRET_PARAMETERS.contains(&parameter.to_lowercase().as_str())
}

/// Addresses of a provider.
pub(crate) const ENDPOINTS: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "jwks_uri",
];

/// How an option of any attribute is written.
pub(crate) fn example(name: &str) -> Option<&'static str> {
    let all = [
        &TOOL,
        &RESOURCE,
        &SERVER,
        &TOOL_ARGUMENT,
        &TEXT_ARGUMENT,
        &CUSTOM,
        &AZURE,
        &GITHUB,
        &OIDC,
        &DEV,
        &CLAIMS,
    ];
    let of_known = || KNOWN.iter().find_map(|known| known.options.row(name));
    let row = all.iter().find_map(|options| options.row(name));
    let row = row.or_else(of_known);
    row.map(|row| row.example)
}

/// Settings of a server that no attribute has, and where they are written. `{}` as below.
pub(crate) const ELSEWHERE_SET: &[(&str, &str)] = &[
    ("bind", "set `FASTMCP_BIND`, or call `.bind(…)`"),
    (
        "rate_limits",
        "set `FASTMCP_RATE_LIMITS`, or call `.rate_limits(…)`",
    ),
    ("clients", "set `FASTMCP_CLIENTS`, or call `.clients(…)`"),
    (
        "upstream_client_id",
        "set `{}_CLIENT_ID`, or call `.upstream_client_id(…)`",
    ),
    (
        "client_id",
        "set `{}_CLIENT_ID`, or call `.upstream_client_id(…)`",
    ),
    (
        "upstream_scopes",
        "write them with the provider: `auth = google(scopes = [\"openid\"])`",
    ),
    ("token_verifier", "call `.token_verifier(…)`"),
    (
        "upstream_authorization_endpoint",
        "write it with the provider: `auth = custom(authorization_endpoint = \"https://…\", …)`",
    ),
    (
        "upstream_token_endpoint",
        "write it with the provider: `auth = custom(token_endpoint = \"https://…\", …)`",
    ),
    (
        "issuer",
        "write it with the provider: `auth = oidc(issuer = \"https://…\")`",
    ),
    (
        "tenant",
        "write it with the provider: `auth = azure(tenant = \"…\")`",
    ),
];

const OUR_SECRET: &str = "set the environment variable `FASTMCP_SECRET`";
const CLIENT_SECRET: &str = "set the environment variable `{}_CLIENT_SECRET`";

/// Options that would put a secret into source code, and what takes their place. `{}` stands for
/// the prefix of the server's provider.
pub(crate) const SECRETS: &[(&str, &str)] = &[
    ("client_secret", CLIENT_SECRET),
    ("upstream_client_secret", CLIENT_SECRET),
    ("secret", OUR_SECRET),
    ("jwt_signing_key", OUR_SECRET),
    (
        "jwt_key_pair",
        "read it when the program runs, and call `.jwt_key_pair(…)`",
    ),
    ("encryption_key", OUR_SECRET),
    ("consent_signing_key", OUR_SECRET),
    (
        "initial_access_token",
        "set `FASTMCP_INITIAL_ACCESS_TOKEN`, or call `.initial_access_token(…)`",
    ),
];
