//! One message of a caller, and what comes of it.
//!
//! Plain requests of both eras are answered right here. Which era a request belongs to is its own
//! word: metadata of the modern era in the body, a version of the modern era in the header, or
//! the method that only the modern era has; everything else is legacy.

use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::response::Response;
use http::HeaderMap;
use serde_json::value::RawValue;
use tokio::sync::mpsc::Receiver;
use tracing::Instrument as _;

use super::answer::{self, RpcError};
use super::capabilities::Capabilities;
use super::edge::Edge;
use super::frame::text;
use super::list;
use super::live::Live;
use super::operation::Operation;
use super::params::Params;
use super::revision::{Era, is_legacy, is_modern_form};
use super::session::{Session, UnderWay};
use super::stream::{Ended, Running};
use super::tasks::Passed;
use super::watch::set_level;
use super::{mirrored, modern, span};
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Context, Notice, ToolEntry};
use crate::trace::Sender;

/// Who is speaking, and how.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The signed-in user.
    pub(crate) user: Option<AuthSession>,
    /// The legacy session, if the request names one.
    pub(crate) session: Option<Arc<Session>>,
    /// The client reads event streams.
    pub(crate) takes_events: bool,
    /// What the HTTP request tells of a trace.
    pub(crate) trace: Sender,
}

/// How a request was put.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Put<'a> {
    pub(crate) era: Era,
    /// The headers that must repeat the arguments, where the era has such.
    mirror: Option<&'a HeaderMap>,
}

impl<'a> Put<'a> {
    pub(crate) const LEGACY: Self = Self {
        era: Era::Legacy,
        mirror: None,
    };

    pub(crate) fn modern(headers: &'a HeaderMap) -> Self {
        Self {
            era: Era::Modern,
            mirror: Some(headers),
        }
    }
}

/// What a request comes to.
pub(crate) enum Reply {
    /// A JSON-RPC result, as the bytes of the whole answer.
    Done(Vec<u8>),
    /// The client cancelled the call and wants no answer.
    Cancelled,
    /// A JSON-RPC error.
    Error(RpcError),
    /// The gate refused.
    Refused(Refusal),
    /// A result or an error, as the bytes of the whole answer.
    Ended(Ended),
    /// A call that may speak to its client before its end.
    Running {
        running: Running,
        /// Where its client takes any.
        notices: Option<Receiver<Notice>>,
        token: Option<String>,
        /// The session that the stream of the call belongs to.
        session: Option<Arc<Session>>,
    },
    /// A stream of its own.
    Stream(Box<Response>),
}

impl From<RpcError> for Reply {
    fn from(error: RpcError) -> Self {
        Self::Error(error)
    }
}

/// The era of a request.
pub(crate) fn era(method: &str, version: Option<&str>, params: &Params<'_>) -> Era {
    let modern = params.meta.protocol_version.is_some()
        || version.is_some_and(is_modern_form)
        || method == "server/discover";
    if modern { Era::Modern } else { Era::Legacy }
}

/// Checks the version that a legacy request names in its header; without one it is 2025-03-26.
pub(crate) fn check_legacy(version: Option<&str>) -> Result<(), RpcError> {
    match version {
        Some(version) if !is_legacy(version) => Err(RpcError::unsupported_version(version)),
        _ => Ok(()),
    }
}

impl Edge {
    /// Answers a plain request whose headers were checked.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        caller: &Caller,
        put: Put<'_>,
        (id, method): (&str, &str),
        params: &Params<'_>,
    ) -> Reply {
        if !self.capabilities.serve(method) {
            return RpcError::method_not_found().into();
        }
        if let Some(kind) = list::Kind::of(method) {
            return self.list(kind, caller, put.era, id, params).await;
        }
        match (method, put.era) {
            ("tools/call", _) => self.call(caller, put, id, params).await,
            ("resources/read", era) => self.read_resource(caller, era, id, params).await,
            ("prompts/get", era) => self.get_prompt(caller, era, id, params).await,
            ("completion/complete", era) => self.suggestions(caller, era, id, params).await,
            ("ping", Era::Legacy) => Reply::Done(answer::success(id, b"{}")),
            ("resources/subscribe", Era::Legacy) => self.watch(caller, id, params).await,
            ("resources/unsubscribe", Era::Legacy) => Self::unwatch(caller, id, params),
            ("logging/setLevel", Era::Legacy) => set_level(caller, id, params),
            ("subscriptions/listen", Era::Modern) => match put.mirror {
                Some(headers) => self.subscribe(caller, headers, id, params).await,
                None => RpcError::method_not_found().into(),
            },
            ("tasks/get" | "tasks/update" | "tasks/cancel", Era::Modern) => {
                Box::pin(self.about_task(method, caller, id, params)).await
            }
            ("server/discover", Era::Modern) => Reply::Done(answer::success(id, &self.discover)),
            _ => RpcError::method_not_found().into(),
        }
    }

    async fn list(
        &self,
        kind: list::Kind,
        caller: &Caller,
        era: Era,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        // Everything fits on one page, so no cursor was ever given out.
        if params.cursor.is_some_and(|cursor| cursor.get() != "null") {
            return RpcError::invalid_params("unknown cursor").into();
        }
        let user = caller.user.as_ref();
        let list = self.lists.result(kind, &self.dispatcher, user, era).await;
        Reply::Done(answer::success(id, &list))
    }

    /// The tool that a call names.
    pub(crate) fn named(&self, params: &Params<'_>) -> Result<&'static ToolEntry, RpcError> {
        let Some(name) = params.name.and_then(text) else {
            return Err(RpcError::invalid_params("`name` must be a string"));
        };
        let tool = self.dispatcher.tool(&name);
        tool.ok_or_else(|| RpcError::invalid_params(format!("unknown tool: {name}")))
    }

    async fn call(
        self: &Arc<Self>,
        caller: &Caller,
        Put { era, mirror }: Put<'_>,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        let entry = match self.named(params) {
            Ok(entry) => entry,
            Err(error) => return error.into(),
        };
        let cleared = match self.dispatcher.clear(entry, caller.user.as_ref()).await {
            Ok(cleared) => cleared,
            Err(refusal) => return Reply::Refused(refusal),
        };
        let arguments = match arguments(params.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return error.into(),
        };
        if let Some(headers) = mirror
            && let Err(error) = mirrored::check(headers, entry.mirrored, arguments)
        {
            return error.into();
        }
        if let (Some(support), Some(headers)) = (entry.task, mirror) {
            let passed = Passed {
                cleared: &cleared,
                arguments,
                caller,
                headers,
                id,
                params,
            };
            // Boxed, so that other calls do not carry its room with them.
            if let Some(reply) = Box::pin(self.as_task(support, &passed)).await {
                return reply;
            }
        }
        self.perform(
            Operation::Call(cleared),
            arguments,
            caller,
            era,
            (id, params),
        )
        .await
    }

    /// Runs what passed the gate.
    pub(crate) async fn perform(
        self: &Arc<Self>,
        operation: Operation,
        arguments: Option<&str>,
        caller: &Caller,
        era: Era,
        (id, params): (&str, &Params<'_>),
    ) -> Reply {
        let under_way = caller.session.as_ref().map(|session| session.begin(id));
        let span = span::of(&operation, caller, &params.meta);
        if operation.is_plain() {
            let context = Context::default();
            let answer = self.operate(operation, arguments, &context, (era, id));
            let answer = pin!(answer.instrument(span));
            let answer = unless_cancelled(under_way, answer).await;
            return answer.map_or(Reply::Cancelled, |answer| {
                Reply::Ended(Ended::of(answer, era, id))
            });
        }
        let (method, target, timeout) = operation.asks_as();
        let live = Live {
            method,
            target: &target,
            arguments,
            timeout,
            span,
        };
        let edge = Arc::clone(self);
        let (id_of, given) = (id.to_owned(), arguments.map(str::to_owned));
        let call = |context: Context| async move {
            edge.operate(operation, given.as_deref(), &context, (era, &id_of))
                .await
        };
        // Boxed, so that plain calls do not carry its room with them.
        let live = self.live(live, caller, era, (id, params), under_way, call);
        Box::pin(live).await
    }
}

/// What the call comes to, or nothing if the client cancels it first. Pinned where it is: a future
/// that takes another by value has room for it twice.
pub(super) async fn unless_cancelled<T>(
    under_way: Option<UnderWay>,
    call: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    let Some(under_way) = under_way else {
        return Some(call.await);
    };
    tokio::select! {
        answer = call => Some(answer),
        () = under_way.cancelled() => None,
    }
}

/// The arguments as an object; `null` is as good as none.
pub(crate) fn arguments(raw: Option<&RawValue>) -> Result<Option<&str>, RpcError> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) if text.starts_with('{') => Ok(Some(text)),
        Some(_) => Err(RpcError::invalid_params("`arguments` must be an object")),
    }
}

/// Checks what the headers of a modern request must say, for the methods that are served.
pub(crate) fn check_modern(
    served: Capabilities,
    headers: &HeaderMap,
    method: &str,
    params: &Params<'_>,
) -> Result<(), RpcError> {
    modern::check(headers, method, params)?;
    if !served.serve(method) {
        return Ok(());
    }
    let (name, missing) = match method {
        "tools/call" | "prompts/get" => (params.name, "`name` must be a string"),
        "resources/read" => (params.uri, "`uri` must be a string"),
        "tasks/get" | "tasks/update" | "tasks/cancel" => {
            (params.task_id, "`taskId` must be a string")
        }
        _ => return Ok(()),
    };
    match name.and_then(text) {
        Some(name) => modern::check_name(headers, &name),
        None => Err(RpcError::invalid_params(missing)),
    }
}
