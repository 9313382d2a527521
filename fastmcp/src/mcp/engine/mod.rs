//! The official SDK as a private engine: the only folder that knows `rmcp`.
//!
//! It serves what has a peer in it: the handshake and life of a legacy session, its standing
//! stream, and stdio. The edge in front of it has already checked host, origin, token and body;
//! so each request is made anew here, with the headers the engine insists on, and its own guards
//! are off. No type of `rmcp` leaves this folder.
//!
//! The engine's own idle timeout is off as well: plain requests of a session never reach it, so
//! it would end sessions that are in use. `Sessions` (in `mcp/session.rs`) decides.

mod handler;

use std::io;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::Full;
use rmcp::ServiceExt as _;
use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use self::handler::Handler;
use super::ServerInfo;
use super::dispatch::Dispatcher;
use super::list::Lists;
use crate::auth::AuthSession;

/// The header that names a session.
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// An answer to `initialize` is small.
const MAX_HANDSHAKE: usize = 1 << 20;

/// Sessions and peers.
pub(crate) struct Engine {
    http: StreamableHttpService<Handler, LocalSessionManager>,
    sessions: Arc<LocalSessionManager>,
    handler: Handler,
    stop: Box<dyn Fn() + Send + Sync>,
}

/// A session that was just opened.
pub(crate) struct Opened {
    /// Its id, if the handshake succeeded.
    pub(crate) session_id: Option<String>,
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The JSON-RPC answer to `initialize`.
    pub(crate) answer: Vec<u8>,
}

impl Engine {
    /// An engine that lists and calls through the same gate as the edge.
    pub(crate) fn new(dispatcher: Arc<Dispatcher>, lists: Arc<Lists>, info: &ServerInfo) -> Self {
        let handler = Handler::new(dispatcher, lists, info);
        let mut sessions = LocalSessionManager::default();
        sessions.session_config.keep_alive = None;
        sessions.session_config.sse_retry = None;
        let sessions = Arc::new(sessions);
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .disable_allowed_origins()
            .with_sse_retry(None);
        let token = config.cancellation_token.clone();
        let service = handler.clone();
        Self {
            http: StreamableHttpService::new(
                move || Ok(service.clone()),
                Arc::clone(&sessions),
                config,
            ),
            sessions,
            handler,
            stop: Box::new(move || token.cancel()),
        }
    }

    /// Opens a session with an `initialize` request.
    pub(crate) async fn initialize(&self, body: String, caller: Option<&AuthSession>) -> Opened {
        let mut request = request(Method::POST, None, body);
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller.clone());
        }
        let response = self.handle(request).await;
        let session_id = response
            .headers()
            .get(&SESSION_ID)
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned);
        let status = response.status();
        let body = to_bytes(response.into_body(), MAX_HANDSHAKE).await;
        let answer = body.as_deref().map(first_event).unwrap_or_default();
        Opened {
            session_id,
            status,
            answer,
        }
    }

    /// Hands a notification or response to a session.
    pub(crate) async fn accept(&self, session_id: &str, body: String) -> StatusCode {
        let request = request(Method::POST, Some(session_id), body);
        self.handle(request).await.status()
    }

    /// The standing stream of a session.
    pub(crate) async fn listen(&self, session_id: &str, last_event_id: Option<&str>) -> Response {
        let mut request = request(Method::GET, Some(session_id), String::new());
        if let Some(Ok(id)) = last_event_id.map(str::parse) {
            request.headers_mut().insert(LAST_EVENT_ID, id);
        }
        self.handle(request).await
    }

    /// Boxed: the SDK's future is tens of kilobytes, and the plain calls that never come here would
    /// carry its room with them.
    fn handle(&self, request: Request<Full<Bytes>>) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.http.handle(request).await.map(Body::new) })
    }

    /// Ends a session that is no longer in the table.
    pub(crate) fn close(&self) -> impl Fn(String) + Send + Sync + 'static {
        let sessions = Arc::clone(&self.sessions);
        move |id| {
            let sessions = Arc::clone(&sessions);
            // Without a runtime the process is ending, and the session with it.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    if let Err(error) = sessions.close_session(&id.into()).await {
                        tracing::debug!(%error, "a session was gone already");
                    }
                });
            }
        }
    }

    /// Ends all sessions and streams.
    pub(crate) fn stop(&self) {
        (self.stop)();
    }

    /// Serves one client on standard input and output until it goes away.
    pub(crate) fn stdio(&self) -> BoxFuture<'static, io::Result<()>> {
        let handler = self.handler.clone();
        Box::pin(async move {
            let running = handler.serve(rmcp::transport::stdio()).await;
            let running = running.map_err(io::Error::other)?;
            running.waiting().await.map_err(io::Error::other)?;
            Ok(())
        })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

/// A request as the engine wants it.
fn request(method: Method, session_id: Option<&str>, body: String) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = method;
    let headers = request.headers_mut();
    let json = http::HeaderValue::from_static("application/json");
    let both = http::HeaderValue::from_static("application/json, text/event-stream");
    headers.insert(HOST, http::HeaderValue::from_static("localhost"));
    headers.insert(CONTENT_TYPE, json);
    headers.insert(ACCEPT, both);
    if let Some(Ok(id)) = session_id.map(str::parse) {
        headers.insert(SESSION_ID, id);
    }
    request
}

/// The data of the first event that has some; a body that is no stream is given back whole.
fn first_event(body: &[u8]) -> Vec<u8> {
    if body.trim_ascii_start().starts_with(b"{") {
        return body.to_vec();
    }
    body.split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_prefix(b"data:"))
        .map(<[u8]>::trim_ascii)
        .find(|data| !data.is_empty())
        .unwrap_or_default()
        .to_vec()
}
