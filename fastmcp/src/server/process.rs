//! What a server that has the process to itself sets up before anything else, and gives up last:
//! its log, and what it sends to a collector.

use super::logging;
#[cfg(feature = "opentelemetry")]
use super::telemetry::Telemetry;
use crate::error::Problem;

/// The process of one server.
#[derive(Debug)]
pub(super) struct Process {
    #[cfg(feature = "opentelemetry")]
    telemetry: Telemetry,
}

impl Process {
    /// Logs from now on, and sends what the environment asks for; `server` is the name of both.
    #[cfg(feature = "opentelemetry")]
    pub(super) fn begin(server: &str) -> Result<Self, Problem> {
        match Telemetry::of_environment(server) {
            Ok(telemetry) => {
                logging::init(telemetry.layer());
                telemetry.record();
                Ok(Self { telemetry })
            }
            Err(problem) => {
                logging::init(None);
                Err(problem)
            }
        }
    }

    #[cfg(not(feature = "opentelemetry"))]
    #[allow(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    pub(super) fn begin(_: &str) -> Result<Self, Problem> {
        logging::init(None);
        Ok(Self {})
    }

    /// Sends what is left.
    #[cfg_attr(
        not(feature = "opentelemetry"),
        allow(clippy::unused_async, clippy::unused_self, reason = "nothing is")
    )]
    pub(super) async fn end(self) {
        #[cfg(feature = "opentelemetry")]
        self.telemetry.stop().await;
    }
}
