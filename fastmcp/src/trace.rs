//! Traces (W3C Trace Context): a call continues the trace of its client, and what the provider is
//! asked for it continues that of the call.
//!
//! The spans are `tracing`'s. With the feature `opentelemetry` they have the parent that the client
//! names, and requests to the provider carry their own place on; without it nothing else is done
//! than to note the client's trace in the log.

use http::HeaderMap;
use tracing::{Level, Span};

/// The level of spans that only a trace has a use for.
pub(crate) const LEVEL: Level = if cfg!(feature = "opentelemetry") {
    Level::INFO
} else {
    Level::DEBUG
};

/// The trace of whoever sent something, as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sender {
    traceparent: Option<String>,
    tracestate: Option<String>,
}

impl Sender {
    /// That of a trace in its form, else none.
    pub(crate) fn new(traceparent: Option<&str>, tracestate: Option<&str>) -> Self {
        let traceparent = traceparent.filter(|trace| is_traceparent(trace));
        Self {
            // One without the other says nothing (section 3.3.1.1).
            tracestate: traceparent.and(tracestate).map(str::to_owned),
            traceparent: traceparent.map(str::to_owned),
        }
    }

    /// What the headers of a request tell.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        match text("traceparent") {
            None => Self::default(),
            traceparent => Self::new(traceparent, text("tracestate")),
        }
    }

    /// The same, or `other` if it tells none.
    pub(crate) fn or(self, other: &Self) -> Self {
        if self.traceparent.is_some() {
            self
        } else {
            other.clone()
        }
    }

    /// Makes `span` a part of it.
    pub(crate) fn contains(&self, span: &Span) {
        if let Some(traceparent) = &self.traceparent {
            span.record("traceparent", traceparent.as_str());
            tracer::set_parent(span, traceparent, self.tracestate.as_deref());
        }
    }
}

/// Gives a span what a tracer calls it by: of few values, so no address and no argument.
pub(crate) fn name(span: &Span, kind: &'static str, method: &str, item: &str) {
    if cfg!(feature = "opentelemetry") {
        span.record("otel.kind", kind);
        span.record("otel.name", format_args!("{method} {item}").to_string());
    }
}

/// What the span stands for has failed.
pub(crate) fn failed(span: &Span) {
    if cfg!(feature = "opentelemetry") {
        span.record("otel.status_code", "ERROR");
    }
}

/// The headers by which whoever is asked within this task's span can continue its trace.
pub(crate) fn onward() -> HeaderMap {
    tracer::onward(&Span::current())
}

/// W3C Trace Context, section 3.2.2.
fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        let digits = part
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        part.len() == length && digits
    };
    let parts: Vec<_> = text.splitn(5, '-').collect();
    match parts[..] {
        [version, trace, parent, flags] => {
            hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2)
        }
        _ => false,
    }
}

#[cfg(not(feature = "opentelemetry"))]
mod tracer {
    use http::HeaderMap;
    use tracing::Span;

    pub(super) fn set_parent(_: &Span, _: &str, _: Option<&str>) {}

    pub(super) fn onward(_: &Span) -> HeaderMap {
        HeaderMap::new()
    }
}

#[cfg(feature = "opentelemetry")]
mod tracer {
    use std::collections::HashMap;

    use http::{HeaderMap, HeaderName, HeaderValue};
    use opentelemetry::propagation::TextMapPropagator as _;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing::Span;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    pub(super) fn set_parent(span: &Span, traceparent: &str, tracestate: Option<&str>) {
        let mut sent = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
        sent.extend(tracestate.map(|state| ("tracestate".to_owned(), state.to_owned())));
        let parent = TraceContextPropagator::new().extract(&sent);
        // An error means that no tracer listens.
        let _ = span.set_parent(parent);
    }

    pub(super) fn onward(span: &Span) -> HeaderMap {
        let mut told = HashMap::<String, String>::new();
        TraceContextPropagator::new().inject_context(&span.context(), &mut told);
        let headers = told.into_iter().filter_map(|(name, value)| {
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::try_from(value).ok()?))
        });
        headers.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_is_taken_over_only_in_its_form() {
        assert!(is_traceparent(GOOD));
        for bad in [
            "",
            "00",
            &GOOD[1..],
            &GOOD.to_uppercase(),
            &format!("{GOOD}-x"),
            &GOOD.replace('f', "\n"),
        ] {
            assert!(!is_traceparent(bad), "{bad}");
        }
    }

    #[test]
    fn the_first_that_tells_a_trace_counts_and_a_state_alone_tells_none() {
        let of_body = Sender::new(Some(GOOD), None);
        let mut headers = HeaderMap::new();
        headers.insert("tracestate", http::HeaderValue::from_static("a=b"));
        assert!(Sender::of(&headers).tracestate.is_none());
        headers.insert("traceparent", http::HeaderValue::from_static(GOOD));
        let of_headers = Sender::of(&headers);
        assert_eq!(of_headers.tracestate.as_deref(), Some("a=b"));
        assert_eq!(of_body.or(&of_headers).tracestate, None);
        let nothing = Sender::new(Some("strange"), Some("a=b"));
        assert_eq!(nothing.or(&of_headers).tracestate.as_deref(), Some("a=b"));
    }
}
