//! A call becomes a task: its record is kept, its client gets the handle, and it goes on.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use super::place::Place;
use super::runner::{Bounds, Call, Runner};
use super::talk::Talk;
use super::way::{AtOnce, Threshold};
use super::{Tasks, wire};
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Asker, Cancellation, Capabilities, Capability, Context, TaskSupport, ToolEntry};
use crate::mcp::answer::{self, RpcError};
use crate::mcp::call_rights::CallRights;
use crate::mcp::dispatch::Cleared;
use crate::mcp::edge::Edge;
use crate::mcp::exchange::{Caller, Reply};
use crate::mcp::live::{Live, declared};
use crate::mcp::operation::Operation;
use crate::mcp::params::Params;
use crate::mcp::revision::Era;
use crate::mcp::session::Owner;
use crate::mcp::span;
use crate::mcp::stream::Ended;
use crate::task::Task;

/// A call of 2026-07-28 that passed the gate.
pub(crate) struct Passed<'a> {
    pub(crate) cleared: &'a Cleared<ToolEntry>,
    pub(crate) arguments: Option<&'a str>,
    pub(crate) caller: &'a Caller,
    pub(crate) headers: &'a HeaderMap,
    /// The id of the request, as JSON.
    pub(crate) id: &'a str,
    pub(crate) params: &'a Params<'a>,
}

/// What a call is lent, and what ends it.
struct Lent {
    context: Context,
    talk: Arc<Talk>,
    bounds: Bounds,
}

impl Edge {
    /// Answers the call where it becomes a task, or may; `None` where it is a call as any other: the
    /// tool never is a task, or its client cannot hold one.
    pub(crate) async fn as_task(
        self: &Arc<Self>,
        support: TaskSupport,
        call: &Passed<'_>,
    ) -> Option<Reply> {
        let tasks = self.tasks.as_ref()?;
        let declared = declared(call.params);
        if !declared.has(Capability::Tasks) {
            // One that needs a task says so itself.
            return None;
        }
        if call.caller.user.is_none() && self.demands_sign_in() {
            // A task belongs to somebody.
            let refused = Reply::Refused(Refusal::SignIn);
            return (support == TaskSupport::Required).then_some(refused);
        }
        match support {
            TaskSupport::OnDemand => Some(self.on_demand(tasks, call, declared).await),
            // It has begun in rounds, for a client that could not hold a task then.
            TaskSupport::Optional if call.params.request_state.is_some() => None,
            TaskSupport::Optional | TaskSupport::Required => {
                Some(self.at_once(tasks, call, declared).await)
            }
        }
    }

    async fn at_once(
        self: &Arc<Self>,
        tasks: &Arc<Tasks>,
        call: &Passed<'_>,
        declared: Capabilities,
    ) -> Reply {
        let lent = self.lend(call, Talk::new(declared));
        let asker: Arc<dyn Asker> = Arc::clone(&lent.talk) as _;
        let context = lent.context.with_asker(Some(asker));
        let running = self.call_alone(call, context.with_task(Arc::new(AtOnce)));
        let launched = self.launch(tasks, call, &lent.talk).await;
        launched.map_or_else(Reply::Error, |(runner, answer)| {
            start(runner, running, lent.bounds);
            Reply::Done(answer)
        })
    }

    async fn on_demand(
        self: &Arc<Self>,
        tasks: &Arc<Tasks>,
        call: &Passed<'_>,
        declared: Capabilities,
    ) -> Reply {
        let name = call.cleared.entry().name;
        let live = Live {
            method: "tools/call",
            target: name,
            arguments: call.arguments,
            timeout: call.cleared.entry().timeout,
            // The call brings its own.
            span: Span::none(),
        };
        let mut attempt = match self.attempt(&live, call.caller, call.params).await {
            Ok(attempt) => attempt,
            Err(error) => return error.into(),
        };
        let lent = self.lend(call, Talk::new(declared));
        let threshold = Threshold::new(attempt.asker(), &lent.talk);
        let asker: Arc<dyn Asker> = Arc::clone(&threshold) as _;
        let context = lent.context.with_asker(Some(asker));
        let mut running = self.call_alone(call, context.with_task(Arc::clone(&threshold) as _));
        let ran = attempt.run_unless(&mut running, threshold.wanted()).await;
        let ended = match ran {
            Err(error) => Err(error),
            Ok(Some(Ok(ended))) => {
                lent.bounds.guard.finished();
                ended
            }
            Ok(Some(Err(asks))) => Ok(self.input_required(&asks)),
            Ok(None) => {
                let launched = self.launch(tasks, call, &lent.talk).await;
                return launched.map_or_else(Reply::Error, |(runner, answer)| {
                    attempt.spend();
                    threshold.pass();
                    start(runner, running, lent.bounds);
                    Reply::Done(answer)
                });
            }
        };
        let ended = ended.map(|result| answer::success(call.id, &result));
        Reply::Ended(Ended::of(ended, Era::Modern, call.id))
    }

    /// What every call is lent that is a task, or may be.
    fn lend(self: &Arc<Self>, call: &Passed<'_>, talk: Arc<Talk>) -> Lent {
        let (guard, cancellation) = Cancellation::new();
        let timeout = call.cleared.entry().timeout;
        let context = Context::new(Some(talk.sink()))
            .with_request_id(call.id)
            .with_session(call.caller.user.clone())
            .with_control(self.dispatcher.control().clone())
            .with_deadline(timeout.map(|limit| Instant::now() + limit))
            .with_cancellation(cancellation);
        let bounds = Bounds {
            guard,
            rights: CallRights::new(
                self,
                call.headers,
                call.caller.user.as_ref(),
                Instant::now(),
            ),
            stopping: self.stopping.subscribe(),
        };
        Lent {
            context,
            talk,
            bounds,
        }
    }

    /// The call as a future that borrows nothing.
    fn call_alone(self: &Arc<Self>, call: &Passed<'_>, context: Context) -> Call {
        let operation = Operation::Call(call.cleared.clone());
        let span = span::of(&operation, call.caller, &call.params.meta);
        let (edge, arguments) = (Arc::clone(self), call.arguments.map(str::to_owned));
        let running = async move {
            let arguments = arguments.as_deref();
            edge.result_of(operation, arguments, &context).await
        };
        Box::pin(running.instrument(span))
    }

    /// Keeps the record; gives who will run the call, and the answer with the handle.
    async fn launch(
        &self,
        tasks: &Arc<Tasks>,
        call: &Passed<'_>,
        talk: &Arc<Talk>,
    ) -> Result<(Runner, Vec<u8>), RpcError> {
        let entry = call.cleared.entry();
        let user = call.caller.user.as_ref();
        let parts = self.dispatcher.parts();
        let new = Task::new(entry.name, entry.timeout, parts.clock.now());
        let id = parts.random.token();
        let place = tasks.place(user, &id)?;
        let room = tasks.quota.take(Owner::of(user), place, new.expires_at());
        let Some(permit) = room else {
            let message = "too many tasks; wait until some have ended or expired";
            return Err(RpcError::refused(StatusCode::TOO_MANY_REQUESTS, message));
        };
        match tasks.memory.begin(&place.0, &new).await {
            Ok(true) => {}
            // Two random ids that are the same: there is no such thing.
            Ok(false) => {
                permit.unused();
                return Err(RpcError::failed("internal error"));
            }
            Err(error) => {
                permit.unused();
                return Err(RpcError::unavailable(error.to_string()));
            }
        }
        let runner = Runner {
            here: tasks.enter(place, talk),
            talk: Arc::clone(talk),
            permit,
            has_timeout: entry.timeout.is_some(),
            lease_until: new.lease_until(),
        };
        let created = wire::created(&id, &new, &self.server_info);
        Ok((runner, answer::success(call.id, created.as_bytes())))
    }
}

impl Tasks {
    /// Where the task with this id is, if it is `user`'s.
    pub(super) fn place(&self, user: Option<&AuthSession>, id: &str) -> Result<Place, RpcError> {
        Place::of(&self.server, user, id).ok_or_else(unknown)
    }
}

/// There is no such task, at least for this caller.
pub(super) fn unknown() -> RpcError {
    RpcError::invalid_params("there is no such task, or it has expired")
}

/// Leaves the call to itself.
fn start(runner: Runner, call: Call, bounds: Bounds) {
    tokio::spawn(runner.run(call, bounds));
}
