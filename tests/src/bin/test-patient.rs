//! A server with a call that lasts until it is let go.

use std::path::Path;
use std::time::Duration;

use fastmcp::prelude::*;

/// Say that it has begun, and wait until there is a file of that name.
#[tool]
async fn wait_for(cx: &Context, file: String) -> &'static str {
    cx.progress(0.5, "begun").await;
    while !Path::new(&file).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    "let go"
}

/// Waits.
#[server]
struct Patient;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Patient.serve().await
}
