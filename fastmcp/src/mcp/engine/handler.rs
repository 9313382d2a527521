//! The engine's way into the gate and the dispatcher.
//!
//! Requests with a peer (all of stdio) end here. The rule is asked again for whoever the edge put
//! into the request; on stdio that is nobody, so a tool that needs a signed-in user is refused
//! there.

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ProgressToken, ProtocolVersion, ReadResourceRequestParams,
    ReadResourceResponse, ResultType, ServerConfig,
};
use rmcp::service::{Peer, RequestContext, RoleServer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::Receiver;

use super::items;
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Cancellation, Context, Notice, NoticeSink};
use crate::mcp::ServerInfo;
use crate::mcp::answer::RpcError;
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
    config: ServerConfig,
}

impl Handler {
    pub(super) fn new(dispatcher: Arc<Dispatcher>, lists: Arc<Lists>, info: &ServerInfo) -> Self {
        let mut implementation = Implementation::new(info.name.clone(), info.version.clone());
        implementation.title.clone_from(&info.title);
        let offered = Capabilities::of(dispatcher.registry());
        let mut config =
            ServerConfig::new(items::capabilities(offered)).with_server_info(implementation);
        config.protocol_version = ProtocolVersion::V_2025_11_25;
        config.instructions.clone_from(&info.instructions);
        Self {
            dispatcher,
            lists,
            config,
        }
    }

    pub(super) fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Runs what passed the gate.
    pub(super) async fn run(
        &self,
        operation: Operation,
        arguments: Option<String>,
        session: Option<AuthSession>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Performed, ErrorData> {
        let (sink, mut notices) = sink(context.meta.get_progress_token());
        let (guard, cancellation) = Cancellation::new();
        let cx = Context::new(sink)
            .with_session(session)
            .with_cancellation(cancellation);
        // The SDK turns the words of the legacy era into those of the modern one.
        let era = Era::Legacy;
        let arguments = arguments.as_deref();
        let call = self.dispatcher.perform(operation, arguments, &cx, era);
        let result = tokio::select! {
            result = call => result,
            () = forward(&mut notices, &context.peer) => return Err(cancelled()),
            () = context.ct.cancelled() => return Err(cancelled()),
        };
        guard.finished();
        // What was told in the same breath as the result still comes before it.
        drain(&mut notices, &context.peer).await;
        result.map_err(error)
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
        items::read(self, &request.uri, &context).await
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
        match self.run(operation, arguments, session, &context).await? {
            Performed::Called(result) => {
                let mut result: CallToolResult = converted(&result)?;
                result.result_type = Some(ResultType::COMPLETE);
                Ok(result.into())
            }
            _ => Err(shown_by_nobody()),
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

type Notices = Option<(ProgressToken, Receiver<Notice>)>;

fn sink(token: Option<ProgressToken>) -> (Option<NoticeSink>, Notices) {
    let Some(token) = token else {
        return (None, None);
    };
    let (sink, notices) = NoticeSink::channel(CAPACITY);
    (Some(sink), Some((token, notices)))
}

/// Sends notices as they come; never ends by itself.
async fn forward(notices: &mut Notices, peer: &Peer<RoleServer>) {
    if let Some((token, notices)) = notices {
        while let Some(notice) = notices.recv().await {
            send(notice, token, peer).await;
        }
    }
    std::future::pending::<()>().await;
}

/// Sends the notices that are there.
async fn drain(notices: &mut Notices, peer: &Peer<RoleServer>) {
    if let Some((token, notices)) = notices {
        while let Ok(notice) = notices.try_recv() {
            send(notice, token, peer).await;
        }
    }
}

async fn send(notice: Notice, token: &ProgressToken, peer: &Peer<RoleServer>) {
    let Notice::Progress { progress, message } = notice;
    let param = ProgressNotificationParam::new(token.clone(), progress)
        .with_total(1.0)
        .with_message(message);
    if let Err(error) = peer.notify_progress(param).await {
        tracing::debug!(%error, "a notice found no client");
    }
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
