//! The product without a login: two tools.

use fastmcp::prelude::*;

/// Repeat a text.
#[tool(read_only)]
fn echo(text: String) -> String {
    text
}

/// Tell how it goes, ten times.
#[tool(read_only)]
async fn steps(cx: &Context) -> &'static str {
    for step in 1..=10 {
        cx.progress(f64::from(step) / 10.0, "on the way").await;
    }
    "done"
}

/// A server without a login.
#[server]
struct Open;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Open.serve().await
}
