//! Descriptions that macros make, and texts of every kind as answers.
#![deny(warnings)]

use std::borrow::Cow;
use std::sync::Arc;

use fastmcp::prelude::*;

/// Greets.
#[doc = concat!("At most ", 3, " times.")]
#[tool]
fn greet(#[doc = concat!("Whom", " to greet.")] name: String, loudly: bool) -> Cow<'static, str> {
    if loudly {
        Cow::Owned(name.to_uppercase())
    } else {
        Cow::Borrowed("hello")
    }
}

/// A text that is shared.
#[tool]
async fn shared(app: &Words) -> Result<Arc<str>> {
    Ok(Arc::clone(&app.0))
}

/// A text in a box.
#[tool]
fn boxed() -> Box<str> {
    "hello".into()
}

#[doc = concat!("Says ", "hello.")]
#[server]
struct Words(Arc<str>);

fn main() {
    let _server = Words("hello".into()).into_server();
}
