//! Every setting once: its name in an attribute and on the builder, its variable, its default.
//!
//! The README's table is this one, and a test compares them.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name of the `#[server]` option and of the builder method.
    pub name: &'static str,
    /// Where it can be written.
    pub places: Places,
    /// Environment variable, if it has one.
    pub variable: Option<&'static str>,
    /// Default, in words.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// Where a setting can be written, besides its variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// In `#[server(…)]` and on the builder.
    Both,
    /// On the builder alone: a secret, or a value that only running code has.
    Builder,
    /// In `#[server(…)]` alone: it is checked against the tools at build time.
    Attribute,
}

type Text = &'static str;

const fn both(name: Text, variable: Option<Text>, default: Text, meaning: Text) -> Setting {
    Setting {
        name,
        places: Places::Both,
        variable,
        default,
        meaning,
    }
}

const fn builder(name: Text, variable: Option<Text>, default: Text, meaning: Text) -> Setting {
    let places = Places::Builder;
    Setting {
        places,
        ..both(name, variable, default, meaning)
    }
}

const fn attribute(name: Text, default: Text, meaning: Text) -> Setting {
    let places = Places::Attribute;
    Setting {
        places,
        ..both(name, None, default, meaning)
    }
}

/// All settings, in the order of the README.
pub const SETTINGS: &[Setting] = &[
    attribute(
        "auth",
        "none",
        "`google`, `github`, `azure(tenant = \"…\")`, `custom(…)`, `oidc(issuer = \"…\")`, `dev`, or a type of your own",
    ),
    attribute(
        "roles",
        "none",
        "the roles that tools may ask for; checked when you build",
    ),
    attribute(
        "scopes",
        "any",
        "the scopes that tools may ask for, granted by the user on the consent page; checked when you build",
    ),
    attribute(
        "roles_from",
        "the provider's roles; `google` and `github` have none",
        "a function from a verified `Identity` to roles",
    ),
    attribute(
        "anonymous",
        "off",
        "opens the tools that ask for no auth to everyone",
    ),
    both(
        "name",
        None,
        "the struct's name",
        "the server's name, for clients and on its pages",
    ),
    both(
        "base_url",
        Some("FASTMCP_BASE_URL"),
        "`http://localhost:<port>`",
        "the public address, and the issuer; https, or http on loopback",
    ),
    builder(
        "bind",
        Some("FASTMCP_BIND"),
        "`127.0.0.1:8000`",
        "the address to listen on; port 0 takes a free one",
    ),
    builder(
        "allowed_origins",
        None,
        "the base URL's own",
        "origins whose pages may call from a browser",
    ),
    builder(
        "max_body",
        None,
        "4 MiB",
        "the largest body of a request, in bytes",
    ),
    builder(
        "secret",
        Some("FASTMCP_SECRET"),
        "keys are generated and kept beside the store",
        "one secret from which all keys are derived; without `auth`, those of calls that ask their client",
    ),
    builder(
        "secret_previous",
        Some("FASTMCP_SECRET_PREVIOUS"),
        "none",
        "the secret before this one: nobody is logged out while its records are sealed anew",
    ),
    both(
        "secret_iterations",
        None,
        "the store's own; `600_000` for a new one",
        "rounds of PBKDF2 that make the keys of `secret`; at least 100,000",
    ),
    builder(
        "keys",
        None,
        "those of `secret`",
        "keys made elsewhere, instead of a secret",
    ),
    both(
        "store",
        Some("FASTMCP_STORE"),
        "`memory`",
        "`memory`, `disk:<directory>`, `redis://…`, `postgres://…`, or a store of your own",
    ),
    builder(
        "provider",
        None,
        "that of `auth`",
        "the identity provider as a value, instead of `auth`",
    ),
    builder(
        "upstream_client_id",
        Some("GOOGLE_CLIENT_ID`, `GITHUB_…`, `AZURE_…`, `OAUTH_CLIENT_ID"),
        "required",
        "our client id at the provider",
    ),
    builder(
        "upstream_client_secret",
        Some("GOOGLE_CLIENT_SECRET`, `GITHUB_…`, `AZURE_…`, `OAUTH_CLIENT_SECRET"),
        "required",
        "our client secret at the provider",
    ),
    builder(
        "upstream_authorization_endpoint",
        Some("OAUTH_AUTHORIZATION_ENDPOINT"),
        "the provider's",
        "where the provider asks the user; in the attribute `custom(authorization_endpoint = \"…\")`",
    ),
    builder(
        "upstream_token_endpoint",
        Some("OAUTH_TOKEN_ENDPOINT"),
        "the provider's",
        "where the provider gives tokens; in the attribute `custom(token_endpoint = \"…\")`",
    ),
    both(
        "upstream_token_endpoint_auth_method",
        None,
        "`client_secret_basic`",
        "or `client_secret_post`",
    ),
    both(
        "upstream_request_timeout",
        None,
        "`10s`",
        "how long the provider may take to answer",
    ),
    both(
        "extra_authorization_params",
        None,
        "the provider's",
        "more parameters for the provider's authorization endpoint",
    ),
    builder(
        "upstream_scopes",
        Some("OAUTH_SCOPES"),
        "the provider's",
        "scopes requested from the provider in every login; in the attribute `google(scopes = [..])`",
    ),
    both(
        "redirect_path",
        None,
        "`/oauth/callback`",
        "where the provider sends the browser back",
    ),
    both(
        "forward_pkce",
        None,
        "`false`",
        "sends the client's own PKCE challenge to the provider",
    ),
    both(
        "consent_required",
        None,
        "`true`",
        "asks the user before a client gets access",
    ),
    both(
        "allowed_redirect_uri_patterns",
        None,
        "loopback only",
        "which redirect URIs may be registered; `[]` rejects all",
    ),
    builder(
        "client_id_metadata_documents",
        None,
        "`true`",
        "a client may be a URL that describes it, instead of registering",
    ),
    builder(
        "client_id_metadata_allowed_domains",
        None,
        "all",
        "whose clients may be a URL; a domain stands for all below it as well",
    ),
    builder(
        "client_id_metadata_denied_domains",
        None,
        "none",
        "whose clients may not, even if they are allowed",
    ),
    builder(
        "client_id_metadata_ports",
        None,
        "443",
        "the ports at which such a client may publish",
    ),
    both(
        "enable_token_swap",
        None,
        "`true`",
        "clients get our tokens, the provider's never leave the server",
    ),
    both(
        "custom_claims_passthrough",
        None,
        "on",
        "which of the provider's claims reach our tokens and sessions",
    ),
    both(
        "transaction_ttl",
        None,
        "`600s`",
        "how long a user may take on the consent page and at the provider",
    ),
    both(
        "authorization_code_ttl",
        None,
        "`300s`",
        "how long a code waits to be redeemed",
    ),
    both(
        "access_token_ttl",
        None,
        "the provider's, or `3600s`",
        "how long an access token lives",
    ),
    both(
        "refresh_token_ttl",
        None,
        "`30d`",
        "how long a login lasts in all",
    ),
    both(
        "refresh_grace",
        None,
        "`120s`",
        "how long a used refresh token is answered again with its successor",
    ),
    builder(
        "jwt_signing_key",
        None,
        "derived",
        "the key that signs access tokens",
    ),
    builder(
        "jwt_signing_key_previous",
        None,
        "none",
        "the key before this one: tokens that it signed are still accepted",
    ),
    builder(
        "jwt_key_pair",
        None,
        "none",
        "a P-256 private key (PKCS #8 PEM): access tokens are signed with ES256, and a JWKS is published",
    ),
    builder(
        "jwt_key_pair_previous",
        None,
        "none",
        "the key pair before this one: its tokens are still accepted, its public half is published",
    ),
    builder(
        "encryption_key",
        None,
        "derived",
        "the key that seals what is stored",
    ),
    builder(
        "encryption_key_previous",
        None,
        "none",
        "the key before this one: its records still open, and are sealed anew",
    ),
    both(
        "unencrypted_for_development",
        None,
        "off",
        "stores records readable, in a store that ends with the process",
    ),
    builder(
        "consent_signing_key",
        None,
        "derived",
        "the key that seals the consent page",
    ),
    builder(
        "consent_signing_key_previous",
        None,
        "none",
        "the key before this one: its pages can still be decided",
    ),
    builder(
        "token_verifier",
        None,
        "none",
        "verifies the provider's access tokens where they are JWTs",
    ),
];

/// Where the setting of this name is written: option, builder method, variable.
pub(crate) fn places(name: &str) -> Option<String> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    let mut places = Vec::new();
    if setting.places != Places::Builder {
        places.push(format!("`{name}` in `#[server]`"));
    }
    if setting.places != Places::Attribute {
        places.push(format!("`.{name}(…)`"));
    }
    if let Some(variable) = setting.variable {
        places.push(format!("`{variable}`"));
    }
    Some(places.join(", "))
}
