//! A server at `https://s.test`, in this process: one node or two, over a store that is watched.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastmcp::keys::Keys;
use fastmcp::limits::RateLimits;
use fastmcp::provider::{self, Provider};
use fastmcp::server::Server;
use fastmcp::store::{DiskStore, MemoryStore, Store};
use fastmcp::testing::Clock;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tests::browser::Browser;
use tests::http::{Answer, Diary, Http};
use tests::idp::{Call, Idp, Knobs, upstream_client};
use tests::nodes::Nodes;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::desk::{Desk, Touched};
use crate::publisher::Publisher;
use crate::watched::Watched;

/// What the server calls itself.
pub(crate) const BASE: &str = "https://s.test";
/// The resource.
pub(crate) const MCP: &str = "https://s.test/mcp";
/// How long a document of a client may take, and a refusal takes: shorter than in the world.
const FOREIGN: Duration = Duration::from_secs(1);
/// Where clients of other hosts may be called back, besides loopback.
const PATTERNS: [&str; 5] = [
    "https://c.test/cb",
    "https://x.test/cb",
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
];

/// Where records are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kept {
    Memory,
    Disk,
}

/// How a case is run; it starts the servers that it needs.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) kept: Kept,
    pub(crate) nodes: usize,
    pub(crate) idp: Arc<Idp>,
    started: Arc<Mutex<Vec<S>>>,
}

impl Setup {
    pub(crate) fn new(kept: Kept, nodes: usize, idp: Arc<Idp>) -> Self {
        let started = Arc::default();
        Self {
            kept,
            nodes,
            idp,
            started,
        }
    }

    pub(crate) fn name(&self) -> String {
        let kept = format!("{:?}", self.kept).to_lowercase();
        format!("{kept}/{}", self.nodes)
    }

    /// What the case has started and still runs.
    pub(crate) fn started(&self) -> Vec<S> {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.clone()
    }

    /// The usual server.
    pub(crate) async fn start(&self) -> S {
        self.start_with(|server| server).await
    }

    /// The same with other options.
    pub(crate) async fn start_with(&self, configure: impl Fn(Server) -> Server) -> S {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store: Arc<dyn Store> = match self.kept {
            Kept::Memory => Arc::new(MemoryStore::new()),
            Kept::Disk => Arc::new(DiskStore::open(directory.path()).expect("a fresh directory")),
        };
        let keys = Keys::ephemeral(&fastmcp::parts::Random::system());
        let home = Home {
            store: Watched::new(store),
            keys,
            _directory: Arc::new(directory),
        };
        self.start_at(home, BASE, configure).await
    }

    /// The same at another address, over a store that may be there already.
    pub(crate) async fn start_at(
        &self,
        home: Home,
        base: &str,
        configure: impl Fn(Server) -> Server,
    ) -> S {
        let publisher = Publisher::start().await;
        let touched = Touched::default();
        let now = tests::now();
        let (mut clocks, mut ports, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.nodes {
            let clock = Clock::standing(now);
            let make = || {
                let mut world = clock.parts();
                world.foreign = publisher.foreign().within(FOREIGN);
                let server = configured(&self.idp, &touched, base)
                    .parts(world)
                    .keys(home.keys.clone())
                    .store(home.store.clone());
                configure(server)
            };
            let (port, task) = listen(make).await;
            clocks.push(clock);
            ports.push(port);
            tasks.push(Task(task));
        }
        let nodes = Nodes::new(base, ports.clone());
        let diary = Diary::default();
        let s = S(Arc::new(Inner {
            base: base.to_owned(),
            idp: Arc::clone(&self.idp),
            http: Http::new().through(&nodes).recording(&diary),
            diary,
            ports,
            nodes,
            clocks,
            touched,
            publisher,
            home,
            tasks: Mutex::new(tasks),
        }));
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.push(s.clone());
        s
    }

    /// Forgets a server, so that nothing is asked of it after the case.
    pub(crate) fn forget(&self, s: &S) {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.retain(|known| !Arc::ptr_eq(&known.0, &s.0));
        drop(started);
        s.stop();
    }
}

/// What outlives a node: the store, its keys, the directory on disk.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) store: Watched,
    pub(crate) keys: Keys,
    /// Last, so that it goes when nobody writes there any more.
    _directory: Arc<TempDir>,
}

impl Home {
    /// The same keys over other records.
    pub(crate) fn with_store(&self, store: Watched) -> Self {
        Self {
            store,
            ..self.clone()
        }
    }
}

/// The provider as the server knows it.
pub(crate) fn upstream(idp: &Idp) -> Provider {
    let url = idp.url();
    provider::custom(format!("{url}/authorize"), format!("{url}/token"))
        .issuer(url)
        .jwks_uri(format!("{url}/jwks"))
        .userinfo_endpoint(format!("{url}/userinfo"))
        .revocation_endpoint(format!("{url}/revoke"))
        .scopes(["openid", "profile", "notes:write"])
}

/// The same as plain OAuth 2.0: no issuer, no ID token, userinfo alone.
pub(crate) fn without_id_token(idp: &Idp) -> Provider {
    let url = idp.url();
    provider::custom(format!("{url}/authorize"), format!("{url}/token"))
        .userinfo_endpoint(format!("{url}/userinfo"))
        .scopes(["openid", "profile", "notes:write"])
}

/// The server before it starts, without clock, keys and store; nobody asks too often, for every
/// client and every browser of a case has the same address.
pub(crate) fn configured(idp: &Idp, touched: &Touched, base: &str) -> Server {
    let (id, secret) = upstream_client();
    let touched = touched.clone();
    Desk { touched }
        .into_server()
        .provider(upstream(idp))
        .upstream_client_id(id)
        .upstream_client_secret(secret)
        .base_url(base)
        .rate_limits(RateLimits::OFF)
        .allowed_redirect_uri_patterns(PATTERNS)
        .authorization_code_ttl(Duration::from_mins(1))
        .access_token_ttl(Duration::from_mins(5))
}

/// Serves on a port that was free a moment ago; another one if it is not any more.
async fn listen(make: impl Fn() -> Server) -> (u16, JoinHandle<()>) {
    for _ in 0..20 {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let (tell, told) = oneshot::channel();
        let server = make().bind(format!("127.0.0.1:{port}"));
        let server = server.on_listening(move |_| {
            let _ = tell.send(());
        });
        let task = tokio::spawn(async move {
            if let Err(error) = server.try_serve().await {
                assert!(error.to_string().contains("cannot listen"), "{error}");
            }
        });
        if told.await.is_ok() {
            return (port, task);
        }
        if let Err(error) = task.await {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    panic!("no port stays free");
}

/// A running server, with all that belongs to it; clones are the same.
#[derive(Clone)]
pub(crate) struct S(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) base: String,
    pub(crate) idp: Arc<Idp>,
    pub(crate) http: Http,
    pub(crate) diary: Diary,
    pub(crate) ports: Vec<u16>,
    pub(crate) nodes: Nodes,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) touched: Touched,
    pub(crate) publisher: Publisher,
    pub(crate) home: Home,
    tasks: Mutex<Vec<Task>>,
}

struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl std::ops::Deref for S {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl S {
    /// An address of this server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Ends its nodes.
    pub(crate) fn stop(&self) {
        let tasks = self.tasks.lock();
        tasks.unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Turns the clocks of all nodes.
    pub(crate) fn wait(&self, seconds: i64) {
        for clock in &self.clocks {
            clock.by(seconds);
        }
    }

    /// What reaches that node alone.
    pub(crate) fn only(&self, node: usize) -> Http {
        let http = Http::new().through(&self.nodes.only(node));
        http.recording(&self.diary)
    }

    /// The provider's clock follows that of the nodes; where they disagree it is between them.
    pub(crate) async fn provider_follows(&self) {
        let times = self.clocks.iter().map(Clock::now);
        let between = times.sum::<u64>() / self.clocks.len() as u64;
        let ahead =
            i64::try_from(between).expect("a time") - i64::try_from(tests::now()).expect("a time");
        self.idp.ahead(ahead).await;
    }

    /// The URL under which a browser keeps the cookies of this server.
    pub(crate) fn nodes_url(&self) -> String {
        format!("http://localhost:{}/", self.ports[0])
    }

    /// A person's browser, without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::through(&self.nodes).recording(&self.diary)
    }

    /// Anything; a path is one of this server.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Answer {
        let url = self.at(path);
        self.http.send(method, &url, headers, body.into()).await
    }

    /// `GET`, as a browser.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("accept", "text/html")], "").await
    }

    /// Registers.
    pub(crate) async fn register(&self, body: &Value) -> Answer {
        self.register_raw(&body.to_string()).await
    }

    /// The same with any text for a body.
    pub(crate) async fn register_raw(&self, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send("POST", "/oauth/register", &headers, body).await
    }

    /// The provider's behaviour from now on.
    pub(crate) async fn turn(&self, knobs: Knobs) {
        self.idp.turn(&knobs).await;
    }

    /// Who signs in from now on, with these claims.
    pub(crate) async fn person(&self, user: &str, claims: Value) {
        let claims = claims.as_object().cloned().unwrap_or_else(Map::new);
        let user = user.into();
        self.turn(Knobs {
            user,
            claims,
            ..Knobs::default()
        })
        .await;
    }

    /// What the provider heard at that endpoint.
    pub(crate) async fn calls(&self, endpoint: &str) -> Vec<Call> {
        self.idp.calls(endpoint).await
    }

    /// The provider has heard nothing.
    pub(crate) async fn upstream_is_silent(&self, case: &str) {
        for endpoint in ["authorize", "token", "refresh", "userinfo", "revoke"] {
            let count = self.idp.count(endpoint).await;
            assert_eq!(count, 0, "{case}: the provider was called at `{endpoint}`");
        }
    }
}

/// The body of a registration that is good, with changes; null removes a member.
pub(crate) fn registration(changes: Value) -> Value {
    let mut body = json!({
        "redirect_uris": ["http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let members = body.as_object_mut().expect("an object");
    members.retain(|_, value| !value.is_null());
    body
}
