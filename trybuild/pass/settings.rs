//! Every setting is a call of the builder.

use fastmcp::prelude::*;

#[server(
    auth = custom(
        authorization_endpoint = "https://login.acme.example/authorize",
        token_endpoint = "https://login.acme.example/token",
        userinfo_endpoint = "https://login.acme.example/me",
        jwks_uri = "https://login.acme.example/jwks",
        issuer = "https://login.acme.example",
        revocation_endpoint = "https://login.acme.example/revoke",
        scopes = ["openid"],
    ),
    name = "tickets",
    title = "Tickets",
    instructions = "The ticket desk.",
    base_url = "https://tickets.acme.example",
    redirect_path = "/oauth/callback",
    consent_required = true,
    enable_token_swap,
    forward_pkce = false,
    upstream_token_endpoint_auth_method = "client_secret_post",
    upstream_request_timeout = "10s",
    extra_authorization_params = [("access_type", "offline")],
    allowed_redirect_uri_patterns = ["http://localhost:*", "cursor://anysphere.cursor-mcp/*"],
    transaction_ttl = "10m",
    authorization_code_ttl = "5m",
    access_token_ttl = "1h",
    refresh_token_ttl = "30d",
    refresh_grace = "0s",
    custom_claims_passthrough(claim_prefix = "up_", allowed_claims = ["groups"], max_claim_value_size = 100),
)]
struct Tickets;

fn main() {
    let _server = Tickets.into_server();
}
