//! Where events go.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{AuditEntry, AuditEvent, caller};
use crate::measure;

type Hear = Arc<dyn Fn(&AuditEntry) + Send + Sync>;

/// Where events go: always to `tracing`, and to every listener. Cheap to clone.
#[derive(Clone, Default)]
pub struct AuditLog(Arc<[Hear]>);

impl AuditLog {
    /// The same, and `hear` is called with every event, in the task that answers the request: let it
    /// be quick, and hand what takes long to a task of its own. If it panics, the request is answered
    /// as if it had not.
    #[must_use]
    pub fn heard_by(&self, hear: impl Fn(&AuditEntry) + Send + Sync + 'static) -> Self {
        let more: Hear = Arc::new(hear);
        Self(self.0.iter().cloned().chain([more]).collect())
    }

    /// The listeners of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&*other.0).cloned().collect())
    }

    /// Tells that `event` happened at `time`, in seconds since the Unix epoch.
    pub fn record(&self, time: u64, event: AuditEvent) {
        let address = caller();
        event.trace(address);
        measure::decision(event.name(), event.reason());
        if let AuditEvent::RateLimited { limit, .. } = event {
            measure::refused(limit);
        }
        if !self.0.is_empty() {
            let entry = AuditEntry {
                time,
                address,
                event,
            };
            for hear in &*self.0 {
                // The event happened all the same, and the others are to hear of it.
                if catch_unwind(AssertUnwindSafe(|| hear(&entry))).is_err() {
                    tracing::error!("a listener of the audit log panicked");
                }
            }
        }
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditLog")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::audit::{AuditId, on_behalf_of};

    #[tokio::test]
    async fn every_listener_hears_the_event_its_time_and_its_caller() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = || {
            let heard = Arc::clone(&heard);
            move |entry: &AuditEntry| heard.lock().unwrap().push(entry.clone())
        };
        let log = AuditLog::default()
            .heard_by(listener())
            .heard_by(listener());
        let client = AuditId::of("c");
        let event = AuditEvent::ConsentDenied { client };
        let address = "192.0.2.7".parse().ok();
        on_behalf_of(address, async { log.record(5, event.clone()) }).await;
        log.record(6, event.clone());
        let heard = heard.lock().unwrap();
        let seen: Vec<_> = heard
            .iter()
            .map(|entry| (entry.time, entry.address))
            .collect();
        assert_eq!(seen, [(5, address), (5, address), (6, None), (6, None)]);
        assert!(heard.iter().all(|entry| entry.event == event));
    }

    #[test]
    fn a_listener_that_panics_keeps_nothing_from_the_others() {
        let heard = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&heard);
        let log = AuditLog::default()
            .heard_by(|_| panic!("a fault of the listener"))
            .heard_by(move |_| *counted.lock().unwrap() += 1);
        let client = AuditId::of("c");
        log.record(5, AuditEvent::ConsentDenied { client });
        assert_eq!(*heard.lock().unwrap(), 1);
    }
}
