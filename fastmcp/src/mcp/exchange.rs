//! One message of a caller, and what comes of it.
//!
//! Plain requests of both eras are answered right here. Which era a request belongs to is its own
//! word: metadata of the modern era in the body, a version of the modern era in the header, or
//! the method that only the modern era has; everything else is legacy.

use std::sync::Arc;

use http::HeaderMap;
use serde_json::value::RawValue;
use tokio::sync::mpsc::Receiver;

use super::answer::{self, RpcError};
use super::dispatch::ToolResult;
use super::edge::Edge;
use super::frame::text;
use super::live::Live;
use super::params::Params;
use super::revision::{Era, is_legacy, is_modern_form};
use super::session::{Session, UnderWay};
use super::stream::{Ended, Running};
use super::{mirrored, modern};
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Context, LogLevel, Notice, ToolEntry};

/// Who is speaking, and how.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The signed-in user.
    pub(crate) user: Option<AuthSession>,
    /// The legacy session, if the request names one.
    pub(crate) session: Option<Arc<Session>>,
    /// The client reads event streams.
    pub(crate) takes_events: bool,
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
        notices: Receiver<Notice>,
        token: Option<String>,
    },
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
        match (method, put.era) {
            ("tools/call", _) => self.call(caller, put, id, params).await,
            ("tools/list", era) => self.list(caller, era, id, params).await,
            ("logging/setLevel", Era::Legacy) if self.dispatcher.speaks() => {
                set_level(caller, params)
                    .map_or_else(Reply::Error, |()| Reply::Done(answer::success(id, b"{}")))
            }
            ("ping", Era::Legacy) => Reply::Done(answer::success(id, b"{}")),
            ("server/discover", Era::Modern) => Reply::Done(answer::success(id, &self.discover)),
            _ => RpcError::method_not_found().into(),
        }
    }

    async fn list(&self, caller: &Caller, era: Era, id: &str, params: &Params<'_>) -> Reply {
        // Everything fits on one page, so no cursor was ever given out.
        if params.cursor.is_some_and(|cursor| cursor.get() != "null") {
            return RpcError::invalid_params("unknown cursor").into();
        }
        let user = caller.user.as_ref();
        let list = self.lists.result(&self.dispatcher, user, era).await;
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
        let under_way = caller.session.as_ref().map(|session| session.begin(id));
        if entry.plain {
            let context = Context::default();
            let call = self.dispatcher.call(cleared, arguments, &context);
            let result = unless_cancelled(under_way, call).await;
            return result.map_or(Reply::Cancelled, |result| {
                Reply::Done(self.written(era, id, &result))
            });
        }
        let live = Live {
            method: "tools/call",
            target: entry.name,
            arguments,
            timeout: entry.timeout,
        };
        let (edge, id_of, given) = (
            Arc::clone(self),
            id.to_owned(),
            arguments.map(str::to_owned),
        );
        let call = |context: Context| async move {
            let result = edge
                .dispatcher
                .call(cleared, given.as_deref(), &context)
                .await;
            match (era, result.lacking) {
                (Era::Modern, Some(capability)) => Err(RpcError::missing_capability(capability)),
                _ => Ok(edge.written(era, &id_of, &result)),
            }
        };
        self.live(live, caller, era, (id, params), under_way, call)
            .await
    }

    fn written(&self, era: Era, id: &str, result: &ToolResult) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        answer::open(id, &mut bytes);
        result.write(era, &self.server_info, &mut bytes);
        bytes.push(b'}');
        bytes
    }
}

/// What the call comes to, or nothing if the client cancels it first.
pub(super) async fn unless_cancelled<T>(
    under_way: Option<UnderWay>,
    call: impl Future<Output = T>,
) -> Option<T> {
    let Some(under_way) = under_way else {
        return Some(call.await);
    };
    tokio::select! {
        result = call => Some(result),
        () = under_way.cancelled() => None,
    }
}

/// Which messages the client wants in its log, from here on.
fn set_level(caller: &Caller, params: &Params<'_>) -> Result<(), RpcError> {
    let level = params.level.and_then(text);
    let level = level.and_then(|name| LogLevel::from_name(&name));
    let level =
        level.ok_or_else(|| RpcError::invalid_params("`level` is none of the log levels"))?;
    let session = caller.session.as_ref();
    let none = "without a session there is nothing that a level could be set for";
    session
        .ok_or_else(|| RpcError::invalid_params(none))?
        .set_log_level(level);
    Ok(())
}

/// The arguments as an object; `null` is as good as none.
fn arguments(raw: Option<&RawValue>) -> Result<Option<&str>, RpcError> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) if text.starts_with('{') => Ok(Some(text)),
        Some(_) => Err(RpcError::invalid_params("`arguments` must be an object")),
    }
}

/// Checks what the headers of a modern request must say, for the methods that are served.
pub(crate) fn check_modern(
    headers: &HeaderMap,
    method: &str,
    params: &Params<'_>,
) -> Result<(), RpcError> {
    modern::check(headers, method, params)?;
    if method != "tools/call" {
        return Ok(());
    }
    match params.name.and_then(text) {
        Some(name) => modern::check_name(headers, &name),
        None => Err(RpcError::invalid_params("`name` must be a string")),
    }
}
