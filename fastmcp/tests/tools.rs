//! `#[tool]` from outside: what is registered, what a client may send, what it gets back.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "tools own their arguments and may be async"
)]

use std::fmt;
use std::time::Duration;

use fastmcp::auth::{Principal, Rule, Verdict};
use fastmcp::item::{Call, Outcome, Registry, ResourceLink, ToolEntry, ToolOutput};
use fastmcp::prelude::*;
use serde_json::{Value, json};

/// A period of time.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
struct Period {
    /// How many days.
    days: u32,
    unit: Unit,
}

#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Unit {
    #[default]
    Day,
    Week,
}

/// The state of the server.
struct Notes {
    stored: Vec<String>,
}

impl fastmcp::item::Borrowed for Notes {
    const NEEDS_CALLER: bool = false;

    fn borrow<'a>(call: &Call<'a>) -> Option<&'a Self> {
        call.app.downcast_ref()
    }

    fn accepts(app: &(dyn std::any::Any + Send + Sync)) -> bool {
        app.is::<Self>()
    }
}

/// Add two numbers.
///
/// Both may be negative.
#[tool(
    title = "Sum",
    read_only,
    idempotent,
    destructive = false,
    timeout = "30s"
)]
async fn add(
    /// The first number.
    a: f64,
    #[arg(description = "The second number.", default = 1.5)] b: f64,
) -> f64 {
    a + b
}

/// Everything that can be left out.
#[tool(name = "options.all", icons = ["https://example.com/i.png"])]
fn options(
    zebra: Option<u32>,
    #[arg(default)] unit: Unit,
    #[arg(default = "nobody", name = "type")] kind: String,
    periods: Option<Vec<Period>>,
) -> String {
    format!("{zebra:?} {unit:?} {kind} {periods:?}")
}

/// Data that is an object.
#[tool]
fn object(period: Period) -> Json<Period> {
    Json(period)
}

/// Data that is a list.
#[tool]
fn list(count: u8) -> Json<Vec<u8>> {
    Json((0..count).collect())
}

/// Several blocks.
#[tool]
fn blocks() -> Vec<Content> {
    vec![
        Content::text("hi"),
        Content::image([1, 2, 3], "image/png"),
        Content::audio([1, 2, 3], "audio/wav"),
        Content::text_resource("file:///a", "text/plain", "a"),
        Content::blob_resource("file:///b", "application/octet-stream", [255]),
        ResourceLink::new("file:///c", "c").into(),
    ]
}

struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused, and said why")
    }
}

/// An error of the tool's own.
#[tool]
fn own_error() -> Result<String, Refused> {
    Err(Refused)
}

/// An error that must not be shown.
#[tool]
async fn masked_error(text: String) -> Result<Json<u32>> {
    Ok(Json(text.parse()?))
}

/// An error that the caller must know of.
#[tool(requires_auth)]
async fn upstream(user: &AuthSession) -> Result<Json<usize>> {
    Ok(Json(user.access_token().await?.expose().len()))
}

/// Everything that the server lends.
#[tool(requires_auth)]
async fn lent(
    user: &AuthSession,
    app: &Notes,
    cx: &Context,
    maybe: Option<&AuthSession>,
) -> String {
    cx.progress(0.5, "half way").await;
    let maybe = maybe.map_or("-", AuthSession::subject);
    format!("{} {} {maybe}", user.subject(), app.stored.len())
}

/// Who asks, if anybody does.
#[tool(public)]
fn whoami(user: Option<&AuthSession>) -> String {
    user.map_or("nobody", AuthSession::subject).to_owned()
}

fn is_ann(user: &AuthSession) -> bool {
    user.subject() == "ann"
}

async fn is_bob(user: &AuthSession) -> bool {
    std::future::ready(user.subject() == "bob").await
}

/// A rule of every kind.
#[tool(
    roles = ["admin", "editor"],
    scopes = ["a", "b"],
    access = role("owner") && (scope("c") || is_ann || is_bob),
)]
fn ruled() {}

fn tool(name: &str) -> &'static ToolEntry {
    Registry::collect().unwrap().tool(name).unwrap()
}

fn session(principal: Principal) -> AuthSession {
    AuthSession::new(principal, None)
}

fn ann() -> AuthSession {
    session(Principal {
        subject: "ann".to_owned(),
        ..Principal::default()
    })
}

async fn outcome(name: &str, arguments: Option<&str>, user: Option<&AuthSession>) -> Outcome {
    let app = Notes {
        stored: vec![String::new(); 3],
    };
    (tool(name).call)(Call {
        arguments,
        session: user,
        app: &app,
        context: &Context::default(),
    })
    .await
}

async fn output(name: &str, arguments: &str) -> ToolOutput {
    match outcome(name, Some(arguments), Some(&ann())).await {
        Outcome::Done(output) => output,
        Outcome::Failed(error) => panic!("failed: {error:?}"),
        Outcome::Invalid(fault) => panic!("invalid: {fault}"),
    }
}

async fn text(name: &str, arguments: &str) -> String {
    match &output(name, arguments).await.content[..] {
        [Content::Text { text }] => text.clone(),
        other => panic!("not one text: {other:?}"),
    }
}

async fn refusal(name: &str, arguments: &str) -> String {
    match outcome(name, Some(arguments), Some(&ann())).await {
        Outcome::Invalid(fault) => fault.0,
        _ => panic!("was accepted"),
    }
}

#[test]
fn the_entry_says_what_was_declared() {
    let add = tool("add");
    assert_eq!(add.title, Some("Sum"));
    assert_eq!(add.description, "Add two numbers.\n\nBoth may be negative.");
    assert_eq!(add.timeout, Some(Duration::from_secs(30)));
    assert!(add.plain);
    assert!(
        add.location.starts_with("fastmcp/tests/tools.rs:"),
        "{}",
        add.location
    );
    let annotations = serde_json::to_value(add.annotations).unwrap();
    let expected = json!({"readOnlyHint": true, "destructiveHint": false, "idempotentHint": true});
    assert_eq!(annotations, expected);
    assert_eq!(tool("options.all").icons, ["https://example.com/i.png"]);
}

#[test]
fn the_schema_follows_the_signature() {
    let schema = (tool("add").input_schema)();
    let expected = r#"{"type":"object","properties":{"a":{"type":"number","format":"double","description":"The first number."},"b":{"type":"number","format":"double","description":"The second number.","default":1.5}},"required":["a"],"additionalProperties":false}"#;
    assert_eq!(serde_json::to_string(&schema).unwrap(), expected);
}

#[test]
fn optional_arguments_are_not_required_and_keep_their_order() {
    let schema = Value::Object((tool("options.all").input_schema)());
    assert_eq!(schema.get("required"), None);
    let properties: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, ["zebra", "unit", "type", "periods"]);
    assert_eq!(schema["properties"]["unit"]["default"], "day");
    assert_eq!(schema["properties"]["type"]["default"], "nobody");
    assert_eq!(schema["properties"]["unit"]["$ref"], "#/$defs/Unit");
    assert!(schema["$defs"]["Period"]["properties"]["days"].is_object());
}

#[test]
fn a_tool_without_arguments_takes_an_empty_object() {
    let schema = Value::Object((tool("blocks").input_schema)());
    assert_eq!(
        schema,
        json!({"type": "object", "properties": {}, "additionalProperties": false})
    );
}

#[tokio::test]
async fn arguments_are_decoded() {
    assert_eq!(text("add", r#"{"a": 2, "b": 3}"#).await, "5");
    assert_eq!(text("add", r#"{"a": 2}"#).await, "3.5");
    assert_eq!(text("options.all", "{}").await, "None Day nobody None");
    let all =
        r#"{"zebra": null, "unit": "week", "type": "x", "periods": [{"days": 1, "unit": "day"}]}"#;
    let expected = "None Week x Some([Period { days: 1, unit: Day }])";
    assert_eq!(text("options.all", all).await, expected);
    assert!(matches!(
        outcome("blocks", None, None).await,
        Outcome::Done(_)
    ));
}

#[tokio::test]
async fn a_misfit_is_named() {
    let cases = [
        ("add", "{}", "argument `a` is missing"),
        (
            "add",
            r#"{"a": "x"}"#,
            "argument `a`: invalid type: string \"x\", expected f64",
        ),
        (
            "add",
            r#"{"a": 1, "c": 2}"#,
            "unknown argument `c`; this tool takes `a`, `b`",
        ),
        ("add", r#"{"a": 1, "a": 2}"#, "argument `a` is given twice"),
        (
            "add",
            r#"{"a": 1, "\u0061": 2}"#,
            "argument `a` is given twice",
        ),
        (
            "blocks",
            r#"{"x": 1}"#,
            "unknown argument `x`: this tool takes none",
        ),
        (
            "object",
            r#"{"period": {"days": -1, "unit": "day"}}"#,
            "argument `period.days`: invalid value: integer `-1`, expected u32",
        ),
        (
            "options.all",
            r#"{"periods": [{"days": 1, "unit": "year"}]}"#,
            "argument `periods[0].unit`: unknown variant `year`, expected `day` or `week`",
        ),
        (
            "object",
            r#"{"period": {"days": 1}}"#,
            "argument `period`: missing field `unit`",
        ),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(refusal(name, arguments).await, expected, "{arguments}");
    }
    let not_an_object = refusal("add", "[1, 2]").await;
    assert!(
        not_an_object.contains("expected an object of arguments"),
        "{not_an_object}"
    );
}

#[tokio::test]
async fn data_comes_with_its_schema() {
    let period = output("object", r#"{"period": {"days": 1, "unit": "day"}}"#).await;
    let data = period.structured.unwrap();
    assert_eq!(data.get(), r#"{"days":1,"unit":"day"}"#);
    assert_eq!(period.content, [Content::text(data.get())]);
    let schema = Value::Object((tool("object").output_schema)().unwrap());
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["days", "unit"]));
    assert!(schema.get("$schema").is_none());
}

#[tokio::test]
async fn data_that_is_no_object_is_wrapped() {
    let list = output("list", r#"{"count": 2}"#).await;
    assert_eq!(list.structured.unwrap().get(), r#"{"result":[0,1]}"#);
    assert_eq!(list.content, [Content::text("[0,1]")]);
    let schema = Value::Object((tool("list").output_schema)().unwrap());
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["properties"]["result"]["type"], "array");
    assert_eq!(schema["required"], json!(["result"]));
    assert!((tool("add").output_schema)().is_none());
}

#[tokio::test]
async fn content_has_the_shapes_of_the_protocol() {
    let blocks = serde_json::to_value(output("blocks", "{}").await.content).unwrap();
    let expected = json!([
        {"type": "text", "text": "hi"},
        {"type": "image", "data": "AQID", "mimeType": "image/png"},
        {"type": "audio", "data": "AQID", "mimeType": "audio/wav"},
        {"type": "resource",
            "resource": {"uri": "file:///a", "mimeType": "text/plain", "text": "a"}},
        {"type": "resource", "resource":
            {"uri": "file:///b", "mimeType": "application/octet-stream", "blob": "/w=="}},
        {"type": "resource_link", "uri": "file:///c", "name": "c"},
    ]);
    assert_eq!(blocks, expected);
}

#[tokio::test]
async fn an_error_of_the_tools_own_is_shown_and_any_other_is_not() {
    match outcome("own_error", None, None).await {
        Outcome::Failed(error) => assert_eq!(error.shown(), Some("refused, and said why")),
        _ => panic!("did not fail"),
    }
    match outcome("upstream", None, Some(&ann())).await {
        Outcome::Failed(error) => {
            assert_eq!(error.shown(), Some("this session has no upstream token"));
        }
        _ => panic!("did not fail"),
    }
    match outcome("masked_error", Some(r#"{"text": "x"}"#), None).await {
        Outcome::Failed(error) => {
            assert_eq!(error.shown(), None);
            assert!(error.masked().is_some());
        }
        _ => panic!("did not fail"),
    }
}

#[tokio::test]
async fn the_server_lends_what_is_borrowed() {
    assert_eq!(text("lent", "{}").await, "ann 3 ann");
    assert!(!tool("lent").plain);
    assert!((tool("lent").accepts_app)(&Notes { stored: Vec::new() }));
    assert!(!(tool("lent").accepts_app)(&"another state"));
    assert!((tool("whoami").accepts_app)(&"another state"));
    let lent = (tool("lent").input_schema)();
    assert_eq!(lent["properties"], json!({}));
    match outcome("whoami", None, None).await {
        Outcome::Done(output) => assert_eq!(output.content, [Content::text("nobody")]),
        _ => panic!("failed"),
    }
}

#[test]
fn a_rule_is_what_was_written() {
    assert!(matches!(tool("add").rule, Rule::Default));
    assert!(matches!(tool("whoami").rule, Rule::Public));
    assert!(matches!(tool("lent").rule, Rule::SignedIn));
    let expected = "All([Any([Role(\"admin\"), Role(\"editor\")]), All([Scope(\"a\"), \
                    Scope(\"b\")]), All([Role(\"owner\"), Any([Scope(\"c\"), Check(is_ann), \
                    Check(is_bob)])])])";
    assert_eq!(format!("{:?}", tool("ruled").rule), expected);
}

#[tokio::test]
async fn predicates_are_asked() {
    let with = |subject: &str, scopes: &[&str]| {
        session(Principal {
            subject: subject.to_owned(),
            roles: ["owner", "editor"].map(str::to_owned).into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..Principal::default()
        })
    };
    for (session, expected) in [
        (with("ann", &["a", "b"]), Verdict::Allowed),
        (with("bob", &["a", "b"]), Verdict::Allowed),
        (with("eve", &["a", "b", "c"]), Verdict::Allowed),
    ] {
        assert_eq!(tool("ruled").rule.judge(Some(&session)).await, expected);
    }
    let lacking = tool("ruled").rule.judge(Some(&with("eve", &["a"]))).await;
    assert!(matches!(lacking, Verdict::MissingScopes(_)), "{lacking:?}");
}
