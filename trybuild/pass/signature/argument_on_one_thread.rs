use fastmcp::prelude::*;

/// Does something.
#[tool]
async fn count(note: std::sync::Arc<str>) -> usize {
    std::future::ready(()).await;
    note.len()
}

fn main() {}
