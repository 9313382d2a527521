//! What `metrics` is told, as instruments of OpenTelemetry.
//!
//! Own, because the published bridge makes a new instrument at each mention, which loses what a
//! gauge stands at, and its unit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata,
    SharedString, Unit,
};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{self as otel, Meter};

/// Upper ends of the buckets of durations, in seconds: from a look into memory to a long call.
const SECONDS: [f64; 17] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    60.0, 300.0,
];

/// Records into instruments of one meter, one for each name and set of labels.
pub(super) struct Recorder {
    meter: Meter,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    described: HashMap<KeyName, (Option<Unit>, SharedString)>,
    counters: HashMap<Key, Counter>,
    gauges: HashMap<Key, Gauge>,
    histograms: HashMap<Key, Histogram>,
}

impl Recorder {
    pub(super) fn new(meter: Meter) -> Self {
        Self {
            meter,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn describe(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.known().described.insert(name, (unit, words));
    }
}

/// Names an instrument, with what it was said to mean.
macro_rules! instrument {
    ($builder:expr, $key:expr, $described:expr) => {{
        let mut builder = $builder;
        if let Some((unit, words)) = $described.get($key.name()) {
            builder = builder.with_description(words.to_string());
            if let Some(unit) = unit {
                builder = builder.with_unit(unit.as_canonical_label());
            }
        }
        builder
    }};
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe(name, unit, words);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe(name, unit, words);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe(name, unit, words);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let known = &mut *self.known();
        let make = || {
            let builder = self.meter.u64_counter(key.name().to_owned());
            let instrument = instrument!(builder, key, known.described).build();
            Counter::from_arc(Arc::new(Labelled::new(instrument, key)))
        };
        known
            .counters
            .entry(key.clone())
            .or_insert_with(make)
            .clone()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let known = &mut *self.known();
        let make = || {
            let builder = self.meter.f64_up_down_counter(key.name().to_owned());
            let instrument = instrument!(builder, key, known.described).build();
            Gauge::from_arc(Arc::new(Labelled::new(instrument, key)))
        };
        known.gauges.entry(key.clone()).or_insert_with(make).clone()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let known = &mut *self.known();
        let make = || {
            let builder = self.meter.f64_histogram(key.name().to_owned());
            let mut builder = instrument!(builder, key, known.described);
            let unit = known.described.get(key.name()).and_then(|(unit, _)| *unit);
            if unit == Some(Unit::Seconds) {
                builder = builder.with_boundaries(SECONDS.to_vec());
            }
            Histogram::from_arc(Arc::new(Labelled::new(builder.build(), key)))
        };
        known
            .histograms
            .entry(key.clone())
            .or_insert_with(make)
            .clone()
    }
}

/// An instrument with the labels of one series, and where that stands.
struct Labelled<I> {
    instrument: I,
    labels: Vec<KeyValue>,
    stands_at: AtomicU64,
}

impl<I> Labelled<I> {
    fn new(instrument: I, key: &Key) -> Self {
        let labels = key.labels().map(|label| {
            let (name, value) = (label.key().to_owned(), label.value().to_owned());
            KeyValue::new(name, value)
        });
        Self {
            instrument,
            labels: labels.collect(),
            stands_at: AtomicU64::default(),
        }
    }
}

impl CounterFn for Labelled<otel::Counter<u64>> {
    fn increment(&self, value: u64) {
        self.stands_at.fetch_add(value, Ordering::Relaxed);
        self.instrument.add(value, &self.labels);
    }

    fn absolute(&self, value: u64) {
        let before = self.stands_at.fetch_max(value, Ordering::Relaxed);
        self.instrument
            .add(value.saturating_sub(before), &self.labels);
    }
}

/// A sum that may fall: what is added arrives in any order.
impl GaugeFn for Labelled<otel::UpDownCounter<f64>> {
    fn increment(&self, value: f64) {
        let add = |bits| Some((f64::from_bits(bits) + value).to_bits());
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        // `add` always gives a value.
        let _ = self.stands_at.fetch_update(set, fetch, add);
        self.instrument.add(value, &self.labels);
    }

    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        let before = self.stands_at.swap(value.to_bits(), Ordering::Relaxed);
        self.instrument
            .add(value - f64::from_bits(before), &self.labels);
    }
}

impl HistogramFn for Labelled<otel::Histogram<f64>> {
    fn record(&self, value: f64) {
        self.instrument.record(value, &self.labels);
    }
}
