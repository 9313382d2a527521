use fastmcp::prelude::*;

/// Does something.
#[tool(jwt_signing_key = "s3cr3t")]
fn purge() {}

fn main() {}
