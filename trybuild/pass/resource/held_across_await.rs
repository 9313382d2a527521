use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
async fn style() -> String {
    let pages = std::sync::Arc::new(1);
    std::future::ready(()).await;
    pages.to_string()
}

fn main() {}
