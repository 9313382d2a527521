//! The tools that the tests look at, and how to call them.

use std::fmt;

use fastmcp::auth::Principal;
use fastmcp::item::{Call, Outcome, Registry, ResourceLink, ToolEntry, ToolOutput};
use fastmcp::prelude::*;

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
pub(crate) struct Notes {
    pub(crate) stored: Vec<String>,
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
    #[arg(header = "Zebra")] zebra: Option<u32>,
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

pub(crate) fn tool(name: &str) -> &'static ToolEntry {
    Registry::collect().unwrap().tool(name).unwrap()
}

pub(crate) fn session(principal: Principal) -> AuthSession {
    AuthSession::new(principal, None)
}

pub(crate) fn ann() -> AuthSession {
    session(Principal {
        subject: "ann".to_owned(),
        ..Principal::default()
    })
}

pub(crate) async fn outcome(
    name: &str,
    arguments: Option<&str>,
    user: Option<&AuthSession>,
) -> Outcome {
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

pub(crate) async fn output(name: &str, arguments: &str) -> ToolOutput {
    match outcome(name, Some(arguments), Some(&ann())).await {
        Outcome::Done(output) => output,
        Outcome::Failed(error) => panic!("failed: {error:?}"),
        Outcome::Invalid(fault) => panic!("invalid: {fault}"),
    }
}

pub(crate) async fn text(name: &str, arguments: &str) -> String {
    match &output(name, arguments).await.content[..] {
        [Content::Text { text }] => text.clone(),
        other => panic!("not one text: {other:?}"),
    }
}

pub(crate) async fn refusal(name: &str, arguments: &str) -> String {
    match outcome(name, Some(arguments), Some(&ann())).await {
        Outcome::Invalid(fault) => fault.0,
        _ => panic!("was accepted"),
    }
}
