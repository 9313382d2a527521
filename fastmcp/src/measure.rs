//! What a server counts and times, through the `metrics` facade: with no recorder installed, a call
//! costs it two looks at a clock.
//!
//! Every label is a constant of this crate or the declared name of an item. None tells a client, a
//! user or anything that somebody sent, so no stranger can add a series.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Gauge, Histogram, Unit};
use tokio::time::Instant;

/// Calls of items, by `method`, `item` and `outcome`.
const CALLS: &str = "fastmcp_call_duration_seconds";
/// Requests to the identity provider, by `step` and `outcome`.
const PROVIDER: &str = "fastmcp_provider_duration_seconds";
/// Operations of the store, by `operation` and `outcome`.
const STORE: &str = "fastmcp_store_duration_seconds";
/// Decisions of the audit log, by `event` and `reason`.
const DECISIONS: &str = "fastmcp_audit_events_total";
/// What a limit refused, by `limit`.
const REFUSED: &str = "fastmcp_limits_refused_total";

const DURATIONS: [(&str, &str); 3] = [
    (
        CALLS,
        "How long calls of tools, resources and prompts took.",
    ),
    (PROVIDER, "How long requests to the identity provider took."),
    (STORE, "How long operations of the store took."),
];
const COUNTS: [(&str, &str); 2] = [
    (DECISIONS, "Events of the audit log."),
    (REFUSED, "What was refused by a limit."),
];

/// What is open at the moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Open {
    /// Connections of `.serve()`.
    Connections,
    /// Sessions of clients up to 2025-11-25.
    Sessions,
    /// Streams of news.
    Streams,
}

impl Open {
    const ALL: [Self; 3] = [Self::Connections, Self::Sessions, Self::Streams];

    fn name(self) -> &'static str {
        match self {
            Self::Connections => "fastmcp_connections",
            Self::Sessions => "fastmcp_sessions",
            Self::Streams => "fastmcp_streams",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Connections => "Open connections.",
            Self::Sessions => "Open sessions of clients up to 2025-11-25.",
            Self::Streams => "Open streams of news.",
        }
    }

    /// What goes up with each that opens and down with each that closes.
    pub(crate) fn gauge(self) -> Gauge {
        metrics::gauge!(self.name())
    }
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As was asked.
    Ok,
    /// With an error, also one that a tool gave as its result.
    Error,
    /// It was not allowed, or the provider said no.
    Refused,
    /// Somebody else had written meanwhile.
    Conflict,
    /// Out of reach.
    Unavailable,
    /// Nobody waited for its end: it was cancelled, or asks its client first and will run again.
    Dropped,
}

impl Outcome {
    const NUMBER: usize = 6;

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Dropped => "dropped",
        }
    }
}

/// Tells a recorder what the names mean.
pub(crate) fn describe() {
    for (name, words) in DURATIONS {
        metrics::describe_histogram!(name, Unit::Seconds, words);
    }
    for (name, words) in COUNTS {
        metrics::describe_counter!(name, words);
    }
    for open in Open::ALL {
        metrics::describe_gauge!(open.name(), open.words());
    }
}

/// An event of the audit log.
pub(crate) fn decision(event: &'static str, reason: &'static str) {
    metrics::counter!(DECISIONS, "event" => event, "reason" => reason).increment(1);
}

/// Something was refused for want of room.
pub(crate) fn refused(limit: &'static str) {
    metrics::counter!(REFUSED, "limit" => limit).increment(1);
}

/// Durations of one thing, by outcome. A recorder is asked for each outcome once, the first time.
#[derive(Debug)]
pub(crate) struct Times {
    name: &'static str,
    labels: Vec<(&'static str, &'static str)>,
    by_outcome: [OnceLock<Histogram>; Outcome::NUMBER],
}

impl Times {
    /// Calls of an item: its method and declared name.
    pub(crate) fn of_calls(method: &'static str, item: &'static str) -> Self {
        Self::new(CALLS, vec![("method", method), ("item", item)])
    }

    /// Requests to the provider.
    pub(crate) fn of_provider(step: &'static str) -> Self {
        Self::new(PROVIDER, vec![("step", step)])
    }

    /// Operations of the store.
    pub(crate) fn of_store(operation: &'static str) -> Self {
        Self::new(STORE, vec![("operation", operation)])
    }

    fn new(name: &'static str, labels: Vec<(&'static str, &'static str)>) -> Self {
        Self {
            name,
            labels,
            by_outcome: [const { OnceLock::new() }; Outcome::NUMBER],
        }
    }

    /// It begins.
    pub(crate) fn begin(&self) -> Timed<'_> {
        Timed {
            times: self,
            since: Instant::now(),
            outcome: Outcome::Dropped,
        }
    }

    /// It was over before it began.
    pub(crate) fn refused(&self) {
        self.record(Outcome::Refused, Duration::ZERO);
    }

    fn record(&self, outcome: Outcome, took: Duration) {
        let histogram = self.by_outcome[outcome as usize].get_or_init(|| {
            let outcome = [("outcome", outcome.as_str())];
            let labels: Vec<_> = self.labels.iter().chain(&outcome).copied().collect();
            metrics::histogram!(self.name, &labels)
        });
        histogram.record(took);
    }
}

/// Something under way.
#[derive(Debug)]
pub(crate) struct Timed<'a> {
    times: &'a Times,
    since: Instant,
    outcome: Outcome,
}

impl Timed<'_> {
    /// It came to its end.
    pub(crate) fn ended(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.times.record(self.outcome, self.since.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_finds_every_name() {
        let page = include_str!("../../docs/operations.md");
        let names = DURATIONS.iter().chain(&COUNTS).map(|(name, _)| *name);
        for name in names.chain(Open::ALL.map(Open::name)) {
            assert!(page.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
