//! Declarations that are valid as they stand, and what makes them invalid.

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Takes {
    Flag,
    /// No value, or one of a few words.
    Word,
    Text,
    /// A text, and nothing but the address of the resource.
    Uri,
    Texts,
    Pairs,
    Number,
    Duration,
    Path,
    Rule,
    Admission,
    Provider,
    Options,
}

/// One option as it stands in an attribute.
pub(super) type Written = (&'static str, Takes, &'static str);

pub(super) const TOOL_OPTIONS: &[Written] = &[
    ("requires_auth", Takes::Flag, "requires_auth"),
    ("roles", Takes::Texts, r#"roles = ["admin", "editor"]"#),
    ("scopes", Takes::Texts, r#"scopes = ["notes:write"]"#),
    (
        "access",
        Takes::Rule,
        r#"access = role("a") || (scope("b") && own::rule)"#,
    ),
    ("name", Takes::Text, r#"name = "purge.all""#),
    ("title", Takes::Text, r#"title = "Purge""#),
    ("description", Takes::Text, r#"description = "Delete all.""#),
    (
        "icons",
        Takes::Texts,
        r#"icons = ["https://example.com/i.png"]"#,
    ),
    ("read_only", Takes::Flag, "read_only = false"),
    ("destructive", Takes::Flag, "destructive"),
    ("idempotent", Takes::Flag, "idempotent = true"),
    ("open_world", Takes::Flag, "open_world"),
    ("task", Takes::Word, r#"task = "required""#),
    ("timeout", Takes::Duration, r#"timeout = "30s""#),
    ("crate", Takes::Path, "crate = other::fastmcp"),
];

pub(super) const SERVER_OPTIONS: &[Written] = &[
    (
        "auth",
        Takes::Provider,
        "auth = google(scopes = [\"openid\"])",
    ),
    ("roles", Takes::Texts, r#"roles = ["admin"]"#),
    ("scopes", Takes::Texts, r#"scopes = ["notes:write"]"#),
    ("roles_from", Takes::Path, "roles_from = own::roles_of"),
    (
        "admits",
        Takes::Admission,
        r#"admits = email_domain("example.com") && own::is_known"#,
    ),
    ("anonymous", Takes::Flag, "anonymous"),
    ("name", Takes::Text, r#"name = "notes""#),
    ("title", Takes::Text, r#"title = "Notes""#),
    ("instructions", Takes::Text, r#"instructions = "Notes.""#),
    (
        "base_url",
        Takes::Text,
        r#"base_url = "https://notes.example.com/a""#,
    ),
    ("store", Takes::Text, r#"store = "disk:/var/lib/notes""#),
    (
        "secret_iterations",
        Takes::Number,
        "secret_iterations = 600_000",
    ),
    (
        "redirect_path",
        Takes::Text,
        r#"redirect_path = "/oauth/back""#,
    ),
    ("consent_required", Takes::Flag, "consent_required = true"),
    ("enable_token_swap", Takes::Flag, "enable_token_swap"),
    ("forward_pkce", Takes::Flag, "forward_pkce = false"),
    (
        "upstream_token_endpoint_auth_method",
        Takes::Text,
        r#"upstream_token_endpoint_auth_method = "client_secret_post""#,
    ),
    (
        "upstream_request_timeout",
        Takes::Duration,
        r#"upstream_request_timeout = "10s""#,
    ),
    (
        "extra_authorization_params",
        Takes::Pairs,
        r#"extra_authorization_params = [("access_type", "offline")]"#,
    ),
    (
        "allowed_redirect_uri_patterns",
        Takes::Texts,
        r#"allowed_redirect_uri_patterns = ["http://localhost:*"]"#,
    ),
    ("registration", Takes::Text, r#"registration = "open""#),
    (
        "trusted_proxies",
        Takes::Texts,
        r#"trusted_proxies = ["10.0.0.0/8"]"#,
    ),
    (
        "transaction_ttl",
        Takes::Duration,
        r#"transaction_ttl = "10m""#,
    ),
    (
        "authorization_code_ttl",
        Takes::Duration,
        r#"authorization_code_ttl = "5m""#,
    ),
    (
        "access_token_ttl",
        Takes::Duration,
        r#"access_token_ttl = "1h""#,
    ),
    (
        "refresh_token_ttl",
        Takes::Duration,
        r#"refresh_token_ttl = "30d""#,
    ),
    ("refresh_grace", Takes::Duration, r#"refresh_grace = "2m""#),
    (
        "custom_claims_passthrough",
        Takes::Options,
        r#"custom_claims_passthrough(claim_prefix = "up_", allowed_claims = ["hd"])"#,
    ),
    ("crate", Takes::Path, "crate = other::fastmcp"),
];

pub(super) const RESOURCE_OPTIONS: &[Written] = &[
    (
        "uri",
        Takes::Uri,
        r#"uri = "notes://{note}{/part}{?days,kind}""#,
    ),
    (
        "mime_type",
        Takes::Text,
        r#"mime_type = "text/plain; charset=utf-8""#,
    ),
    ("requires_auth", Takes::Flag, "requires_auth"),
    ("roles", Takes::Texts, r#"roles = ["admin", "editor"]"#),
    ("scopes", Takes::Texts, r#"scopes = ["notes:write"]"#),
    ("access", Takes::Rule, r#"access = role("a") || own::rule"#),
    ("name", Takes::Text, r#"name = "Notes of somebody""#),
    ("title", Takes::Text, r#"title = "Notes""#),
    ("description", Takes::Text, r#"description = "Some.""#),
    (
        "icons",
        Takes::Texts,
        r#"icons = ["data:image/png;base64,AA=="]"#,
    ),
    ("timeout", Takes::Duration, r#"timeout = "30s""#),
    ("crate", Takes::Path, "crate = other::fastmcp"),
];

pub(super) const PROMPT_OPTIONS: &[Written] = &[
    ("requires_auth", Takes::Flag, "requires_auth"),
    ("roles", Takes::Texts, r#"roles = ["admin", "editor"]"#),
    ("scopes", Takes::Texts, r#"scopes = ["notes:write"]"#),
    ("access", Takes::Rule, r#"access = role("a") || own::rule"#),
    ("name", Takes::Text, r#"name = "notes.sum-up""#),
    ("title", Takes::Text, r#"title = "Sum up""#),
    ("description", Takes::Text, r#"description = "Sums up.""#),
    (
        "icons",
        Takes::Texts,
        r#"icons = ["https://example.com/i.png"]"#,
    ),
    ("timeout", Takes::Duration, r#"timeout = "30s""#),
    ("crate", Takes::Path, "crate = other::fastmcp"),
];

/// URIs that no resource can have, whatever its parameters are.
pub(super) const BAD_URIS: &[&str] = &[
    "",
    "notes",
    "/notes",
    "://notes",
    "1s://notes",
    "notes://",
    "notes://a b",
    "notes://ü",
    "notes://%2",
    "notes://{",
    "notes://}",
    "notes://{}",
    "notes://{note",
    "notes://{no te}",
    "notes://{{note}}",
    "notes://{note}{part}",
    "notes://{note,part}",
    "notes://{note*}",
    "notes://{note:3}",
    "notes://{#note}",
    "notes://{?note}/{part}",
    "notes://{?note}{?part}",
    "notes://{note}/{note}",
    "notes://{?note,}",
    "notes://{note}",
    "notes://{note}/{part}/{days}/{kind}/{other}",
    "{note}://{part}",
];

/// Values, with the kinds of option that may take them; any other must refuse them.
pub(super) const VALUES: &[(&str, &[Takes])] = &[
    ("", &[Takes::Flag, Takes::Word]),
    ("= true", &[Takes::Flag]),
    ("= 7", &[Takes::Number]),
    ("= -7", &[]),
    ("= 7.5", &[]),
    ("= \"x\"", &[Takes::Text]),
    ("= \"\"", &[Takes::Text]),
    ("= b\"x\"", &[]),
    ("= ['x']", &[]),
    ("= [\"x\"]", &[Takes::Texts]),
    ("= [\"x\", 5]", &[]),
    ("= []", &[Takes::Texts, Takes::Pairs]),
    ("= [(\"x\", \"y\")]", &[Takes::Pairs]),
    ("= [(\"x\", \"y\", \"z\")]", &[]),
    (
        "= x::y",
        &[Takes::Path, Takes::Rule, Takes::Admission, Takes::Provider],
    ),
    ("= role(\"x\")", &[Takes::Rule]),
    ("= |x| x", &[]),
    ("= { 5 }", &[]),
    ("= ", &[]),
    ("= = 5", &[]),
    (": \"x\"", &[]),
    ("(\"x\")", &[]),
    ("()", &[Takes::Options]),
];

/// Parameters that no item can have, whatever else it says.
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
    "#[arg(complete)] a: u8",
    "#[arg(complete = [])] a: u8",
    "#[arg(header = \"A\", complete = [\"a\"])] a: u8",
];
