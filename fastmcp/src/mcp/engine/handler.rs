//! The engine's way into the gate and the dispatcher.
//!
//! Requests with a peer (all of stdio) end here. The rule is asked again for whoever the edge put
//! into the request; on stdio that is nobody, so a tool that needs a signed-in user is refused
//! there.

use std::sync::{Arc, Mutex, PoisonError};

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ResultType, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, RoleServer, SubscriptionContext};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::peer::{self, Brought};
use super::{items, news};
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Cancellation, Context, List, Listener, LogLevel, NoticeSink};
use crate::mcp::ServerInfo;
use crate::mcp::answer::RpcError;
use crate::mcp::ask::{InputRequired, Rounds};
use crate::mcp::capabilities::Capabilities;
use crate::mcp::dispatch::Dispatcher;
use crate::mcp::list::{Kind, Lists};
use crate::mcp::operation::{Operation, Performed};
use crate::mcp::revision::Era;
use crate::mcp::stream::CAPACITY;

/// What `rmcp` calls.
#[derive(Clone)]
pub(super) struct Handler {
    dispatcher: Arc<Dispatcher>,
    lists: Arc<Lists>,
    rounds: Rounds,
    config: ServerConfig,
    peer: Arc<PeerState>,
}

/// What the one peer of a pipe set for itself, in the legacy era.
struct PeerState {
    listener: Listener,
    log_level: Mutex<LogLevel>,
}

impl Handler {
    pub(super) fn new(
        dispatcher: Arc<Dispatcher>,
        lists: Arc<Lists>,
        rounds: Rounds,
        info: &ServerInfo,
    ) -> Self {
        let mut implementation = Implementation::new(info.name.clone(), info.version.clone());
        implementation.title.clone_from(&info.title);
        let offered = Capabilities::of(dispatcher.registry());
        let mut config =
            ServerConfig::new(items::capabilities(offered)).with_server_info(implementation);
        config.protocol_version = ProtocolVersion::V_2025_11_25;
        config.instructions.clone_from(&info.instructions);
        let lists_changed = vec![List::Tools, List::Prompts, List::Resources];
        let peer = Arc::new(PeerState {
            listener: dispatcher.control().hub().listen(lists_changed),
            log_level: Mutex::new(LogLevel::Info),
        });
        Self {
            dispatcher,
            lists,
            rounds,
            config,
            peer,
        }
    }

    pub(super) fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Runs what passed the gate: its answer, or the questions that it has first.
    pub(super) async fn run(
        &self,
        operation: Operation,
        arguments: Option<String>,
        brought: Brought,
        context: &RequestContext<RoleServer>,
    ) -> Result<Result<Performed, InputRequired>, ErrorData> {
        let session = caller(context);
        let arguments = arguments.as_deref();
        let (method, target, timeout) = operation.asks_as();
        let is_modern = peer::is_modern(context);
        let attempt = if is_modern {
            let user = session.as_ref();
            let origin = self.rounds.origin(user, method, &target, arguments);
            let parts = self.dispatcher.parts();
            let attempt = peer::attempt(&self.rounds, parts, origin, context, brought).await;
            Some(attempt.map_err(error)?)
        } else {
            None
        };
        let asker = match &attempt {
            Some(attempt) => attempt.asker(),
            None => Arc::new(peer::Asking::of(context, &self.dispatcher.parts().random)),
        };
        let (sink, mut notices) = NoticeSink::channel(CAPACITY);
        let token = context.meta.get_progress_token();
        let (guard, cancellation) = Cancellation::new();
        let mut cx = Context::new(Some(sink))
            .with_session(session)
            .with_control(self.dispatcher.control().clone())
            .with_asker(Some(asker))
            .with_log_level(peer::log_level(context, &self.peer.log_level))
            .with_deadline(timeout.map(|limit| Instant::now() + limit))
            .with_cancellation(cancellation);
        if token.is_none() {
            cx = cx.without_progress();
        }
        let era = if is_modern { Era::Modern } else { Era::Legacy };
        let span = peer::span(&operation, context);
        let call = self.dispatcher.perform(operation, arguments, &cx, era);
        let call = call.instrument(span);
        let call = async {
            match attempt {
                None => Ok(Ok(call.await)),
                Some(attempt) => attempt.run(call).await,
            }
        };
        let ended = tokio::select! {
            ended = call => ended,
            () = peer::forward(&mut notices, token.as_ref(), &context.peer) => return Err(cancelled()),
            () = context.ct.cancelled() => return Err(cancelled()),
        };
        guard.finished();
        // What was told in the same breath as the result still comes before it.
        peer::drain(&mut notices, token.as_ref(), &context.peer).await;
        match ended.map_err(error)? {
            Err(asks) => Ok(Err(asks)),
            Ok(performed) => {
                let performed = performed.map_err(error)?;
                match performed.lacking().filter(|_| is_modern) {
                    Some(capability) => Err(error(RpcError::missing_capability(capability))),
                    None => Ok(Ok(performed)),
                }
            }
        }
    }

    async fn list<T: DeserializeOwned>(
        &self,
        kind: Kind,
        request: Option<PaginatedRequestParams>,
        context: &RequestContext<RoleServer>,
    ) -> Result<T, ErrorData> {
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(error(RpcError::invalid_params("unknown cursor")));
        }
        let session = caller(context);
        let list = self
            .lists
            .result(kind, &self.dispatcher, session.as_ref(), Era::Modern);
        serde_json::from_slice(&list.await)
            .map_err(|_| ErrorData::internal_error("the list cannot be shown", None))
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        self.config.clone()
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let handler = self.clone();
        tokio::spawn(async move {
            news::forward(&handler.peer.listener, &handler.dispatcher, &context.peer).await;
        });
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(news::honoured(&self.dispatcher, requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        news::listen(&self.dispatcher, &context).await
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        items::offered(self, "resources/subscribe")?;
        news::watch(&self.dispatcher, &self.peer.listener, &request.uri).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        items::offered(self, "resources/unsubscribe")?;
        self.peer.listener.unwatch(&request.uri);
        Ok(())
    }

    #[expect(deprecated, reason = "the way of the legacy era")]
    async fn set_level(
        &self,
        request: rmcp::model::SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let name = serde_json::to_value(request.level).unwrap_or_default();
        if let Some(level) = name.as_str().and_then(LogLevel::from_name) {
            let current = self.peer.log_level.lock();
            *current.unwrap_or_else(PoisonError::into_inner) = level;
        }
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        items::offered(self, "tools/list")?;
        self.list(Kind::Tools, request, &context).await
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        items::offered(self, "resources/list")?;
        self.list(Kind::Resources, request, &context).await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        items::offered(self, "resources/templates/list")?;
        self.list(Kind::Templates, request, &context).await
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        items::offered(self, "prompts/list")?;
        self.list(Kind::Prompts, request, &context).await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        items::read(self, request, &context).await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        items::get(self, request, &context).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        items::complete(self, request, &context).await
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.dispatcher.tool(&request.name) else {
            let problem = format!("unknown tool: {}", request.name);
            return Err(error(RpcError::invalid_params(problem)));
        };
        let session = caller(&context);
        let cleared = self.dispatcher.clear(entry, session.as_ref()).await;
        let operation = Operation::Call(cleared.map_err(|refusal| refused(&refusal))?);
        let arguments = request.arguments.map(json);
        let brought = (request.request_state, request.input_responses);
        match self.run(operation, arguments, brought, &context).await? {
            Ok(Performed::Called(result)) => {
                let mut result: CallToolResult = converted(&result)?;
                result.result_type = Some(ResultType::COMPLETE);
                Ok(result.into())
            }
            Ok(_) => Err(shown_by_nobody()),
            Err(asks) => Ok(peer::input_required(asks)?.into()),
        }
    }
}

/// The result in the SDK's words; it takes `resultType` away again for a legacy peer.
pub(super) fn converted<T: DeserializeOwned>(result: &impl Serialize) -> Result<T, ErrorData> {
    let value = serde_json::to_value(result).and_then(serde_json::from_value);
    value.map_err(|_| shown_by_nobody())
}

pub(super) fn shown_by_nobody() -> ErrorData {
    ErrorData::internal_error("the result cannot be shown", None)
}

pub(super) fn refused(refusal: &Refusal) -> ErrorData {
    error(RpcError::refused(refusal.status(), refusal.message()))
}

pub(super) fn json(object: JsonObject) -> String {
    serde_json::Value::from(object).to_string()
}

/// Whom the edge authenticated.
pub(super) fn caller(context: &RequestContext<RoleServer>) -> Option<AuthSession> {
    let parts = context.extensions.get::<http::request::Parts>()?;
    parts.extensions.get::<AuthSession>().cloned()
}

pub(super) fn error(error: RpcError) -> ErrorData {
    ErrorData::new(
        rmcp::model::ErrorCode(error.code),
        error.message,
        error.data,
    )
}

fn cancelled() -> ErrorData {
    ErrorData::internal_error("cancelled", None)
}

#[cfg(test)]
#[path = "handler_tests.rs"]
mod tests;
