//! The span of a call, in the trace that its client continues: that of its `_meta` (2026-07-28,
//! basic, section "OpenTelemetry trace context"), which only the client writes, else that of the
//! HTTP request, which proxies write too.

use serde_json::value::RawValue;
use tracing::{Span, field};

use super::exchange::Caller;
use super::frame::text;
use super::operation::Operation;
use super::params::Meta;
use crate::trace::{self, Sender};

/// The span of a call over HTTP.
pub(super) fn of(operation: &Operation, caller: &Caller, meta: &Meta<'_>) -> Span {
    let span = plain(operation);
    if !span.is_disabled() {
        let text = |raw: Option<&RawValue>| raw.and_then(text).map(String::from);
        let (parent, state) = (text(meta.traceparent), text(meta.tracestate));
        let own = Sender::new(parent.as_deref(), state.as_deref());
        own.or(&caller.trace).contains(&span);
    }
    span
}

/// The span of a call that nobody's trace contains yet.
pub(super) fn plain(operation: &Operation) -> Span {
    let (method, item) = operation.declared();
    let target = operation.target();
    macro_rules! call {
        ($level:expr) => {
            tracing::span!(
                $level,
                "call",
                method,
                target,
                otel.kind = field::Empty,
                otel.name = field::Empty,
                otel.status_code = field::Empty,
                traceparent = field::Empty
            )
        };
    }
    // A call that says nothing while it runs has no use for a span in a log.
    let span = if operation.is_plain() {
        call!(trace::LEVEL)
    } else {
        call!(tracing::Level::INFO)
    };
    if !span.is_disabled() {
        trace::name(&span, "server", method, item);
    }
    span
}
