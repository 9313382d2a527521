use fastmcp::prelude::*;

use std::rc::Rc;
use std::sync::Arc;

#[server]
struct Notes {
    _shared: Arc<str>,
    _cache: Option<Rc<String>>,
}

/// Does something.
#[tool]
async fn read(app: &Notes) -> String {
    std::future::ready(()).await;
    app._shared.to_string()
}

fn main() {}
