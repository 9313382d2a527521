//! Calls that go on after their answer: the extension `io.modelcontextprotocol/tasks`.

use std::time::Duration;

use fastmcp::prelude::*;
use tokio::time::sleep;

/// Whether to go on.
#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Really?
    confirm: bool,
}

/// How somebody is called.
#[derive(Deserialize, JsonSchema)]
struct Name {
    name: String,
}

/// Say hello, at once.
#[tool]
fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Compute for some seconds.
#[tool(task)]
async fn slow_compute(cx: &Context, seconds: u32) -> String {
    for second in 0..seconds {
        cx.progress_of(f64::from(second), f64::from(seconds), "")
            .await;
        sleep(Duration::from_secs(1)).await;
    }
    format!("computed for {seconds} s")
}

/// Fail, as tools do, after a second.
#[tool(task = "required")]
async fn failing_job() -> Result<String> {
    sleep(Duration::from_secs(1)).await;
    Err(ToolError::new("the job failed"))
}

/// Fail as a request does: its client has no roots to name.
#[tool(task)]
async fn protocol_error_job(cx: &Context) -> Result<String> {
    let roots = cx.roots().await?;
    Ok(format!("{} roots", roots.len()))
}

/// Delete a file, if the person agrees.
#[tool(task)]
async fn confirm_delete(cx: &Context, filename: String) -> Result<String> {
    let asked = cx.elicit::<Confirmation>(format!("Delete {filename}?"));
    let agreed = asked.await?.accepted().is_some_and(|it| it.confirm);
    Ok(format!(
        "{filename} was {}deleted",
        if agreed { "" } else { "not " }
    ))
}

/// Ask two questions at once.
#[tool(task)]
async fn multi_input(cx: &Context) -> Result<String> {
    let (name, confirmed) = tokio::join!(
        cx.elicit::<Name>("What is your name?"),
        cx.elicit::<Confirmation>("Shall we?"),
    );
    let (name, confirmed) = (name?.accepted(), confirmed?.accepted());
    let name = name.map_or_else(|| "somebody".to_owned(), |it| it.name);
    Ok(format!(
        "{name}: {}",
        confirmed.is_some_and(|it| it.confirm)
    ))
}

/// Ask first, and go on as a task.
#[tool(task = "on_demand")]
async fn test_tool_with_task(cx: &Context) -> Result<String> {
    let asked = cx.elicit::<Name>("What is your name?").key("user_name");
    let name = asked.await?.required()?.name;
    cx.begin_task().await;
    Ok(format!("Hello, {name}, from a task"))
}
