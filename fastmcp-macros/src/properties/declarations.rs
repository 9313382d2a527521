//! Declarations that are valid as they stand, and what makes them invalid.

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Flag,
    Text,
    Texts,
    Pairs,
    Number,
    Duration,
    Path,
    Rule,
    Provider,
    Options,
}

/// One option as it stands in an attribute.
pub(super) type Written = (&'static str, Kind, &'static str);

pub(super) const TOOL_OPTIONS: &[Written] = &[
    ("requires_auth", Kind::Flag, "requires_auth"),
    ("roles", Kind::Texts, r#"roles = ["admin", "editor"]"#),
    ("scopes", Kind::Texts, r#"scopes = ["notes:write"]"#),
    (
        "access",
        Kind::Rule,
        r#"access = role("a") || (scope("b") && own::rule)"#,
    ),
    ("name", Kind::Text, r#"name = "purge.all""#),
    ("title", Kind::Text, r#"title = "Purge""#),
    ("description", Kind::Text, r#"description = "Delete all.""#),
    (
        "icons",
        Kind::Texts,
        r#"icons = ["https://example.com/i.png"]"#,
    ),
    ("read_only", Kind::Flag, "read_only = false"),
    ("destructive", Kind::Flag, "destructive"),
    ("idempotent", Kind::Flag, "idempotent = true"),
    ("open_world", Kind::Flag, "open_world"),
    ("timeout", Kind::Duration, r#"timeout = "30s""#),
    ("crate", Kind::Path, "crate = other::fastmcp"),
];

pub(super) const SERVER_OPTIONS: &[Written] = &[
    (
        "auth",
        Kind::Provider,
        "auth = google(scopes = [\"openid\"])",
    ),
    ("roles", Kind::Texts, r#"roles = ["admin"]"#),
    ("scopes", Kind::Texts, r#"scopes = ["notes:write"]"#),
    ("roles_from", Kind::Path, "roles_from = own::roles_of"),
    ("anonymous", Kind::Flag, "anonymous"),
    ("name", Kind::Text, r#"name = "notes""#),
    ("title", Kind::Text, r#"title = "Notes""#),
    ("instructions", Kind::Text, r#"instructions = "Notes.""#),
    (
        "base_url",
        Kind::Text,
        r#"base_url = "https://notes.example.com/a""#,
    ),
    ("store", Kind::Text, r#"store = "disk:/var/lib/notes""#),
    (
        "secret_iterations",
        Kind::Number,
        "secret_iterations = 600_000",
    ),
    (
        "redirect_path",
        Kind::Text,
        r#"redirect_path = "/oauth/back""#,
    ),
    ("consent_required", Kind::Flag, "consent_required = true"),
    ("enable_token_swap", Kind::Flag, "enable_token_swap"),
    ("forward_pkce", Kind::Flag, "forward_pkce = false"),
    (
        "upstream_token_endpoint_auth_method",
        Kind::Text,
        r#"upstream_token_endpoint_auth_method = "client_secret_post""#,
    ),
    (
        "upstream_request_timeout",
        Kind::Duration,
        r#"upstream_request_timeout = "10s""#,
    ),
    (
        "extra_authorization_params",
        Kind::Pairs,
        r#"extra_authorization_params = [("access_type", "offline")]"#,
    ),
    (
        "allowed_redirect_uri_patterns",
        Kind::Texts,
        r#"allowed_redirect_uri_patterns = ["http://localhost:*"]"#,
    ),
    ("registration", Kind::Text, r#"registration = "open""#),
    (
        "trusted_proxies",
        Kind::Texts,
        r#"trusted_proxies = ["10.0.0.0/8"]"#,
    ),
    (
        "transaction_ttl",
        Kind::Duration,
        r#"transaction_ttl = "10m""#,
    ),
    (
        "authorization_code_ttl",
        Kind::Duration,
        r#"authorization_code_ttl = "5m""#,
    ),
    (
        "access_token_ttl",
        Kind::Duration,
        r#"access_token_ttl = "1h""#,
    ),
    (
        "refresh_token_ttl",
        Kind::Duration,
        r#"refresh_token_ttl = "30d""#,
    ),
    ("refresh_grace", Kind::Duration, r#"refresh_grace = "2m""#),
    (
        "custom_claims_passthrough",
        Kind::Options,
        r#"custom_claims_passthrough(claim_prefix = "up_", allowed_claims = ["hd"])"#,
    ),
    ("crate", Kind::Path, "crate = other::fastmcp"),
];

/// Values, with the kinds of option that may take them; any other must refuse them.
pub(super) const VALUES: &[(&str, &[Kind])] = &[
    ("", &[Kind::Flag]),
    ("= true", &[Kind::Flag]),
    ("= 7", &[Kind::Number]),
    ("= -7", &[]),
    ("= 7.5", &[]),
    ("= \"x\"", &[Kind::Text]),
    ("= \"\"", &[Kind::Text]),
    ("= b\"x\"", &[]),
    ("= ['x']", &[]),
    ("= [\"x\"]", &[Kind::Texts]),
    ("= [\"x\", 5]", &[]),
    ("= []", &[Kind::Texts, Kind::Pairs]),
    ("= [(\"x\", \"y\")]", &[Kind::Pairs]),
    ("= [(\"x\", \"y\", \"z\")]", &[]),
    ("= x::y", &[Kind::Path, Kind::Rule, Kind::Provider]),
    ("= role(\"x\")", &[Kind::Rule]),
    ("= |x| x", &[]),
    ("= { 5 }", &[]),
    ("= ", &[]),
    ("= = 5", &[]),
    (": \"x\"", &[]),
    ("(\"x\")", &[]),
    ("()", &[Kind::Options]),
];

/// Parameters that a tool cannot have, whatever else it says.
pub(super) const BAD_PARAMETERS: &[&str] = &[
    "self",
    "&mut self",
    "(a, b): (u8, u8)",
    "_: u8",
    "a: impl Into<u8>",
    "a: Vec<impl Into<u8>>",
    "a: &mut Context",
    "#[arg] a: u8",
    "#[arg(bogus = 1)] a: u8",
    "#[arg(default)] cx: &Context",
    "#[arg(name = 5)] a: u8",
    "#[arg(header = \"a b\")] a: u8",
    "#[arg(name = \"days\")] other: u8",
];
