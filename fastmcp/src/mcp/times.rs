//! How long calls take, by what was declared.

use std::collections::HashMap;
use std::ptr;

use super::dispatch::Dispatcher;
use super::operation::Operation;
use crate::item::{Entry, Registry};
use crate::measure::{Timed, Times};

/// The durations of calls, by the item: by where it lies, for that is quicker to find than its name.
#[derive(Debug)]
pub(super) struct CallTimes(HashMap<usize, Times>);

impl CallTimes {
    /// Of everything that is declared.
    pub(super) fn of(registry: &Registry) -> Self {
        let tools = registry.tools().iter().map(|entry| timed(*entry));
        let resources = registry.resources().iter().chain(registry.templates());
        let resources = resources.map(|entry| timed(*entry));
        let prompts = registry.prompts().iter().map(|entry| timed(*entry));
        let all = tools.chain(resources).chain(prompts);
        Self(all.collect())
    }
}

fn timed<E: Entry>(entry: &'static E) -> (usize, Times) {
    (key(entry), Times::of_calls(E::METHOD, entry.id()))
}

fn key<E: Entry>(entry: &'static E) -> usize {
    ptr::from_ref(entry).addr()
}

impl Operation {
    fn key(&self) -> usize {
        match self {
            Self::Call(cleared) => key(cleared.entry()),
            Self::Read(cleared, _) => key(cleared.entry()),
            Self::Get(cleared) => key(cleared.entry()),
        }
    }
}

impl Dispatcher {
    /// A call begins.
    pub(super) fn time(&self, operation: &Operation) -> Option<Timed<'_>> {
        let times = self.times().0.get(&operation.key());
        times.map(Times::begin)
    }

    /// A call that its rule refused.
    pub(super) fn note_refused<E: Entry>(&self, entry: &'static E) {
        if let Some(times) = self.times().0.get(&key(entry)) {
            times.refused();
        }
    }
}
