//! Logs of a served process, on standard error: standard output belongs to the stdio transport.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// The engine below tells each session with its id at `info`: noise for a person, and an id that a
/// log should not keep.
const DEFAULT: &str = "info,rmcp=warn";

/// What sends spans elsewhere.
pub(super) type Traces = Box<dyn Layer<Registry> + Send + Sync>;

/// Installs a subscriber that obeys `RUST_LOG` (default [`DEFAULT`]) and has `traces` in it, unless
/// the program has its own.
pub(super) fn init(traces: Option<Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let ansi = stderr().is_terminal();
    // An error means that the program installed its own subscriber first, which then stays.
    let _ = match traces {
        None => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(stderr)
            .with_ansi(ansi)
            .try_init(),
        Some(traces) => {
            let log = tracing_subscriber::fmt::layer();
            let log = log.with_writer(stderr).with_ansi(ansi).with_filter(filter);
            let both = tracing_subscriber::registry().with(traces).with(log);
            both.try_init().map_err(Into::into)
        }
    };
}
