//! What a running call writes into its client's log (`notifications/message`).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, Notice};

/// How grave a message is (`LoggingLevel` in the MCP schema, RFC 5424 section 6.2.1); the graver is
/// the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Detail for whoever looks for a fault.
    Debug,
    /// How things go.
    Info,
    /// Normal, and worth a look.
    Notice,
    /// Something may go wrong.
    Warning,
    /// An operation failed.
    Error,
    /// A part of the server failed.
    Critical,
    /// Somebody must act now.
    Alert,
    /// Nothing works.
    Emergency,
}

impl LogLevel {
    /// The level of this name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name))
            .ok()
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Messages for the client's log. One is sent only if the client wants its level: since 2026-07-28
/// it says so with each request, earlier with `logging/setLevel`, and without that it gets
/// [`LogLevel::Info`] and above. No secret belongs in there, and nobody's personal data.
impl Context {
    /// Writes `data` into the client's log; dropped if the client does not want it. Waits while the
    /// client is slow to take it.
    ///
    /// ```
    /// # async fn tool(cx: &fastmcp::item::Context) {
    /// use fastmcp::item::LogLevel;
    ///
    /// cx.log(LogLevel::Warning, serde_json::json!({ "skipped": 3 })).await;
    /// cx.info("all read").await;
    /// # }
    /// ```
    pub async fn log(&self, level: LogLevel, data: impl Serialize) {
        if !self.logs(level) {
            return;
        }
        match serde_json::to_value(data) {
            Ok(data) => self.deliver(Notice::Log { level, data }).await,
            Err(error) => tracing::debug!(%error, "a message for a client cannot be written"),
        }
    }

    /// Whether the client wants messages of this level; to spare the work that one takes.
    pub fn logs(&self, level: LogLevel) -> bool {
        self.log_level().is_some_and(|least| level >= least)
    }

    /// [`Context::log`] at [`LogLevel::Debug`].
    pub async fn debug(&self, text: impl Into<String>) {
        self.log(LogLevel::Debug, Value::String(text.into())).await;
    }

    /// [`Context::log`] at [`LogLevel::Info`].
    pub async fn info(&self, text: impl Into<String>) {
        self.log(LogLevel::Info, Value::String(text.into())).await;
    }

    /// [`Context::log`] at [`LogLevel::Warning`].
    pub async fn warning(&self, text: impl Into<String>) {
        self.log(LogLevel::Warning, Value::String(text.into()))
            .await;
    }

    /// [`Context::log`] at [`LogLevel::Error`].
    pub async fn error(&self, text: impl Into<String>) {
        self.log(LogLevel::Error, Value::String(text.into())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_an_order_and_names() {
        assert!(LogLevel::Debug < LogLevel::Info && LogLevel::Alert < LogLevel::Emergency);
        for level in [
            LogLevel::Debug,
            LogLevel::Notice,
            LogLevel::Warning,
            LogLevel::Emergency,
        ] {
            assert_eq!(LogLevel::from_name(level.name()), Some(level));
        }
        for none in ["", "Info", "warn", "trace"] {
            assert_eq!(LogLevel::from_name(none), None);
        }
    }
}
