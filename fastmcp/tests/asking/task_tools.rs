//! Tools whose calls become tasks.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use fastmcp::prelude::*;
use serde_json::{Value, json};

/// How often a call of `wait` with this `run` began, and how often one was dropped.
static WAITS: LazyLock<Mutex<HashMap<String, (usize, usize)>>> = LazyLock::new(Mutex::default);

pub(crate) fn waits(run: &str) -> (usize, usize) {
    WAITS.lock().unwrap().get(run).copied().unwrap_or_default()
}

struct Waits(String);

impl Waits {
    fn new(run: String) -> Self {
        WAITS.lock().unwrap().entry(run.clone()).or_default().0 += 1;
        Self(run)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        WAITS.lock().unwrap().entry(self.0.clone()).or_default().1 += 1;
    }
}

fn form(field: &str) -> Value {
    json!({ "type": "object", "properties": { field: { "type": "string" } }, "required": [field] })
}

/// Add, as a task if the client can hold one.
#[tool(task)]
fn task_add(a: i64, b: i64) -> Json<i64> {
    Json(a + b)
}

/// Add, as a task.
#[tool(task = "required")]
fn task_add_required(a: i64, b: i64) -> String {
    (a + b).to_string()
}

/// Fail as a tool does.
#[tool(task)]
fn task_fail() -> Result<String> {
    Err(ToolError::new("no such folder"))
}

/// Fail as a request does, where the client has no roots.
#[tool(task)]
async fn task_roots(cx: &Context) -> Result<String> {
    Ok(cx.roots().await?.len().to_string())
}

/// Say more than is kept.
#[tool(task)]
fn task_large() -> String {
    "x".repeat(2 * 1024 * 1024)
}

/// Say where it is, and wait for ever.
#[tool(task)]
async fn task_wait(cx: &Context, run: String) -> String {
    let _waits = Waits::new(run);
    cx.progress(0.5, "half way").await;
    std::future::pending().await
}

/// Ask for a name.
#[tool(task)]
async fn task_name(cx: &Context) -> Result<String> {
    let asked = cx.elicit_schema("Your name?", form("name")).key("name");
    let name = asked.await?.required()?;
    Ok(format!("Hello, {}!", name["name"].as_str().unwrap_or("?")))
}

/// Ask two questions at once, and one after them.
#[tool(task)]
async fn task_three(cx: &Context) -> Result<String> {
    let (name, town) = tokio::join!(
        cx.elicit_schema("Your name?", form("name")),
        cx.elicit_schema("Your town?", form("town")),
    );
    let (name, town) = (name?.required()?, town?.required()?);
    let asked = cx.elicit_schema("Your name?", form("name")).await?;
    Ok(json!([name["name"], town["town"], asked.required()?["name"]]).to_string())
}

/// Ask in rounds, and go on as a task that asks.
#[tool(task = "on_demand")]
async fn task_late(cx: &Context, small: Option<bool>) -> Result<String> {
    let asked = cx.elicit_schema("Your name?", form("name")).key("name");
    let name = asked.await?.required()?;
    if small == Some(true) {
        return Ok("done at once".to_owned());
    }
    let before = cx.is_task();
    let became = cx.begin_task().await;
    let asked = cx.elicit_schema("Your town?", form("town")).key("town");
    let town = asked.await?.required()?;
    Ok(json!([name["name"], town["town"], before, became]).to_string())
}
