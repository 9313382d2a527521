//! Settings of the server itself, and what its declaration says.

use super::{Setting, attribute, both, builder};

pub(super) const SERVER: &[Setting] = &[
    attribute(
        "auth",
        "none",
        "`google`, `github(host = \"…\")`, `azure(tenant = \"…\")`, `okta(domain = \"…\")`, `auth0(domain = \"…\")`, `gitlab(host = \"…\")`, `keycloak(url = \"…\", realm = \"…\")`, `cognito(user_pool = \"…\")`, `workos(domain = \"…\")`, `slack`, `discord`, `atlassian`, `oidc(issuer = \"…\")`, `custom(…)`, `dev`, or a type of your own; `host` and `tenant` may be left out",
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
        "the provider's roles; `google`, `github`, `gitlab`, `slack`, `discord` and `atlassian` have none",
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
        "max_connections",
        None,
        "10,000",
        "how many connections may be open at once",
    ),
    builder(
        "tls",
        Some("FASTMCP_TLS_CERTIFICATE`, `FASTMCP_TLS_KEY"),
        "none: a proxy does it",
        "PEM files of a certificate and its key, for `.serve()`; feature `tls`",
    ),
    builder(
        "drain_timeout",
        Some("FASTMCP_DRAIN_TIMEOUT"),
        "`30s`",
        "how long a stop waits for what is under way",
    ),
    builder(
        "self_check",
        None,
        "`true`",
        "warns if the base URL does not lead back to the server; not on loopback",
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
        "on_audit",
        None,
        "the log alone",
        "who hears of every decision, beside the log's target `fastmcp::audit`",
    ),
];
