use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style")]
fn style(user: &AuthSession) -> String { user.subject().to_owned() }

fn main() {}
