//! A call: MCP over Streamable HTTP and stdio, both protocol eras, one gate.
//!
//! Follow a call: `edge` (host, origin, token, method) → `http` (media types, body) →
//! `frame` (one parse) → `exchange` (era, method) → `dispatch` (rule, then the user's
//! function) → `answer`, or where the function borrows a `Context`, `live` → `stream`. `ask` puts
//! its questions to the client; in `tasks` it goes on after its answer. `resources`, `prompts` and `completion` add what is theirs; `list`
//! answers the lists from ready bytes.
//!
//! The edge is our own because a handler under the SDK can answer neither 401 nor 403, and costs
//! several times as much. `engine` holds the SDK for stdio. Sessions belong to the principal that
//! opened them (`session`, `sessions`) and replace no token. What is served is what was declared
//! (`capabilities`).
//!
//! Follow a change: `item/control.rs` → `item/hub.rs`, an inbox for each listener → `subscription`
//! (2026-07-28) or `standing` (before), which ask `rights` each time → `news`. A call that streams
//! in a session goes through `streams` into a `replay` log, from which its client can read again.

mod answer;
mod ask;
mod batch;
mod call_rights;
mod capabilities;
mod completion;
mod describe;
mod dispatch;
mod edge;
mod engine;
mod event;
mod exchange;
mod frame;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
mod handshake;
mod hooks;
mod http;
#[cfg(feature = "test-util")]
mod known;
mod list;
mod live;
mod mask;
mod media;
mod mirrored;
mod modern;
mod news;
mod operation;
mod origin;
mod params;
mod prompts;
mod quota;
mod replay;
mod resources;
mod revision;
mod rights;
mod session;
mod sessions;
mod span;
mod standing;
mod stream;
mod streams;
mod subscription;
mod tasks;
mod times;
mod unique;
mod wanted;
mod watch;

use std::any::Any;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use serde::Serialize;

pub use self::ask::{Once, Rounds, Unreachable};
use self::capabilities::Capabilities;
pub(crate) use self::describe::{
    prompt as describe_prompt, resource as describe_resource, tool as describe_tool,
};
use self::dispatch::Dispatcher;
use self::edge::Edge;
use self::engine::Engine;
use self::handshake::greeting;
use self::list::Lists;
use self::origin::Allowed;
use self::revision::Era;
use self::sessions::Sessions;
use self::tasks::Tasks;
use crate::auth::{Authenticator, Rule};
use crate::item::{Around, Registry};
use crate::parts::Parts;
use crate::task::Memory;

/// Where the endpoint is.
pub const PATH: &str = "/mcp";

/// Largest body unless set otherwise: 4 MiB.
pub const MAX_BODY: usize = 4 * 1024 * 1024;

/// How the server introduces itself.
#[derive(Clone, Debug, Default)]
pub struct ServerInfo {
    /// Name for programs.
    pub name: String,
    /// Name for people.
    pub title: Option<String>,
    /// Version of the server.
    pub version: String,
    /// How to use it, for the model.
    pub instructions: Option<String>,
}

/// What an endpoint is made of.
pub struct EndpointParts {
    /// The tools, resources and prompts.
    pub registry: Registry,
    /// The state that they borrow.
    pub app: Arc<dyn Any + Send + Sync>,
    /// What is put around calls, the first one outermost.
    pub around: Vec<Around>,
    /// Who turns tokens into sessions; without one, everyone is anonymous.
    pub authenticator: Option<Arc<dyn Authenticator>>,
    /// With an authenticator: callers without a token may use what is public.
    pub anonymous: bool,
    /// How the server introduces itself.
    pub info: ServerInfo,
    /// Origins whose pages may call, beside the server's own: `https://app.example.com`, or `*`.
    pub allowed_origins: Vec<String>,
    /// Hosts that the server answers to: `host`, `host:port`, `host:*`. A loopback one stands for
    /// every loopback name and any port. An empty list admits nobody.
    pub allowed_hosts: Vec<String>,
    /// Scopes that a sign-in challenge asks for.
    pub scopes_offered: BTreeSet<String>,
    /// Largest body; see [`MAX_BODY`].
    pub max_body: usize,
    /// What calls need that ask their client in several rounds.
    pub rounds: Rounds,
    /// Where tasks are kept; without one, calls of tools with `task` are answered when they are
    /// done, and those that need one are refused.
    pub tasks: Option<Arc<dyn Memory>>,
    /// Clock, randomness, outgoing HTTP.
    pub parts: Parts,
}

/// The MCP endpoint of a server. Clones share their sessions.
#[derive(Clone, Debug)]
pub struct Endpoint(Arc<Edge>);

impl Endpoint {
    /// Puts the parts together.
    pub fn new(parts: EndpointParts) -> Self {
        let auth = parts.authenticator.is_some();
        let default = if auth && !parts.anonymous {
            Rule::SignedIn
        } else {
            Rule::Public
        };
        let server_info = implementation(&parts.info);
        let mut capabilities = Capabilities::of(&parts.registry);
        if parts.tasks.is_some() {
            capabilities = capabilities.with_tasks(&parts.registry);
        }
        let dispatcher = Dispatcher::new(parts.registry, parts.app, default, parts.parts);
        let dispatcher = dispatcher.with_hooks(parts.around);
        let lists = Arc::new(Lists::new(&dispatcher, &server_info, auth, parts.anonymous));
        let dispatcher = Arc::new(dispatcher);
        let resource = parts.authenticator.as_ref();
        let server = resource.map_or(&*parts.info.name, |known| known.resource_metadata());
        let tasks = parts.tasks.filter(|_| capabilities.tasks);
        let tasks = tasks.map(|memory| Tasks::new(memory, server, &dispatcher));
        let rounds = parts.rounds.of_server(server);
        let engine = Arc::clone(&dispatcher);
        let engine = Engine::new(engine, Arc::clone(&lists), rounds.clone(), &parts.info);
        let discover = discover(&parts.info, &server_info, capabilities);
        Self(Arc::new(Edge {
            allowed: Allowed::new(parts.allowed_hosts, parts.allowed_origins),
            authenticator: parts.authenticator,
            anonymous: parts.anonymous,
            offered: parts.scopes_offered,
            max_body: parts.max_body,
            dispatcher,
            lists,
            discover,
            greeting: greeting(&parts.info, &server_info, capabilities),
            capabilities,
            server_info,
            sessions: Sessions::new(),
            streams: Arc::default(),
            stopping: tokio::sync::watch::Sender::new(false),
            over: tokio::sync::watch::Sender::new(false),
            rounds,
            tasks,
            engine,
        }))
    }

    /// The route [`PATH`], for every method.
    pub fn router(&self) -> Router {
        Router::new().route(PATH, any(edge::serve).with_state(Arc::clone(&self.0)))
    }

    /// Answers one request, whatever its path; the same as [`Endpoint::router`] without the route.
    pub(crate) fn answer(&self, request: Request) -> impl Future<Output = Response> + Send + use<> {
        edge::serve(State(Arc::clone(&self.0)), request)
    }

    /// Serves one client on standard input and output until it goes away. There is no token on
    /// this way, so tools that need a signed-in user are refused.
    ///
    /// # Errors
    /// The handshake or a stream failed.
    pub async fn stdio(self) -> io::Result<()> {
        self.0.engine.stdio().await
    }

    /// Ends all standing streams, for a graceful stop; calls under way go on, unless they wait for
    /// an answer of their client.
    pub fn drain(&self) {
        self.0.sessions.close_questions();
        self.0.stopping.send_replace(true);
    }

    /// Ends the calls that speak to their client, which is told so by an error: the time of a
    /// graceful stop is over.
    pub fn end(&self) {
        self.0.over.send_replace(true);
    }
}

impl std::fmt::Debug for EndpointParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndpointParts")
            .field("info", &self.info)
            .field("anonymous", &self.anonymous)
            .finish_non_exhaustive()
    }
}

/// `Implementation` in the schema, as JSON.
fn implementation(info: &ServerInfo) -> String {
    #[derive(Serialize)]
    struct Implementation<'a> {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        version: &'a str,
    }
    let implementation = Implementation {
        name: &info.name,
        title: info.title.as_deref(),
        version: &info.version,
    };
    serde_json::to_string(&implementation).unwrap_or_default()
}

/// The result of `server/discover`, the same for everyone.
fn discover(info: &ServerInfo, server_info: &str, capabilities: Capabilities) -> Vec<u8> {
    let capabilities = capabilities.json(Era::Modern);
    let instructions = info.instructions.as_ref().map_or_else(String::new, |text| {
        format!(
            r#","instructions":{}"#,
            serde_json::Value::from(text.as_str())
        )
    });
    let versions = serde_json::json!(revision::SUPPORTED);
    format!(
        r#"{{"resultType":"complete","supportedVersions":{versions},"capabilities":{capabilities}{instructions},"ttlMs":300000,"cacheScope":"public","_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}}}"#
    )
    .into_bytes()
}
