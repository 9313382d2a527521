//! Two nodes in this process over one database: each has a clock and a wire of its own.

use fastmcp::server::Server;
use serde_json::json;
use tests::client::{Client, Tokens, discover};
use tests::database::{Database, Engine};
use tests::http::{Answer, Http};
use tests::idp::Idp;
use tests::link::Link;
use tests::mcp::Mcp;
use tests::nodes::Nodes;
use tokio::net::TcpListener;

use crate::local::{Clock, configured};

/// The nodes, their provider and a client.
pub(crate) struct Twins {
    pub(crate) idp: Idp,
    pub(crate) clocks: [Clock; 2],
    pub(crate) wires: [Link; 2],
    pub(crate) nodes: Nodes,
    pub(crate) client: Client,
    https: [Http; 2],
    base: String,
    // Last, so that nobody writes any more when it goes.
    _database: Database,
}

impl Twins {
    /// Starts them; `configure` may set any option. Nothing where the engine is missing.
    pub(crate) async fn start(
        engine: Engine,
        configure: impl Fn(Server) -> Server,
    ) -> Option<Self> {
        if !engine.is_there() {
            return None;
        }
        let idp = Idp::start().await;
        let database = Database::new(engine);
        let wires = [
            Link::to(database.port()).await,
            Link::to(database.port()).await,
        ];
        let clocks = [Clock::default(), Clock::default()];
        let mut listeners = Vec::new();
        for _ in &wires {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
        }
        let ports = listeners
            .iter()
            .map(|it| it.local_addr().expect("an address").port());
        let ports: Vec<_> = ports.collect();
        let base = format!("http://localhost:{}", ports[0]);
        for (node, listener) in listeners.into_iter().enumerate() {
            let server = configured(&idp, &base)
                .parts(clocks[node].parts())
                .store(database.address_at(wires[node].port()))
                .secret("an excellent secret that both twins know");
            let router = configure(server).router().await.expect("good settings");
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        let nodes = Nodes::new(&base, ports);
        let https = [0, 1].map(|node| Http::new().through(&nodes.only(node)));
        let client = Client::register(discover(&format!("{base}/mcp")).await).await;
        Some(Self {
            idp,
            clocks,
            wires,
            nodes,
            client,
            https,
            base,
            _database: database,
        })
    }

    /// A path below the base URL.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The client at that node.
    pub(crate) fn client(&self, node: usize) -> Client {
        self.client.by(&self.https[node])
    }

    /// An MCP client at that node.
    pub(crate) fn mcp(&self, node: usize, access: &str) -> Mcp {
        Mcp::by(&self.https[node], &self.at("/mcp"), access)
    }

    /// A `tools/list` at that node, as it was answered.
    pub(crate) async fn list(&self, node: usize, tokens: &Tokens) -> Answer {
        let mcp = self.mcp(node, &tokens.access);
        mcp.request("tools/list", json!({})).await
    }
}
