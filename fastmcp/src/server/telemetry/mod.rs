//! Traces and metrics of a served process, sent to an OpenTelemetry collector by OTLP over HTTP.
//!
//! The variables are OpenTelemetry's own, and its exporters read them; here is decided only whether
//! anything is sent at all: if an endpoint is named.

mod recorder;

use std::env;

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

use self::recorder::Recorder;
use super::logging::Traces;
use crate::error::Problem;

/// What names this server in traces and metrics.
const SCOPE: &str = "fastmcp";
/// Which spans and events belong to a trace: not those of what sends them.
const TRACED: &str = "info,h2=off,hyper=off,hyper_util=off,opentelemetry=off,opentelemetry_sdk=off,\
                      opentelemetry_otlp=off,reqwest=off,rmcp=off,rustls=off";
const PROTOCOL: &str = "http/protobuf";

/// What is sent.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

impl Telemetry {
    /// What the environment asks for; `server` is its name there unless the environment has one.
    pub(super) fn of_environment(server: &str) -> Result<Self, Problem> {
        let signals = ["TRACES", "METRICS"].map(is_wanted);
        for (signal, wanted) in ["TRACES", "METRICS"].into_iter().zip(signals) {
            if wanted {
                check_protocol(signal)?;
            }
        }
        let [traces, metrics] = signals;
        let resource = resource(server);
        Ok(Self {
            traces: traces.then(|| tracer(&resource)).transpose()?,
            metrics: metrics.then(|| meter(resource)).transpose()?,
        })
    }

    /// The part of a subscriber that sends traces.
    pub(super) fn layer(&self) -> Option<Traces> {
        let tracer = self.traces.as_ref()?.tracer(SCOPE);
        let layer = tracing_opentelemetry::layer::<Registry>().with_tracer(tracer);
        Some(layer.with_filter(EnvFilter::new(TRACED)).boxed())
    }

    /// Sends what is measured from now on, unless the program has a recorder of its own.
    pub(super) fn record(&self) {
        let Some(provider) = &self.metrics else {
            return;
        };
        let recorder = Recorder::new(provider.meter(SCOPE));
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("the program has a recorder of its own, so no metrics are sent by OTLP");
        }
    }

    /// Sends what is left.
    pub(super) async fn stop(self) {
        let stopping = tokio::task::spawn_blocking(move || {
            let traces = self.traces.map(|traces| traces.shutdown());
            let metrics = self.metrics.map(|metrics| metrics.shutdown());
            for error in [traces, metrics]
                .into_iter()
                .flatten()
                .filter_map(Result::err)
            {
                tracing::warn!(%error, "the last traces or metrics were not sent");
            }
        });
        // A panic in there loses what it would have sent, and nothing else.
        let _ = stopping.await;
    }
}

/// Whether a signal is to be sent: there is a collector, and nobody says no.
fn is_wanted(signal: &str) -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set.trim() == value);
    let is_off = is("OTEL_SDK_DISABLED", "true") || is(&format!("OTEL_{signal}_EXPORTER"), "none");
    let names = [
        "OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(),
        of(signal, "ENDPOINT"),
    ];
    !is_off && names.iter().any(|name| set(name).is_some())
}

fn of(signal: &str, what: &str) -> String {
    format!("OTEL_EXPORTER_OTLP_{signal}_{what}")
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The exporters take another protocol for the one that they know.
fn check_protocol(signal: &str) -> Result<(), Problem> {
    let names = [
        of(signal, "PROTOCOL"),
        "OTEL_EXPORTER_OTLP_PROTOCOL".to_owned(),
    ];
    let written = names.iter().find_map(|name| Some((name, set(name)?)));
    match written {
        Some((name, value)) if value.trim() != PROTOCOL => Err(Problem::new(
            "FM0970",
            format!("`{name}` asks for `{value}`, and this program sends `{PROTOCOL}`"),
            format!(
                "write `{name}={PROTOCOL}` or leave it out; a collector listens on port 4318 for it"
            ),
        )),
        _ => Ok(()),
    }
}

fn tracer(resource: &Resource) -> Result<SdkTracerProvider, Problem> {
    let exporter = SpanExporter::builder().with_http().build();
    let exporter = exporter.map_err(|error| unusable(&error))?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_batch_exporter(exporter);
    Ok(provider.build())
}

fn meter(resource: Resource) -> Result<SdkMeterProvider, Problem> {
    let exporter = MetricExporter::builder().with_http().build();
    let exporter = exporter.map_err(|error| unusable(&error))?;
    let provider = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_periodic_exporter(exporter);
    Ok(provider.build())
}

fn unusable(error: &ExporterBuildError) -> Problem {
    Problem::new(
        "FM0970",
        format!("traces and metrics cannot be sent: {error}"),
        "correct the variables that begin with `OTEL_EXPORTER_OTLP_`, or remove them",
    )
}

fn resource(server: &str) -> Resource {
    let named = set("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|all| all.contains("service.name="));
    let builder = Resource::builder();
    if named || set("OTEL_SERVICE_NAME").is_some() {
        return builder.build();
    }
    builder.with_service_name(server.to_owned()).build()
}
