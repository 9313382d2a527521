//! What passed the gate runs inside of the user's hooks.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tracing::Span;

use super::answer::RpcError;
use super::dispatch::{Dispatcher, ToolResult, panic_text};
use super::mask::masked;
use super::operation::{Operation, Performed};
use super::revision::Era;
use crate::auth::AuthSession;
use crate::item::{CallInfo, Context, Ended, ItemKind, around};
use crate::measure::Outcome;
use crate::trace;

type Answer = Result<Performed, RpcError>;

impl Dispatcher {
    /// Runs it, inside of the user's hooks. Dropping the future cancels both.
    pub(crate) async fn perform(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
        era: Era,
    ) -> Answer {
        let timed = self.time(&operation);
        let session = operation.session().cloned();
        let answer = self.perform_inside(operation, arguments, context, era);
        let answer = masked(session.as_ref(), answer.await);
        if let Some(timed) = timed {
            timed.ended(if is_error(&answer) {
                trace::failed(&Span::current());
                Outcome::Error
            } else {
                Outcome::Ok
            });
        }
        answer
    }

    async fn perform_inside(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
        era: Era,
    ) -> Answer {
        if self.hooks().is_empty() {
            return self.perform_alone(operation, arguments, context, era).await;
        }
        let info = operation.info(arguments);
        let call = || -> BoxFuture<'_, Ended> {
            Box::pin(async {
                let once = operation.clone();
                let answer = self.perform_alone(once, arguments, context, era).await;
                let is_error = is_error(&answer);
                Ended::answered(answer, is_error)
            })
        };
        let run = AssertUnwindSafe(around::run(self.hooks(), &info, &call)).catch_unwind();
        let answer = match run.await {
            Ok(ended) => ended.into_answer::<Answer>(),
            Err(panic) => Err(self
                .reference((info.kind.word(), info.name), &panic_text(&*panic))
                .into()),
        };
        match answer {
            Ok(answer) if operation.fits(&answer) => Arc::unwrap_or_clone(answer),
            Ok(_) => {
                let fault = "a hook gave the answer to another kind of call";
                operation.failed(&self.reference((info.kind.word(), info.name), &fault))
            }
            Err(text) => operation.failed(&text),
        }
    }
}

fn is_error(answer: &Answer) -> bool {
    match answer {
        Ok(Performed::Called(result)) => result.is_error,
        Ok(Performed::Read(_) | Performed::Got(_)) => false,
        Err(_) => true,
    }
}

impl Operation {
    /// The caller, if signed in.
    fn session(&self) -> Option<&AuthSession> {
        match self {
            Self::Call(cleared) => cleared.session(),
            Self::Read(cleared, _) => cleared.session(),
            Self::Get(cleared) => cleared.session(),
        }
    }

    fn info(&self, arguments: Option<&str>) -> CallInfo {
        let (kind, name) = match self {
            Self::Call(cleared) => (ItemKind::Tool, cleared.entry().name),
            Self::Read(cleared, _) => (ItemKind::Resource, cleared.entry().uri),
            Self::Get(cleared) => (ItemKind::Prompt, cleared.entry().name),
        };
        let session = self.session();
        CallInfo {
            kind,
            name,
            arguments: arguments.map(str::to_owned),
            session: session.cloned(),
        }
    }

    /// Whether this is an answer to such a call.
    fn fits(&self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Call(_), Ok(Performed::Called(_)))
                | (Self::Read(..), Ok(Performed::Read(_)))
                | (Self::Get(_), Ok(Performed::Got(_)))
                | (_, Err(_))
        )
    }

    /// The answer of a call that a hook did not let run.
    fn failed(&self, text: &str) -> Answer {
        let text = text.to_owned();
        match self {
            Self::Call(_) => Ok(Performed::Called(ToolResult::failed(text))),
            Self::Read(_, uri) => Err(RpcError::failed(text).about(uri)),
            Self::Get(_) => Err(RpcError::failed(text)),
        }
    }
}
