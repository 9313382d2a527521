//! What an item takes, and its arguments. What all share is one table.

use super::{Options, Row, row};

/// Who may use an item.
const ACCESS: &[Row] = &[
    row("requires_auth", "requires_auth"),
    row("roles", "roles = [\"admin\"]"),
    row("scopes", "scopes = [\"notes:write\"]"),
    row(
        "access",
        "access = role(\"admin\") || scope(\"notes:write\")",
    ),
    row("public", "public"),
];

/// What it is called.
const WORDS: &[Row] = &[
    row("name", "name = \"add\""),
    row("title", "title = \"Add two numbers\""),
    row("description", "description = \"Adds two numbers.\""),
    row("icons", "icons = [\"https://example.com/icon.png\"]"),
];

/// How it runs.
const RUN: &[Row] = &[
    row("timeout", "timeout = \"30s\""),
    row("crate", "crate = fastmcp"),
];

pub(crate) const TOOL: Options = Options {
    owner: "`#[tool]`",
    endpoints_of: None,
    rows: &[
        ACCESS,
        WORDS,
        &[
            row("read_only", "read_only"),
            row("destructive", "destructive"),
            row("idempotent", "idempotent"),
            row("open_world", "open_world"),
            row("task", "task"),
            row(
                "input_schema",
                "input_schema = include_str!(\"search.schema.json\")",
            ),
        ],
        RUN,
    ],
    foreign: &[("uri", READ), ("mime_type", READ), ("size", READ)],
};

pub(crate) const RESOURCE: Options = Options {
    owner: "`#[resource]`",
    endpoints_of: None,
    rows: &[
        &[
            row("uri", "uri = \"docs://style\""),
            row("mime_type", "mime_type = \"text/markdown\""),
            row("size", "size = 4096"),
        ],
        ACCESS,
        WORDS,
        RUN,
    ],
    foreign: &[
        ("input_schema", SENT_AS_TEXT),
        ("read_only", HINT),
        ("destructive", HINT),
        ("idempotent", HINT),
        ("open_world", HINT),
        ("task", TASK),
    ],
};

pub(crate) const PROMPT: Options = Options {
    owner: "`#[prompt]`",
    endpoints_of: None,
    rows: &[ACCESS, WORDS, RUN],
    foreign: &[
        ("input_schema", SENT_AS_TEXT),
        ("read_only", HINT),
        ("destructive", HINT),
        ("idempotent", HINT),
        ("open_world", HINT),
        ("task", TASK),
        ("uri", READ),
        ("mime_type", READ),
        ("size", READ),
    ],
};

const HINT: &str = "remove it: only a tool says what a call of it does";
const TASK: &str = "remove it: only a call of a tool becomes a task";
const SENT_AS_TEXT: &str =
    "remove it: only the arguments of a tool have a schema, those of others are sent as text";
const READ: &str = "for what is read by a URI write `#[resource(uri = \"docs://style\")]`";

/// What every argument takes.
const ARGUMENT: &[Row] = &[
    row("description", "description = \"How many.\""),
    row("default", "default = 20"),
    row("name", "name = \"type\""),
];

/// An argument of a tool.
pub(crate) const TOOL_ARGUMENT: Options = Options {
    owner: "`#[arg]`",
    endpoints_of: None,
    rows: &[ARGUMENT, &[row("header", "header = \"Region\"")]],
    foreign: &[(
        "complete",
        "remove it: clients ask for suggestions in prompts and resource templates alone; a tool \
         tells its choices by the type, such as an enum",
    )],
};

/// An argument of a prompt, or a variable of a resource template: sent as text.
pub(crate) const TEXT_ARGUMENT: Options = Options {
    owner: "`#[arg]`",
    endpoints_of: None,
    rows: &[
        ARGUMENT,
        &[row("complete", "complete = [\"small\", \"large\"]")],
    ],
    foreign: &[(
        "header",
        "remove it: clients repeat arguments of tools alone in a header",
    )],
};
