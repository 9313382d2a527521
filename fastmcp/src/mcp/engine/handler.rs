//! The engine's way into the gate and the dispatcher.
//!
//! Requests with a peer (all of stdio) end here. The rule is asked again for whoever the edge put
//! into the request; on stdio that is nobody, so a tool that needs a signed-in user is refused
//! there.

use std::sync::{Arc, Mutex, PoisonError};

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ProgressNotificationParam, ProgressToken, ProtocolVersion, ResultType,
    ServerCapabilities, ServerConfig, SubscribeRequestParams, SubscriptionFilter,
    UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, Peer, RequestContext, RoleServer, SubscriptionContext};
use tokio::sync::mpsc::Receiver;

use super::news;
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Cancellation, Context, List, Listener, LogLevel, Notice, NoticeSink};
use crate::mcp::ServerInfo;
use crate::mcp::answer::RpcError;
use crate::mcp::capabilities::capabilities;
use crate::mcp::dispatch::{Cleared, Dispatcher, ToolResult};
use crate::mcp::list::Lists;
use crate::mcp::revision::Era;
use crate::mcp::stream::CAPACITY;
use crate::mcp::subscription::MOST_WATCHED;

/// What `rmcp` calls.
#[derive(Clone)]
pub(super) struct Handler {
    dispatcher: Arc<Dispatcher>,
    lists: Arc<Lists>,
    config: ServerConfig,
    peer: Arc<PeerState>,
}

/// What the one peer of a pipe set for itself, in the legacy era.
struct PeerState {
    listener: Listener,
    log_level: Mutex<Option<LogLevel>>,
}

impl Handler {
    pub(super) fn new(dispatcher: Arc<Dispatcher>, lists: Arc<Lists>, info: &ServerInfo) -> Self {
        let mut implementation = Implementation::new(info.name.clone(), info.version.clone());
        implementation.title.clone_from(&info.title);
        let offered = dispatcher.offered();
        let capabilities = capabilities(offered, Era::Legacy);
        let capabilities: ServerCapabilities =
            serde_json::from_value(capabilities).unwrap_or_default();
        let mut config = ServerConfig::new(capabilities).with_server_info(implementation);
        config.protocol_version = ProtocolVersion::V_2025_11_25;
        config.instructions.clone_from(&info.instructions);
        let lists_changed = vec![List::Tools, List::Prompts, List::Resources];
        let peer = Arc::new(PeerState {
            listener: dispatcher.control().hub().listen(lists_changed),
            log_level: Mutex::default(),
        });
        Self {
            dispatcher,
            lists,
            config,
            peer,
        }
    }

    async fn run(
        &self,
        cleared: Cleared,
        arguments: Option<String>,
        session: Option<AuthSession>,
        context: &RequestContext<RoleServer>,
    ) -> Result<ToolResult, ErrorData> {
        let (sink, mut notices) = sink(context.meta.get_progress_token());
        let (guard, cancellation) = Cancellation::new();
        let cx = Context::new(sink)
            .with_session(session)
            .with_control(self.dispatcher.control().clone())
            .with_cancellation(cancellation);
        let call = self.dispatcher.call(cleared, arguments.as_deref(), &cx);
        let result = tokio::select! {
            result = call => result,
            () = forward(&mut notices, &context.peer) => return Err(cancelled()),
            () = context.ct.cancelled() => return Err(cancelled()),
        };
        guard.finished();
        // What was told in the same breath as the result still comes before it.
        drain(&mut notices, &context.peer).await;
        Ok(result)
    }

    async fn list(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let session = caller(context);
        let list = self
            .lists
            .result(&self.dispatcher, session.as_ref(), Era::Modern);
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
        let uri = request.uri;
        let Some(verdict) = self.dispatcher.judge_uri(&uri, None).await else {
            return Err(error(RpcError::resource_not_found(&uri)));
        };
        if let Some(refusal) = Refusal::of(verdict) {
            return Err(error(RpcError::refused(
                refusal.status(),
                refusal.message(),
            )));
        }
        if !self.peer.listener.watch(&uri, MOST_WATCHED) {
            return Err(error(RpcError::too_many_watched()));
        }
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
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
        let level = name.as_str().and_then(LogLevel::from_name);
        *self
            .peer
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = level;
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(error(RpcError::invalid_params("unknown cursor")));
        }
        self.list(&context).await
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
        let cleared = cleared
            .map_err(|refusal| error(RpcError::refused(refusal.status(), refusal.message())))?;
        let arguments = request.arguments;
        let arguments = arguments.map(|object| serde_json::Value::from(object).to_string());
        let result = self.run(cleared, arguments, session, &context).await?;
        Ok(converted(&result)?.into())
    }
}

/// The result in the SDK's words; it takes `resultType` away again for a legacy peer.
fn converted(result: &ToolResult) -> Result<CallToolResult, ErrorData> {
    let value = serde_json::to_value(result).and_then(serde_json::from_value);
    let mut result: CallToolResult =
        value.map_err(|_| ErrorData::internal_error("the result cannot be shown", None))?;
    result.result_type = Some(ResultType::COMPLETE);
    Ok(result)
}

/// Whom the edge authenticated.
fn caller(context: &RequestContext<RoleServer>) -> Option<AuthSession> {
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
    let Notice::Progress { progress, message } = notice else {
        return;
    };
    let param = ProgressNotificationParam::new(token.clone(), progress)
        .with_total(1.0)
        .with_message(message);
    if let Err(error) = peer.notify_progress(param).await {
        tracing::debug!(%error, "a notice found no client");
    }
}

fn error(error: RpcError) -> ErrorData {
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
