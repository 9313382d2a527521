//! The official SDK, the fastest way it has: no sessions, plain JSON answers, no macros.
//!
//! `BENCH_BIND` is where it listens. With `BENCH_JWT_SECRET` an HS256 token is checked in front of
//! it; `BENCH_TOOLS` is how many tools it has (default: `echo` and `steps`).
#![allow(
    clippy::expect_used,
    reason = "a program of the bench speaks to nobody else"
)]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Handler {
    tools: Arc<Vec<Tool>>,
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("rmcp", "1"))
    }

    fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> impl Future<Output = Result<ListToolsResult, ErrorData>> {
        std::future::ready(Ok(ListToolsResult::with_all_items(self.tools.to_vec())))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let text = if request.name == "steps" {
            steps(&context).await?;
            "done".to_owned()
        } else {
            #[derive(Deserialize)]
            struct Arguments {
                text: String,
            }
            let arguments = Value::Object(request.arguments.unwrap_or_default());
            let read: Result<Arguments, _> = serde_json::from_value(arguments);
            let invalid =
                |error: serde_json::Error| ErrorData::invalid_params(error.to_string(), None);
            read.map_err(invalid)?.text
        };
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}

async fn steps(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    let Some(token) = context.meta.get_progress_token() else {
        return Ok(());
    };
    for step in 1..=10 {
        let note = ProgressNotificationParam::new(token.clone(), f64::from(step) / 10.0)
            .with_total(1.0)
            .with_message("on the way");
        let sent = context.peer.notify_progress(note).await;
        sent.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    }
    Ok(())
}

fn tool(name: String, properties: &Value) -> Tool {
    let schema = json!({"type": "object", "properties": properties});
    let schema = schema.as_object().cloned().unwrap_or_default();
    let description = "One tool of many, with a description of the usual length.";
    Tool::new(name, description, Arc::new(schema))
}

fn tools(many: Option<usize>) -> Vec<Tool> {
    let text = json!({"text": {"type": "string"}});
    let Some(many) = many else {
        return vec![tool("echo".into(), &text), tool("steps".into(), &json!({}))];
    };
    let properties = json!({
        "id": {"type": "integer", "format": "uint64", "minimum": 0, "description": "Which one."},
        "text": {"type": ["string", "null"], "description": "What to look for."},
    });
    (0..many)
        .map(|number| tool(format!("tool_{number:03}"), &properties))
        .collect()
}

struct Check {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    #[expect(dead_code, reason = "it must be there")]
    sub: String,
}

async fn check(State(check): State<Arc<Check>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let good = token.is_some_and(|token| {
        jsonwebtoken::decode::<Claims>(token, &check.key, &check.validation).is_ok()
    });
    if good {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

#[tokio::main]
async fn main() {
    let variable = |name: &str| std::env::var(name).ok();
    let many = variable("BENCH_TOOLS").and_then(|many| many.parse().ok());
    let handler = Handler {
        tools: Arc::new(tools(many)),
    };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(Some(Duration::from_secs(15)));
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(handler.clone()), sessions, config);
    let mut router = axum::Router::new().route_service("/mcp", service);
    if let Some(secret) = variable("BENCH_JWT_SECRET") {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&["bench"]);
        validation.set_issuer(&["bench"]);
        let key = DecodingKey::from_secret(secret.as_bytes());
        let state = Arc::new(Check { key, validation });
        router = router.layer(from_fn_with_state(state, check));
    }
    let address = variable("BENCH_BIND").expect("the bench sets it");
    let listener = TcpListener::bind(address).await;
    let listener = listener.expect("the address is free").tap_io(|stream| {
        // It is slower without, and still an answer.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await.expect("it serves");
}
