//! An operator's commands over the store that a server uses, by the same variables:
//!
//! ```sh
//! FASTMCP_STORE=redis://… cargo run -p examples --features admin --bin admin -- grants
//! ```

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    fastmcp::admin::run(std::env::args_os()).await
}
