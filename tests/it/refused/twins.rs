//! Mistakes of the attribute, and the same by builder method.

use std::time::Duration;

use fastmcp::provider::{self, Identity};
use fastmcp::server::{AuthDeclaration, Server, ServerDeclaration};
use fastmcp::token::claims::Passthrough;

use super::{
    CANARY, OPEN, at, claims, custom, dev, endpoints, google, names, nobody, of, open, patterns,
    seconds,
};

/// A case of `trybuild/fail`, and the server with the same mistake.
pub(super) type Twin = (&'static str, fn() -> Server);

pub(super) const URLS: &[Twin] = &[
    ("url/base_url_below_well_known", || {
        google().base_url("https://example.com/.well-known/notes")
    }),
    ("url/base_url_ends_in_mcp", || {
        google().base_url("https://example.com/notes/mcp")
    }),
    ("url/base_url_of_another_scheme", || {
        google().base_url("ftp://notes.example.com")
    }),
    ("url/base_url_with_empty_segment", || {
        google().base_url("https://example.com//notes")
    }),
    ("url/base_url_with_fragment", || {
        google().base_url("https://notes.example.com/#top")
    }),
    ("url/base_url_with_impossible_port", || {
        google().base_url("https://notes.example.com:80443")
    }),
    ("url/base_url_with_query", || {
        google().base_url("https://notes.example.com/?tenant=1")
    }),
    ("url/not_a_network", || {
        google().trusted_proxies(["10.0.0.0/8", "proxy.internal"])
    }),
    ("url/base_url_with_user", || {
        google().base_url("https://ann:pw@notes.example.com")
    }),
    ("url/base_url_without_scheme", || {
        google().base_url("notes.example.com")
    }),
    ("url/base_url_without_tls", || {
        google().base_url("http://notes.example.com")
    }),
    ("url/pattern_every_domain", || patterns("https://*.com/*")),
    ("url/pattern_every_host", || patterns("https://*")),
    ("url/pattern_every_host_and_port", || patterns("http://*:*")),
    ("url/pattern_every_host_below", || patterns("https://*/*")),
    ("url/pattern_everything", || patterns("*")),
    ("url/pattern_of_a_script", || patterns("javascript://x/*")),
    ("url/pattern_part_of_a_host", || {
        patterns("https://app*.example.com/")
    }),
    ("url/pattern_wildcard_inside", || {
        patterns("https://app.example.com/*/cb")
    }),
    ("url/pattern_with_fragment", || {
        patterns("https://app.example.com/callback#top")
    }),
    ("url/pattern_with_port_of_letters", || {
        patterns("http://localhost:80*/cb")
    }),
    ("url/pattern_without_path", || {
        patterns("https://app.example.com")
    }),
    ("url/pattern_without_scheme", || {
        patterns("//app.example.com")
    }),
    ("url/pattern_without_tls", || {
        patterns("http://app.example.com/cb")
    }),
    ("url/redirect_path_below_well_known", || {
        google().redirect_path("/.well-known/back")
    }),
    ("url/redirect_path_is_a_route", || {
        google().redirect_path("/oauth/token")
    }),
    ("url/redirect_path_is_a_url", || {
        google().redirect_path("https://notes.example.com/cb")
    }),
    ("url/redirect_path_is_the_endpoint", || {
        google().redirect_path("/mcp")
    }),
    ("url/redirect_path_not_absolute", || {
        google().redirect_path("oauth/back")
    }),
    ("url/redirect_path_repeats_base_url", || {
        let server = google().base_url("https://example.com/notes");
        server.redirect_path("/notes/oauth/back")
    }),
    ("url/redirect_path_with_query", || {
        google().redirect_path("/oauth/back?x=1")
    }),
];

pub(super) const KEYS: &[Twin] = &[
    ("keys/access_above_a_day", || {
        google().access_token_ttl(seconds(25 * 3600))
    }),
    ("keys/access_outlives_login", || {
        let server = google().access_token_ttl(seconds(7200));
        server.refresh_token_ttl(seconds(3600))
    }),
    ("keys/claim_allowed_and_blocked", || {
        claims(Passthrough {
            allowed_claims: Some(names(&["hd", "groups"])),
            blocked_claims: names(&["hd"]),
            ..Passthrough::default()
        })
    }),
    ("keys/claim_of_the_protocol", || {
        claims(Passthrough {
            allowed_claims: Some(names(&["groups", "sub"])),
            ..Passthrough::default()
        })
    }),
    ("keys/claim_prefix_empty", || {
        claims(Passthrough {
            claim_prefix: Some(String::new()),
            ..Passthrough::default()
        })
    }),
    ("keys/claims_from_nowhere", || {
        claims(Passthrough {
            allowed_claims: Some(names(&["hd"])),
            ..Passthrough::off()
        })
    }),
    ("keys/claims_of_no_size", || {
        claims(Passthrough {
            max_claim_value_size: 0,
            ..Passthrough::default()
        })
    }),
    ("keys/code_above_ten_minutes", || {
        google().authorization_code_ttl(seconds(660))
    }),
    ("keys/few_iterations", || google().secret_iterations(10_000)),
    ("keys/googles_token_lives_an_hour", || {
        let server = google().enable_token_swap(false);
        server.access_token_ttl(seconds(7200))
    }),
    ("keys/grace_above_an_hour", || {
        google().refresh_grace(seconds(7200))
    }),
    ("keys/lifetime_below_a_second", || {
        google().authorization_code_ttl(Duration::from_millis(500))
    }),
    ("keys/lifetime_zero", || {
        google().access_token_ttl(Duration::ZERO)
    }),
    ("keys/login_above_a_year", || {
        google().refresh_token_ttl(seconds(400 * 86_400))
    }),
    ("keys/provider_timeout_above_a_minute", || {
        google().upstream_request_timeout(seconds(120))
    }),
    ("keys/transaction_above_an_hour", || {
        google().transaction_ttl(seconds(3660))
    }),
];

pub(super) const LOGINS: &[Twin] = &[
    ("provider/azure_tenant_is_a_url", || {
        at(provider::azure("https://login.example.com"))
    }),
    ("provider/azure_tenant_is_cut_off", || {
        at(provider::azure("72f988bf-86f1-41af-91ab-2d7cd011db4"))
    }),
    ("provider/azure_tenant_misspelt", || {
        at(provider::azure("organisations"))
    }),
    ("provider/azure_without_openid", || {
        at(provider::azure("common")).upstream_scopes(["User.Read"])
    }),
    ("provider/cognito_pool_is_cut_off", || {
        at(provider::cognito("AbCdEfGhI"))
    }),
    ("provider/github_host_is_a_url", || {
        at(provider::github_enterprise("https://github.example.com"))
    }),
    ("provider/gitlab_host_is_a_url", || {
        at(provider::gitlab("https://gitlab.example.com"))
    }),
    ("provider/keycloak_blank_realm", || {
        at(provider::keycloak("https://id.example.com", ""))
    }),
    ("provider/keycloak_url_has_the_realm", || {
        let url = "https://id.example.com/realms/staff";
        at(provider::keycloak(url, "staff"))
    }),
    ("provider/keycloak_without_tls", || {
        at(provider::keycloak("http://id.example.com", "staff"))
    }),
    ("provider/okta_domain_is_a_url", || {
        at(provider::okta("https://acme.okta.com/", "default"))
    }),
    ("provider/okta_domain_is_cut_off", || {
        at(provider::okta("acme", "default"))
    }),
    ("provider/okta_server_is_a_url", || {
        let server = "https://acme.okta.com/oauth2/staff";
        at(provider::okta("acme.okta.com", server))
    }),
    ("provider/okta_without_openid", || {
        at(provider::okta("acme.okta.com", "default")).upstream_scopes(["email"])
    }),
    ("provider/workos_domain_is_blank", || {
        at(provider::workos(""))
    }),
    ("provider/custom_issuer_without_keys", || {
        at(custom().issuer("https://id.example.com"))
    }),
    ("provider/custom_keys_without_issuer", || {
        at(custom().jwks_uri("https://id.example.com/keys"))
    }),
    ("provider/custom_without_tls", || {
        let server = at(custom()).upstream_token_endpoint("id.example.com/token");
        server.upstream_authorization_endpoint("http://id.example.com/authorize")
    }),
    ("provider/dev_asks_nobody", || {
        dev()
            .upstream_request_timeout(seconds(5))
            .forward_pkce(true)
    }),
    ("provider/dev_has_no_tokens", || {
        dev().enable_token_swap(false)
    }),
    ("provider/dev_in_public", || {
        dev().base_url("https://notes.example.com")
    }),
    ("provider/doubled_parameter", || {
        google().extra_authorization_params([("hd", "a.com"), ("hd", "b.com")])
    }),
    ("provider/oidc_issuer_with_query", || {
        at(provider::oidc("https://id.example.com?tenant=1"))
    }),
    ("provider/oidc_with_endpoints", || {
        let server = at(provider::oidc("https://id.example.com"));
        server.upstream_token_endpoint(endpoints().1)
    }),
    ("provider/oidc_without_openid", || {
        at(provider::oidc("https://id.example.com")).upstream_scopes(["email"])
    }),
    ("provider/owned_parameter", || {
        google().extra_authorization_params([("state", "x")])
    }),
    ("attribute/secret_parameter", || {
        google().extra_authorization_params([("client_secret", CANARY)])
    }),
    ("access/empty_scopes", || {
        google().upstream_scopes(std::iter::empty::<&str>())
    }),
    ("access/scope_beyond_ascii", || {
        google().upstream_scopes(["notizen:größe"])
    }),
    ("access/scope_with_quote", || {
        google().upstream_scopes(["notes\"write"])
    }),
    ("access/scope_with_space", || {
        google().upstream_scopes(["notes:read notes:write"])
    }),
    ("access/doubled_scope_of_server", || {
        google().upstream_scopes(["a", "b", "a"])
    }),
    ("access/anonymous_without_auth", || {
        let anonymous = true;
        of(ServerDeclaration { anonymous, ..OPEN })
    }),
    ("access/lifetime_without_auth", || {
        open()
            .access_token_ttl(seconds(3600))
            .consent_required(true)
    }),
    ("access/roles_without_auth", || {
        let roles = &["admin"];
        of(ServerDeclaration { roles, ..OPEN })
    }),
    ("access/roles_from_without_auth", || {
        let roles_from = Some(nobody as fn(&Identity) -> Vec<String>);
        of(ServerDeclaration { roles_from, ..OPEN })
    }),
    ("access/roles_from_without_roles", || {
        of(ServerDeclaration {
            auth: Some(AuthDeclaration::Provider(provider::google)),
            roles_from: Some(nobody),
            ..OPEN
        })
    }),
    ("words/server_name_empty", || open().name(" ")),
];
