//! How a call becomes a task: at once, or where the tool says so.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::talk::Talk;
use crate::item::{Ask, AskError, Asker, Capabilities, Fits, TaskWay};

/// Of a call that is a task from its first line.
pub(super) struct AtOnce;

impl TaskWay for AtOnce {
    fn is_task(&self) -> bool {
        true
    }

    fn begin(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Of a call that becomes a task when it wants to: before, it asks in rounds, and after, through
/// its record.
pub(super) struct Threshold {
    rounds: Arc<dyn Asker>,
    talk: Arc<Talk>,
    wanted: Notify,
    passed: watch::Sender<bool>,
}

impl Threshold {
    pub(super) fn new(rounds: Arc<dyn Asker>, talk: &Arc<Talk>) -> Arc<Self> {
        Arc::new(Self {
            rounds,
            talk: Arc::clone(talk),
            wanted: Notify::new(),
            passed: watch::Sender::new(false),
        })
    }

    /// Done when the call wants to be a task.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// It is one.
    pub(super) fn pass(&self) {
        self.passed.send_replace(true);
    }
}

impl TaskWay for Threshold {
    fn is_task(&self) -> bool {
        *self.passed.borrow()
    }

    fn begin(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.wanted.notify_one();
            // The sender is this very threshold, so it cannot be gone.
            drop(self.passed.subscribe().wait_for(|passed| *passed).await);
        })
    }
}

impl Asker for Threshold {
    fn capabilities(&self) -> Capabilities {
        self.talk.capabilities()
    }

    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
        if self.is_task() {
            self.talk.ask(ask, fits)
        } else {
            self.rounds.ask(ask, fits)
        }
    }
}
