use fastmcp::prelude::*;

/// The style guide.
#[resource(uri = "docs://style", requires_auth)]
fn style(user: &AuthSession) -> String { user.subject().to_owned() }

fn main() {}
