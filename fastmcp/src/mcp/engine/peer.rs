//! What a call says to its client and asks it, where the engine holds the line.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use rmcp::ErrorData;
use rmcp::model::{
    CustomNotification, CustomRequest, InputRequiredResult, InputResponses, ProgressToken,
    ServerNotification, ServerRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RequestContext, RoleServer, ServiceError};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tracing::Span;

use crate::item::{Ask, AskError, Asker, Capabilities, Fits, LogLevel, Notice};
use crate::mcp::answer::RpcError;
use crate::mcp::ask::{Attempt, InputRequired, Origin, PATIENCE, Rounds};
use crate::mcp::operation::Operation;
use crate::mcp::revision::is_modern_form;
use crate::mcp::span;
use crate::parts::{Parts, Random};
use crate::trace::Sender;

/// Whether the request says for itself how it wants to be served.
pub(super) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    let version = context.meta.protocol_version();
    version.is_some_and(|version| is_modern_form(version.as_str()))
}

/// The span of a call, in the trace that its client continues.
pub(super) fn span(operation: &Operation, context: &RequestContext<RoleServer>) -> Span {
    let span = span::plain(operation);
    let text = |name: &str| context.meta.0.get(name).and_then(Value::as_str);
    Sender::new(text("traceparent"), text("tracestate")).contains(&span);
    span
}

/// What the client of a request can be asked for.
pub(super) fn capabilities(context: &RequestContext<RoleServer>) -> Capabilities {
    let declared = serde_json::to_value(context.client_capabilities());
    Capabilities::of(&declared.unwrap_or_default())
}

/// Which messages the client wants in its log.
pub(super) fn log_level(
    context: &RequestContext<RoleServer>,
    set: &Mutex<LogLevel>,
) -> Option<LogLevel> {
    if !is_modern(context) {
        return Some(*set.lock().unwrap_or_else(PoisonError::into_inner));
    }
    let level = serde_json::to_value(context.meta.log_level()?).ok()?;
    LogLevel::from_name(level.as_str()?)
}

/// The state and the answers that a request brought from the round before.
pub(super) type Brought = (Option<String>, Option<InputResponses>);

/// A round of a call, and what the request brought from the one before.
pub(super) async fn attempt(
    rounds: &Rounds,
    parts: &Parts,
    origin: Origin,
    context: &RequestContext<RoleServer>,
    (state, responses): Brought,
) -> Result<Attempt, RpcError> {
    let raw = |value: Value| to_raw_value(&value).ok();
    let state = state.map(Value::from).and_then(raw);
    let responses = responses.map(|given| Value::Object(given.into_iter().collect()));
    let responses = responses.and_then(raw);
    let brought = (state.as_deref(), responses.as_deref());
    rounds
        .begin(parts, origin, capabilities(context), brought)
        .await
}

/// The questions of a call in the SDK's words.
pub(super) fn input_required(asks: InputRequired) -> Result<InputRequiredResult, ErrorData> {
    let requests = serde_json::from_value(Value::Object(asks.requests));
    let requests = requests.map_err(|error| {
        tracing::error!(%error, "a question cannot be asked on this way");
        ErrorData::internal_error("a question cannot be asked", None)
    })?;
    Ok(InputRequiredResult::new(Some(requests), Some(asks.state)))
}

/// Questions to a client of the handshake era.
pub(super) struct Asking {
    peer: Peer<RoleServer>,
    capabilities: Capabilities,
    random: Random,
}

impl Asking {
    pub(super) fn of(context: &RequestContext<RoleServer>, random: &Random) -> Self {
        Self {
            peer: context.peer.clone(),
            capabilities: capabilities(context),
            random: random.clone(),
        }
    }
}

impl Asker for Asking {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
        Box::pin(async move {
            let mut params = ask.params;
            if params.get("mode").is_some_and(|mode| mode == "url") {
                params["elicitationId"] = self.random.token().into();
            }
            let request = CustomRequest::new(ask.method, Some(params));
            let request = ServerRequest::CustomRequest(request);
            let options = PeerRequestOptions::with_timeout(PATIENCE);
            let asked = self.peer.send_request_with_option(request, options).await;
            let answer = asked.map_err(unanswered)?.await_response().await;
            let answer = serde_json::to_value(answer.map_err(unanswered)?);
            let answer = answer.map_err(|error| AskError::Unfit(error.to_string()))?;
            fits(&answer).map_err(AskError::Unfit)?;
            Ok(answer)
        })
    }
}

fn unanswered(error: ServiceError) -> AskError {
    match error {
        ServiceError::McpError(refused) => AskError::Refused {
            code: refused.code.0.into(),
            message: refused.message.into_owned(),
        },
        ServiceError::Timeout { .. } => AskError::TimedOut,
        ServiceError::UnexpectedResponse => AskError::Unfit(error.to_string()),
        _ => AskError::Over,
    }
}

/// Sends notices as they come; never ends by itself.
pub(super) async fn forward(
    notices: &mut Receiver<Notice>,
    token: Option<&ProgressToken>,
    peer: &Peer<RoleServer>,
) {
    while let Some(notice) = notices.recv().await {
        send(notice, token, peer).await;
    }
    std::future::pending::<()>().await;
}

/// Sends the notices that are there.
pub(super) async fn drain(
    notices: &mut Receiver<Notice>,
    token: Option<&ProgressToken>,
    peer: &Peer<RoleServer>,
) {
    while let Ok(notice) = notices.try_recv() {
        send(notice, token, peer).await;
    }
}

async fn send(notice: Notice, token: Option<&ProgressToken>, peer: &Peer<RoleServer>) {
    let (method, params) = match (notice, token) {
        (
            Notice::Progress {
                progress,
                total,
                message,
            },
            Some(token),
        ) => {
            let mut params =
                json!({ "progressToken": token, "progress": progress, "message": message });
            if let Some(total) = total {
                params["total"] = total.into();
            }
            ("notifications/progress", params)
        }
        (Notice::Log { level, data }, _) => (
            "notifications/message",
            json!({ "level": level, "data": data }),
        ),
        (Notice::Progress { .. } | Notice::Message(_) | Notice::CloseStream, _) => return,
    };
    let notification = CustomNotification::new(method, Some(params));
    let notification = ServerNotification::CustomNotification(notification);
    if let Err(error) = peer.send_notification(notification).await {
        tracing::debug!(%error, "a notice found no client");
    }
}
