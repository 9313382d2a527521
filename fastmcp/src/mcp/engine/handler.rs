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
    PaginatedRequestParams, ProtocolVersion, ResultType, ServerCapabilities, ServerConfig,
    SetLevelRequestParams,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;
use tokio::time::Instant;

use super::peer;
use crate::auth::AuthSession;
use crate::item::{Cancellation, Context, LogLevel, NoticeSink, ToolEntry};
use crate::mcp::ServerInfo;
use crate::mcp::answer::RpcError;
use crate::mcp::ask::{Origin, Rounds};
use crate::mcp::dispatch::{Cleared, Dispatcher, ToolResult};
use crate::mcp::list::Lists;
use crate::mcp::revision::Era;
use crate::mcp::stream::CAPACITY;

/// What `rmcp` calls.
#[derive(Clone)]
pub(super) struct Handler {
    dispatcher: Arc<Dispatcher>,
    lists: Arc<Lists>,
    rounds: Rounds,
    /// Of the one client that stdio has; sessions over HTTP have their own at the edge.
    log_level: Arc<Mutex<LogLevel>>,
    config: ServerConfig,
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
        let mut capabilities = ServerCapabilities::builder().enable_tools().build();
        capabilities.logging = dispatcher.speaks().then(Default::default);
        let mut config = ServerConfig::new(capabilities).with_server_info(implementation);
        config.protocol_version = ProtocolVersion::V_2025_11_25;
        config.instructions.clone_from(&info.instructions);
        Self {
            dispatcher,
            lists,
            rounds,
            log_level: Arc::new(Mutex::new(LogLevel::Info)),
            config,
        }
    }

    async fn run(
        &self,
        cleared: Cleared,
        entry: &ToolEntry,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let session = caller(context);
        let arguments = request.arguments;
        let arguments = arguments.map(|object| Value::from(object).to_string());
        let origin = Origin::new(
            session.as_ref(),
            "tools/call",
            entry.name,
            arguments.as_deref(),
        );
        let brought = (request.request_state, request.input_responses);
        let attempt = if peer::is_modern(context) {
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
            .with_asker(Some(asker))
            .with_log_level(peer::log_level(context, &self.log_level))
            .with_deadline(entry.timeout.map(|limit| Instant::now() + limit))
            .with_cancellation(cancellation);
        if token.is_none() {
            cx = cx.without_progress();
        }
        let call = self.dispatcher.call(cleared, arguments.as_deref(), &cx);
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
            Ok(result) => match result.lacking.filter(|_| peer::is_modern(context)) {
                Some(capability) => Err(error(RpcError::missing_capability(capability))),
                None => Ok(converted(&result)?.into()),
            },
            Err(asks) => peer::input_required(asks),
        }
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
        self.run(cleared, entry, request, &context).await
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if !self.dispatcher.speaks() {
            return Err(error(RpcError::method_not_found()));
        }
        let level = serde_json::to_value(request.level).ok();
        let level = level.and_then(|level| LogLevel::from_name(level.as_str()?));
        let level = level.ok_or_else(|| error(RpcError::invalid_params("unknown level")))?;
        *self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = level;
        Ok(())
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
