use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
async fn style() -> String {
    let pages = std::rc::Rc::new(1);
    std::future::ready(()).await;
    pages.to_string()
}

fn main() {}
