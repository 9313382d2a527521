//! Every option of every attribute, once: its name, and an example that can be typed.
//!
//! Unknown options, doubled options, wrong values and the help of each are answered from these
//! tables. A new option is a row here and a field in `parse/raw.rs`.

/// What an attribute or a provider takes.
pub(crate) struct Options {
    /// How messages call it: `` `#[tool]` ``.
    pub(crate) owner: &'static str,
    /// For a provider that knows its endpoints: what to do about other ones.
    pub(crate) endpoints_of: Option<&'static str>,
    pub(crate) rows: &'static [Row],
}

/// One option.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// As it would be written.
    pub(crate) example: &'static str,
}

impl Options {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.rows.iter().map(|row| row.name).collect()
    }

    pub(crate) fn row(&self, name: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

const fn row(name: &'static str, example: &'static str) -> Row {
    Row { name, example }
}

pub(crate) const TOOL: Options = Options {
    owner: "`#[tool]`",
    endpoints_of: None,
    rows: &[
        row("requires_auth", "requires_auth"),
        row("roles", "roles = [\"admin\"]"),
        row("scopes", "scopes = [\"notes:write\"]"),
        row(
            "access",
            "access = role(\"admin\") || scope(\"notes:write\")",
        ),
        row("public", "public"),
        row("name", "name = \"add\""),
        row("title", "title = \"Add two numbers\""),
        row("description", "description = \"Adds two numbers.\""),
        row("icons", "icons = [\"https://example.com/icon.png\"]"),
        row("read_only", "read_only"),
        row("destructive", "destructive"),
        row("idempotent", "idempotent"),
        row("open_world", "open_world"),
        row("timeout", "timeout = \"30s\""),
        row("crate", "crate = fastmcp"),
    ],
};

pub(crate) const ARGUMENT: Options = Options {
    owner: "`#[arg]`",
    endpoints_of: None,
    rows: &[
        row("description", "description = \"How many.\""),
        row("default", "default = 20"),
        row("name", "name = \"type\""),
        row("header", "header = \"Region\""),
    ],
};

pub(crate) const SERVER: Options = Options {
    owner: "`#[server]`",
    endpoints_of: None,
    rows: &[
        row("auth", "auth = google"),
        row("roles", "roles = [\"admin\", \"member\"]"),
        row("scopes", "scopes = [\"notes:write\"]"),
        row("roles_from", "roles_from = roles_of"),
        row("anonymous", "anonymous"),
        row("name", "name = \"notes\""),
        row("title", "title = \"Notes\""),
        row("instructions", "instructions = \"Notes for a small team.\""),
        row("base_url", "base_url = \"https://notes.example.com\""),
        row("store", "store = \"disk:/var/lib/notes\""),
        row("unencrypted_for_development", "unencrypted_for_development"),
        row("secret_iterations", "secret_iterations = 600_000"),
        row("redirect_path", "redirect_path = \"/oauth/callback\""),
        row("consent_required", "consent_required = true"),
        row("enable_token_swap", "enable_token_swap = true"),
        row("forward_pkce", "forward_pkce = true"),
        row(
            "upstream_token_endpoint_auth_method",
            "upstream_token_endpoint_auth_method = \"client_secret_post\"",
        ),
        row(
            "upstream_request_timeout",
            "upstream_request_timeout = \"10s\"",
        ),
        row(
            "extra_authorization_params",
            "extra_authorization_params = [(\"access_type\", \"offline\")]",
        ),
        row(
            "allowed_redirect_uri_patterns",
            "allowed_redirect_uri_patterns = [\"https://app.example.com/callback\"]",
        ),
        row("registration", "registration = \"off\""),
        row("trusted_proxies", "trusted_proxies = [\"10.0.0.0/8\"]"),
        row("transaction_ttl", "transaction_ttl = \"10m\""),
        row("authorization_code_ttl", "authorization_code_ttl = \"5m\""),
        row("access_token_ttl", "access_token_ttl = \"1h\""),
        row("refresh_token_ttl", "refresh_token_ttl = \"30d\""),
        row("refresh_grace", "refresh_grace = \"2m\""),
        row(
            "custom_claims_passthrough",
            "custom_claims_passthrough(claim_prefix = \"up_\")",
        ),
        row("crate", "crate = fastmcp"),
    ],
};

const ELSEWHERE: &str = "for a provider at other addresses write \
                         `custom(authorization_endpoint = \"https://…\", \
                         token_endpoint = \"https://…\")`";

pub(crate) const GOOGLE: Options = Options {
    owner: "`google`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[row("scopes", "scopes = [\"openid\", \"email\"]")],
};

pub(crate) const GITHUB: Options = Options {
    owner: "`github`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[row("scopes", "scopes = [\"read:user\"]")],
};

pub(crate) const AZURE: Options = Options {
    owner: "`azure`",
    endpoints_of: Some(ELSEWHERE),
    rows: &[
        row("tenant", "tenant = \"organizations\""),
        row("scopes", "scopes = [\"openid\", \"email\"]"),
    ],
};

pub(crate) const CUSTOM: Options = Options {
    owner: "`custom`",
    endpoints_of: None,
    rows: &[
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
    ],
};

pub(crate) const OIDC: Options = Options {
    owner: "`oidc`",
    endpoints_of: Some(
        "`oidc` finds every address through `issuer`; for addresses of your own write \
         `custom(authorization_endpoint = \"https://…\", token_endpoint = \"https://…\")`",
    ),
    rows: &[
        row("issuer", "issuer = \"https://login.example.com\""),
        row("scopes", "scopes = [\"openid\", \"email\"]"),
    ],
};

pub(crate) const DEV: Options = Options {
    owner: "`dev`",
    endpoints_of: None,
    rows: &[row("allow_release", "allow_release")],
};

pub(crate) const CLAIMS: Options = Options {
    owner: "`custom_claims_passthrough`",
    endpoints_of: None,
    rows: &[
        row("from_access_token", "from_access_token = true"),
        row("from_id_token", "from_id_token = true"),
        row("claim_prefix", "claim_prefix = \"up_\""),
        row("allowed_claims", "allowed_claims = [\"groups\"]"),
        row("blocked_claims", "blocked_claims = [\"address\"]"),
        row("max_claim_value_size", "max_claim_value_size = 2000"),
        row("allow_complex_claims", "allow_complex_claims = false"),
    ],
};

/// Provider names that `auth` takes.
pub(crate) const PROVIDERS: &[&str] = &["google", "github", "azure", "custom", "oidc", "dev"];

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
    (&["auth0"], "oidc(issuer = \"https://example.auth0.com/\")"),
    (
        &["okta"],
        "oidc(issuer = \"https://example.okta.com/oauth2/default\")",
    ),
    (
        &["keycloak"],
        "oidc(issuer = \"https://login.example.com/realms/example\")",
    ),
    (&["gitlab"], "oidc(issuer = \"https://gitlab.com\")"),
    (
        &[
            "cognito",
            "clerk",
            "workos",
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
        &["discord", "slack", "facebook", "twitter", "oauth", "oauth2"],
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
        &TOOL, &SERVER, &ARGUMENT, &CUSTOM, &AZURE, &OIDC, &DEV, &CLAIMS,
    ];
    let row = all.iter().find_map(|options| options.row(name));
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
