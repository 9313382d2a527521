//! Tasks: calls that go on after their answer (MCP extension `io.modelcontextprotocol/tasks`,
//! SEP-2663, with 2026-07-28).
//!
//! Follow a task: `exchange` hands a call of a tool with `task` to `begin`, which keeps the record
//! ([`crate::task`]: states, steps, invariants), answers with the handle and leaves the call to a
//! `runner`. What the call asks and tells goes through its `talk` into the record; `tasks/get`,
//! `tasks/update` and `tasks/cancel` (`methods`) read and change the record alone, so any node
//! answers them. `told` pushes changes on `subscriptions/listen`.
//!
//! - The call runs on one node, which says every twenty seconds that it does. What other nodes wrote
//!   it finds within five seconds, or one while it waits for an answer; what this one wrote, at once.
//! - **Whose a task is** decides where it lies (`place`): another user, another client and another
//!   server look elsewhere and are told what is told of an id that never was. The rule of the tool is
//!   asked again each time. Without a sign-in whoever has the id has the task, and an id has 256
//!   random bits.
//! - A call ends with the login behind it, as far as its token tells, and with its server.
//! - How many tasks run and are kept has limits, for each caller and in all (`quota`); a result is
//!   at most a mebibyte.

mod begin;
mod methods;
mod place;
mod quota;
mod runner;
mod talk;
mod told;
mod way;
mod wire;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use self::begin::Passed;
use self::place::Place;
use self::quota::Quota;
use self::talk::Talk;
pub(crate) use self::told::{MOST as MOST_TOLD, Told};
use super::dispatch::Dispatcher;
use crate::item::News;
use crate::task::{Memory, Moved, Step, Task, Unreachable};

/// The tasks of one endpoint.
pub(crate) struct Tasks {
    memory: Arc<dyn Memory>,
    /// The server that they belong to: others may have the same memory.
    server: Arc<str>,
    dispatcher: Arc<Dispatcher>,
    quota: Arc<Quota>,
    here: Mutex<Here>,
}

/// Held by whoever runs a call here, however that ends.
struct Entered {
    tasks: Arc<Tasks>,
    place: Place,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.tasks.here().0.remove(&self.place);
    }
}

/// The calls that run in this process.
#[derive(Default)]
struct Here(HashMap<Place, Arc<Talk>>);

impl Tasks {
    /// Those of `server`, kept in `memory`.
    pub(crate) fn new(
        memory: Arc<dyn Memory>,
        server: &str,
        dispatcher: &Arc<Dispatcher>,
    ) -> Arc<Self> {
        Arc::new(Self {
            memory,
            server: Arc::from(server),
            dispatcher: Arc::clone(dispatcher),
            quota: Quota::new(dispatcher.parts().clock.clone()),
            here: Mutex::default(),
        })
    }

    /// The task at `place` as it is now. One whose node is gone has failed.
    async fn look(&self, place: Place) -> Result<Option<Task>, Unreachable> {
        let found = self.memory.find(&place.0).await?;
        let now = self.dispatcher.parts().clock.now();
        match found {
            // Its word is not needed where it runs.
            Some(task) if task.is_lapsed(now) && !self.runs_here(place) => {
                self.step(place, &Step::Lapse).await
            }
            found => Ok(found),
        }
    }

    /// Takes a step from outside of the call, and wakes who runs it; gives the task as it is then.
    async fn step(&self, place: Place, step: &Step) -> Result<Option<Task>, Unreachable> {
        let task = self.note(place, step).await?;
        if let Some(talk) = self.here().0.get(&place) {
            talk.look_again();
        }
        Ok(task)
    }

    /// Takes a step of the call itself; gives the task as it is then.
    async fn note(&self, place: Place, step: &Step) -> Result<Option<Task>, Unreachable> {
        let Some((task, moved)) = self.memory.step(&place.0, step).await? else {
            return Ok(None);
        };
        if moved == Moved::Seen {
            let hub = self.dispatcher.control().hub();
            hub.announce(&News::Updated(place.news()));
        }
        Ok(Some(task))
    }

    fn runs_here(&self, place: Place) -> bool {
        self.here().0.contains_key(&place)
    }

    /// Notes that a call runs here.
    fn enter(self: &Arc<Self>, place: Place, talk: &Arc<Talk>) -> Entered {
        self.here().0.insert(place, Arc::clone(talk));
        let tasks = Arc::clone(self);
        Entered { tasks, place }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks")
    }
}
