//! One future that is polled until it stops before a step, waits, or ends.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::FutureExt as _;

use super::world::{Fate, Step, World};

/// Longer than any pause between two looks.
const NAP: Duration = Duration::from_millis(100);
/// What a task answers, once it has.
pub(in super::super) type Answer<T> = Arc<OnceLock<T>>;

/// Lets others go first.
#[derive(Clone)]
pub(in super::super) struct Pause(pub(super) Arc<World>);

impl Pause {
    pub(in super::super) async fn before(&self, what: &'static str) {
        self.0.stop(Step::Other(what)).await;
    }
}

/// One operation on one node.
pub(super) struct Task {
    pub(super) name: &'static str,
    pub(super) node: usize,
    pub(super) future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    woken: Arc<Woken>,
    /// What it does next; `None` while it waits for a lock.
    pub(super) step: Option<Step>,
    /// Changes when its round of looking began, and whether it sleeps since.
    pub(super) round: Option<u64>,
    pub(super) asleep: Option<u64>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Task {
    /// The task, and where its answer will be.
    pub(super) fn new<T: 'static>(
        node: usize,
        name: &'static str,
        task: impl Future<Output = T> + 'static,
    ) -> (Self, Answer<T>) {
        let answer = Answer::new(OnceLock::new());
        let told = Arc::clone(&answer);
        let future = Box::pin(task.map(move |answer| {
            let _ = told.set(answer);
        }));
        let task = Self {
            name,
            node,
            future: Some(future),
            woken: Arc::new(Woken(AtomicBool::new(true))),
            step: None,
            round: None,
            asleep: None,
        };
        (task, answer)
    }

    pub(super) fn is_ready(&self, changes: u64) -> bool {
        self.future.is_some()
            && self.step.is_some()
            && self.asleep.is_none_or(|since| changes > since)
    }

    pub(super) fn is_woken(&self) -> bool {
        self.future.is_some() && self.step.is_none() && self.woken.0.load(Ordering::SeqCst)
    }

    /// Polls it until it stops before a step, waits for a lock, or ends.
    pub(super) async fn poll(&mut self, world: &World, mut fate: Option<Fate>) {
        loop {
            let Some(future) = &mut self.future else {
                return;
            };
            self.woken.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(&self.woken));
            let mut context = Context::from_waker(&waker);
            let (poll, step) = world.polling(fate.take(), || future.as_mut().poll(&mut context));
            self.step = step;
            if let Poll::Ready(()) = poll {
                (self.future, self.asleep) = (None, None);
                return;
            }
            if step.is_some() {
                return;
            }
            tokio::time::advance(NAP).await;
            if !self.woken.0.load(Ordering::SeqCst) {
                return;
            }
            self.asleep = self.round.take();
        }
    }
}
