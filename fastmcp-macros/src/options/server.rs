//! What a server takes, its providers and its other lists.

use super::{Options, row};

pub(crate) const SERVER: Options = Options {
    owner: "`#[server]`",
    endpoints_of: None,
    rows: &[&[
        row("auth", "auth = google"),
        row("roles", "roles = [\"admin\", \"member\"]"),
        row("scopes", "scopes = [\"notes:write\"]"),
        row("roles_from", "roles_from = roles_of"),
        row("admits", "admits = email_domain(\"example.com\")"),
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
    ]],
    foreign: &[],
};

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
    rows: &[&[row("scopes", "scopes = [\"read:user\"]")]],
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

pub(crate) const CLAIMS: Options = Options {
    owner: "`custom_claims_passthrough`",
    endpoints_of: None,
    rows: &[&[
        row("from_access_token", "from_access_token = true"),
        row("from_id_token", "from_id_token = true"),
        row("claim_prefix", "claim_prefix = \"up_\""),
        row("allowed_claims", "allowed_claims = [\"groups\"]"),
        row("blocked_claims", "blocked_claims = [\"address\"]"),
        row("max_claim_value_size", "max_claim_value_size = 2000"),
        row("allow_complex_claims", "allow_complex_claims = false"),
    ]],
    foreign: &[],
};
