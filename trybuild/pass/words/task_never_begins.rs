use fastmcp::prelude::*;

/// Does something.
#[tool(task = "on_demand")]
async fn purge(cx: &Context, days: u32) {
    if days > 30 {
        cx.begin_task().await;
    }
}

/// Does something that takes long.
#[tool(task)]
async fn rebuild() {}

fn main() {}
