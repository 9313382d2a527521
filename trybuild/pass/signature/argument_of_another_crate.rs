use fastmcp::prelude::*;

/// As in the crate `uuid`.
#[derive(Deserialize, JsonSchema)]
struct Uuid(String);

/// Does something.
#[tool]
fn find(id: Uuid) -> String {
    id.0
}

fn main() {}
