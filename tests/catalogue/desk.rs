//! The server that is attacked: its tools.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastmcp::item::ToolError;
use fastmcp::prelude::*;

/// Everything behind a rule leaves a mark here when it runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched(Arc<AtomicU64>);

impl Touched {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn mark(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The server of the catalogue.
#[server(
    auth = custom,
    roles = ["admin", "member"],
    scopes = ["notes:write", "notes:share"],
)]
pub(crate) struct Desk {
    pub(crate) touched: Touched,
}

/// Repeats a text.
#[tool(requires_auth)]
fn echo(app: &Desk, text: String) -> String {
    app.touched.mark();
    text
}

/// Who is signed in.
#[tool(requires_auth)]
fn whoami(app: &Desk, user: &AuthSession) -> String {
    app.touched.mark();
    let (subject, roles, scopes) = (user.subject(), user.roles(), user.scopes());
    serde_json::json!({"subject": subject, "roles": roles, "scopes": scopes}).to_string()
}

/// For admins.
#[tool(roles = ["admin"])]
fn admin_tool(app: &Desk, days: u32) -> String {
    app.touched.mark();
    format!("forty-two after {days} days")
}

/// For admins, and takes its time: for ever after no days.
#[tool(roles = ["admin"], task)]
async fn admin_task(app: &Desk, days: u32) -> String {
    app.touched.mark();
    if days == 0 {
        std::future::pending::<()>().await;
    }
    format!("forty-two after {days} days")
}

/// Needs two scopes.
#[tool(scopes = ["notes:write", "notes:share"])]
fn share_note(app: &Desk, text: String) -> String {
    app.touched.mark();
    text
}

/// Says nothing of who may call it.
#[tool]
fn undeclared(app: &Desk) -> &'static str {
    app.touched.mark();
    "done"
}

/// For everybody.
#[tool(public)]
fn open_hours() -> &'static str {
    "nine to five"
}

/// Tells the provider's token on its way and in its failure, as a careless client of an API would.
#[tool(requires_auth)]
async fn careless(user: &AuthSession, cx: &Context) -> Result<String, ToolError> {
    let token = user.access_token().await.map_err(ToolError::show)?;
    let way = format!("asking the API with {}", token.expose());
    cx.progress(0.5, way.clone()).await;
    cx.info(way).await;
    Err(ToolError::new(format!(
        "the API said: bad token {}",
        token.expose()
    )))
}

/// The first characters of the provider's token.
#[tool(requires_auth)]
async fn upstream_hint(user: &AuthSession) -> Result<String> {
    let token = user.access_token().await?;
    Ok(token.expose().chars().take(4).collect())
}

/// Fails in the worst way.
#[tool(requires_auth)]
async fn panics(user: &AuthSession) -> Result<String> {
    let token = user.access_token().await?;
    panic!("a canary beside {} bytes", token.expose().len())
}

/// What admins read.
#[resource(uri = "desk://ledger", roles = ["admin"])]
fn ledger(app: &Desk) -> &'static str {
    app.touched.mark();
    "forty-two"
}

/// A page of it, for two scopes.
#[resource(uri = "desk://pages/{page}", scopes = ["notes:write", "notes:share"])]
fn page(app: &Desk, #[arg(complete = pages)] page: String) -> String {
    app.touched.mark();
    format!("forty-two on {page}")
}

/// For everybody.
#[resource(uri = "desk://hours", public)]
fn hours() -> &'static str {
    "nine to five"
}

/// What admins ask.
#[prompt(roles = ["admin"])]
fn audit_prompt(app: &Desk, #[arg(complete = pages)] of: String) -> String {
    app.touched.mark();
    format!("audit forty-two of {of}")
}

fn pages(typing: &Completing<'_>) -> Vec<&'static str> {
    if let Some(desk) = typing.state::<Desk>() {
        desk.touched.mark();
    }
    vec!["forty-two", "forty-three"]
}
