//! Logs of a served process, on standard error: standard output belongs to the stdio transport.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

/// The engine below tells each session with its id at `info`: noise for a person, and an id that a
/// log should not keep.
const DEFAULT: &str = "info,rmcp=warn";

/// Installs a subscriber that obeys `RUST_LOG` (default [`DEFAULT`]), unless the program has its
/// own.
pub(super) fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    // An error means that the program installed its own subscriber first, which then stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .try_init();
}
