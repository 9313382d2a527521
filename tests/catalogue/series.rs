//! Every series of metrics that the product has begun in this process, without its values.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_global_recorder,
};

/// A series: its name, and its labels with their values.
pub(crate) type Series = (String, Vec<(String, String)>);

static SERIES: Mutex<BTreeSet<Series>> = Mutex::new(BTreeSet::new());

/// From now on they are kept.
pub(crate) fn keep() {
    set_global_recorder(Names).expect("no other recorder");
}

/// All that there are by now.
pub(crate) fn all() -> BTreeSet<Series> {
    lock().clone()
}

struct Names;

impl Names {
    fn note(key: &Key) {
        let labels = key.labels();
        let labels = labels.map(|label| (label.key().to_owned(), label.value().to_owned()));
        lock().insert((key.name().to_owned(), labels.collect()));
    }
}

impl Recorder for Names {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Self::note(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Self::note(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Self::note(key);
        Histogram::noop()
    }
}

fn lock() -> MutexGuard<'static, BTreeSet<Series>> {
    SERIES.lock().unwrap_or_else(PoisonError::into_inner)
}
