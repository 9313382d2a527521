//! What a server takes, and its lists.

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
    foreign: &[
        (
            "domain",
            "write it with the provider: `auth = okta(domain = \"…\")`",
        ),
        (
            "host",
            "write it with the provider: `auth = github(host = \"…\")`",
        ),
        (
            "realm",
            "write it with the provider: `auth = keycloak(url = \"https://…\", realm = \"…\")`",
        ),
        (
            "user_pool",
            "write it with the provider: `auth = cognito(user_pool = \"…\")`",
        ),
    ],
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
