use fastmcp::prelude::*;

/// How long.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Period {
    days: u32,
}

/// Does something.
#[tool]
fn last() -> Json<Perod> {
    Json(Period { days: 1 })
}

fn main() {}
