//! What a call can do while it runs.

use std::time::Duration;

use fastmcp::prelude::*;
use tokio::time::sleep;

const STEP: Duration = Duration::from_millis(50);

/// Tell how far it is.
#[tool]
async fn test_tool_with_progress(cx: &Context) -> &'static str {
    for done in [0.0, 50.0, 100.0] {
        cx.progress_of(done, 100.0, format!("Completed step {done} of 100"))
            .await;
        sleep(STEP).await;
    }
    "Tool with progress executed successfully"
}

/// Write into the client's log.
#[tool]
async fn test_tool_with_logging(cx: &Context) -> &'static str {
    for text in [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ] {
        cx.info(text).await;
        sleep(STEP).await;
    }
    "Tool with logging executed successfully"
}

/// Write into the log of a client that asked for it in its request.
#[tool]
async fn test_logging_tool(cx: &Context) -> &'static str {
    cx.info("This is a log message").await;
    "Logged, if anybody wanted to know"
}

/// Let the connection go, and answer when the client is back.
#[tool]
async fn test_reconnection(cx: &Context) -> &'static str {
    cx.close_stream().await;
    sleep(STEP * 2).await;
    "Reconnection test completed successfully"
}

/// Say that the tools have changed.
#[tool]
fn test_trigger_tool_change(cx: &Context) -> &'static str {
    cx.control().tools_changed();
    "Told that the tools have changed"
}

/// Say that the prompts have changed.
#[tool]
fn test_trigger_prompt_change(cx: &Context) -> &'static str {
    cx.control().prompts_changed();
    "Told that the prompts have changed"
}
