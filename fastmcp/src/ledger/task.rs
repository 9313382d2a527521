//! Tasks: calls that go on after their answer. How one may change is in [`crate::task`]; here each
//! change is one compare-and-set, tried again from the beginning where another came first.

use futures_util::future::BoxFuture;

use super::{Error, Ledger};
use crate::store::{Expected, Put};
use crate::task::{Memory, Moved, Step, Task, Unreachable};

const KIND: &str = "task";
/// More often than this nobody comes first in good faith.
const TRIES: usize = 64;

impl Ledger {
    async fn step_task(&self, id: &[u8; 32], step: &Step) -> Result<Option<(Task, Moved)>, Error> {
        for _ in 0..TRIES {
            let Some(live) = self.read::<Task>(KIND, id).await? else {
                return Ok(None);
            };
            let mut task = live.value;
            let moved = task.step(step, self.now());
            if moved == Moved::Not {
                return Ok(Some((task, moved)));
            }
            let expected = Expected::Version(live.version);
            let put = self
                .sealed()
                .put(KIND, id, &task, task.expires_at(), expected);
            if let Put::Done(_) = put.await? {
                return Ok(Some((task, moved)));
            }
        }
        Err(Error::unavailable("too many change one task at once"))
    }
}

impl Memory for Ledger {
    fn begin<'a>(
        &'a self,
        id: &'a [u8; 32],
        task: &'a Task,
    ) -> BoxFuture<'a, Result<bool, Unreachable>> {
        Box::pin(async move {
            let put = self.create(KIND, id, task, task.expires_at()).await;
            let put = put.map_err(|error| unreachable(&error))?;
            Ok(matches!(put, Put::Done(_)))
        })
    }

    fn find<'a>(&'a self, id: &'a [u8; 32]) -> BoxFuture<'a, Result<Option<Task>, Unreachable>> {
        Box::pin(async move {
            let live = self.read::<Task>(KIND, id).await;
            let live = live.map_err(|error| unreachable(&error))?;
            Ok(live.map(|live| live.value))
        })
    }

    fn step<'a>(
        &'a self,
        id: &'a [u8; 32],
        step: &'a Step,
    ) -> BoxFuture<'a, Result<Option<(Task, Moved)>, Unreachable>> {
        Box::pin(async move {
            let stepped = self.step_task(id, step).await;
            stepped.map_err(|error| unreachable(&error))
        })
    }
}

fn unreachable(error: &Error) -> Unreachable {
    tracing::warn!(%error, "a task cannot be looked up");
    Unreachable
}
