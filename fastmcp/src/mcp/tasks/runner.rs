//! Runs the call behind a task to its end, and keeps its record.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep};

use super::quota::Permit;
use super::talk::Talk;
use super::{Entered, wire};
use crate::item::CancelGuard;
use crate::mcp::answer::RpcError;
use crate::mcp::call_rights::CallRights;
use crate::mcp::rights::stopped;
use crate::parts::UnixSeconds;
use crate::task::{LEASE, State, Step, Task, Unreachable};

/// What a call comes to: a result of its method as JSON, or a JSON-RPC error.
pub(super) type Call = BoxFuture<'static, Result<Vec<u8>, RpcError>>;

/// How often a runner turns round by itself.
const TURN: Duration = Duration::from_secs(1);
/// How often it looks whether another node wrote, while nothing is asked.
const LOOK: Duration = Duration::from_secs(5);
/// A call of a tool without `timeout` is given up after this long.
const LONGEST: Duration = Duration::from_hours(24);
/// The largest result that is kept, in bytes.
const MOST: usize = 1024 * 1024;
/// An end that cannot be written is tried again so often, and then left to the lease.
const TRIES: u32 = 60;

/// One call that runs as a task.
pub(super) struct Runner {
    pub(super) here: Entered,
    pub(super) talk: Arc<Talk>,
    pub(super) permit: Permit,
    /// The tool sees to its own time.
    pub(super) has_timeout: bool,
    pub(super) lease_until: UnixSeconds,
}

/// What ends a call from outside.
pub(super) struct Bounds {
    pub(super) guard: CancelGuard,
    pub(super) rights: CallRights,
    pub(super) stopping: watch::Receiver<bool>,
}

/// Why a call runs no more.
enum Over {
    Ended(Result<Vec<u8>, RpcError>),
    Stopped(Step),
    /// The task is over already, or is not there any more.
    Gone,
}

/// A call on its own, stopped with whoever holds this.
struct Running(JoinHandle<Result<Vec<u8>, RpcError>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Runner {
    /// Runs `call`.
    pub(super) async fn run(mut self, call: Call, bounds: Bounds) {
        let Bounds {
            guard,
            rights,
            stopping,
        } = bounds;
        // On its own, so that neither waits for the other.
        let mut running = Running(tokio::spawn(call));
        let over = self.until_over(&mut running, rights, stopping).await;
        if let Over::Ended(_) = over {
            guard.finished();
        } else {
            drop(guard);
        }
        drop(running);
        self.talk.close();
        let step = match over {
            Over::Ended(ended) => Some(Step::End(state(ended))),
            Over::Stopped(step) => Some(step),
            Over::Gone => None,
        };
        if let Some(step) = step {
            self.end(&step).await;
        }
    }

    async fn until_over(
        &mut self,
        running: &mut Running,
        mut rights: CallRights,
        mut stopping: watch::Receiver<bool>,
    ) -> Over {
        let mut revoked = Box::pin(rights.revoked());
        let mut late: Option<Pin<Box<Sleep>>> =
            (!self.has_timeout).then(|| Box::pin(tokio::time::sleep(LONGEST)));
        let mut looked = Instant::now();
        loop {
            let over = tokio::select! {
                biased;
                ended = &mut running.0 => Some(Over::Ended(ended.unwrap_or_else(|_| {
                    Err(RpcError::failed("internal error"))
                }))),
                () = stopped(&mut stopping) => Some(Over::Stopped(failed("the server that ran this task was stopped"))),
                () = &mut revoked => Some(Over::Stopped(Step::Cancel("the login behind this task has ended"))),
                () = is_late(&mut late) => Some(Over::Stopped(failed("the task took too long and was stopped"))),
                () = self.talk.woken() => None,
                () = tokio::time::sleep(TURN) => None,
            };
            if let Some(over) = over {
                return over;
            }
            match self.turn(&mut looked).await {
                Ok(true) => {}
                Ok(false) => return Over::Gone,
                // What was to be written waits for the next turn.
                Err(Unreachable) => tokio::time::sleep(TURN).await,
            }
        }
    }

    /// Takes what has happened into the record, and what is there to the call; tells whether the
    /// task goes on.
    async fn turn(&mut self, looked: &mut Instant) -> Result<bool, Unreachable> {
        let (happened, look) = self.talk.take();
        let now = self.here.tasks.dispatcher.parts().clock.now();
        let writes = !happened.is_nothing() || now + LEASE * 2 / 3 >= self.lease_until;
        let look = look || self.talk.is_waiting() || looked.elapsed() >= LOOK;
        let found = if writes {
            let step = Step::Alive(happened);
            let stepped = self.note(&step).await;
            stepped.inspect_err(|_| {
                if let Step::Alive(happened) = step {
                    self.talk.put_back(happened);
                }
            })
        } else if look {
            self.here.tasks.memory.find(&self.here.place.0).await
        } else {
            return Ok(true);
        };
        *looked = Instant::now();
        let Some(task) = found?.filter(|task| !task.is_over()) else {
            return Ok(false);
        };
        self.lease_until = task.lease_until();
        self.permit.kept_until(task.expires_at());
        self.talk.deliver(task.answers());
        Ok(true)
    }

    async fn note(&self, step: &Step) -> Result<Option<Task>, Unreachable> {
        self.here.tasks.note(self.here.place, step).await
    }

    /// Writes the end, which must not get lost with a store that is away for a moment.
    async fn end(&mut self, step: &Step) {
        for _ in 0..TRIES {
            match self.note(step).await {
                Ok(task) => {
                    let until = task.map_or(0, |task| task.expires_at());
                    self.permit.kept_until(until);
                    return;
                }
                Err(Unreachable) => tokio::time::sleep(LOOK).await,
            }
        }
        tracing::error!("the end of a task could not be stored; it will be told as failed");
    }
}

async fn is_late(late: &mut Option<Pin<Box<Sleep>>>) {
    match late {
        Some(late) => late.await,
        None => std::future::pending().await,
    }
}

/// What is kept of an end.
fn state(ended: Result<Vec<u8>, RpcError>) -> State {
    let error = match ended {
        Ok(result) if result.len() > MOST => {
            RpcError::failed("the result is too large for a task: more than 1,048,576 bytes")
        }
        Ok(result) => match serde_json::from_slice::<Box<RawValue>>(&result) {
            Ok(result) => return State::Completed(result),
            Err(_) => RpcError::failed("internal error"),
        },
        Err(error) => error,
    };
    State::Failed(wire::kept(&error))
}

fn failed(why: &'static str) -> Step {
    let error: Value = json!({ "code": -32603, "message": why });
    Step::End(State::Failed(error))
}
