//! How long calls take, by what was declared.

use std::collections::HashMap;

use super::dispatch::Dispatcher;
use super::operation::Operation;
use crate::item::{Entry, Registry};
use crate::measure::{Timed, Times};

/// The durations of calls, by method and item.
#[derive(Debug)]
pub(super) struct CallTimes(HashMap<(&'static str, &'static str), Times>);

impl CallTimes {
    /// Of everything that is declared.
    pub(super) fn of(registry: &Registry) -> Self {
        let tools = registry.tools().iter().map(|entry| key(*entry));
        let resources = registry.resources().iter().chain(registry.templates());
        let resources = resources.map(|entry| key(*entry));
        let prompts = registry.prompts().iter().map(|entry| key(*entry));
        let all = tools.chain(resources).chain(prompts);
        Self(
            all.map(|(method, item)| ((method, item), Times::of_calls(method, item)))
                .collect(),
        )
    }
}

fn key<E: Entry>(entry: &E) -> (&'static str, &'static str) {
    (E::METHOD, entry.id())
}

impl Dispatcher {
    /// A call begins.
    pub(super) fn time(&self, operation: &Operation) -> Option<Timed<'_>> {
        let times = self.times().0.get(&operation.declared());
        times.map(Times::begin)
    }

    /// A call that its rule refused.
    pub(super) fn note_refused<E: Entry>(&self, entry: &E) {
        if let Some(times) = self.times().0.get(&key(entry)) {
            times.refused();
        }
    }
}
