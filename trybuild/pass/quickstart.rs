use fastmcp::prelude::*;

/// Add two numbers.
#[tool(read_only, idempotent)]
async fn add(
    /// The first number.
    a: f64,
    /// The second number.
    b: f64,
) -> f64 {
    a + b
}

/// Arithmetic for agents.
#[server]
struct Calculator;

fn main() {
    let _server = Calculator.into_server();
}
