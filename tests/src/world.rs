//! The identity provider, the `custom_provider` example, a client and a browser, together.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::balancer::Balancer;
use crate::browser::Browser;
use crate::client::{Attempt, Client, REDIRECT, Tokens, discover};
use crate::database::{Database, Engine};
use crate::idp::{Idp, Knobs};
use crate::link::{Link, Wire};
use crate::mcp::{Era, Mcp};
use crate::nodes::Nodes;
use crate::server::{Server, Storage};

const EXAMPLE: &str = "custom-provider";
/// The operator's secret, which nodes share.
const SECRET: &str = "an excellent secret that all the nodes share";

/// Which store the server uses, and how many nodes share it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `FASTMCP_STORE=memory`.
    Memory,
    /// `FASTMCP_STORE=disk:…`.
    Disk,
    /// One node on a database.
    One(Engine),
    /// Two nodes on a database; every other connection goes to the second.
    Two(Engine),
}

impl Kind {
    /// All that this machine can run.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Memory, Self::Disk];
        for engine in [Engine::Redis, Engine::Postgres] {
            if engine.is_there() {
                all.extend([Self::One(engine), Self::Two(engine)]);
            }
        }
        all
    }

    /// How it is asked for in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::One(Engine::Redis) | Self::Two(Engine::Redis) => "redis",
            Self::One(Engine::Postgres) | Self::Two(Engine::Postgres) => "postgres",
        }
    }
}

/// Everything that a login needs.
pub struct World {
    /// The provider.
    pub idp: Idp,
    /// The server; of two nodes the first, by the address of both.
    pub server: Server,
    /// A registered public client.
    pub client: Client,
    /// The server's store, if on disk, is in `store` below it.
    pub directory: TempDir,
    second: Option<(Server, Balancer)>,
    wires: Vec<Link>,
    // Last, so that the servers are gone when it goes.
    database: Option<Database>,
}

impl World {
    /// Starts provider and server, and registers a client.
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[]).await
    }

    /// As [`World::start`], with another example that any provider will do for.
    pub async fn start_example(example: &str, kind: Kind) -> Self {
        Self::start_all(example, kind, &[]).await
    }

    /// As [`World::start`], with more environment.
    pub async fn start_with(kind: Kind, more: &[(&str, &str)]) -> Self {
        Self::start_all(EXAMPLE, kind, more).await
    }

    async fn start_all(example: &str, kind: Kind, more: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = match kind {
            Kind::Memory | Kind::Disk => None,
            Kind::One(engine) | Kind::Two(engine) => Some(Database::new(engine)),
        };
        let storage = match &database {
            Some(database) => Storage::Database(database.address()),
            None if kind == Kind::Disk => Storage::disk(&directory.path().join("store")),
            None => Storage::Memory,
        };
        let nodes = match kind {
            Kind::Two(_) => vec![storage.clone(), storage],
            _ => vec![storage],
        };
        let mut world = Self::example_over(example, &nodes, more).await;
        (world.directory, world.database) = (directory, database);
        world
    }

    /// Over the database of `kind`, each node by a wire of its own, on which every piece of data
    /// is late at random by up to `most`. Without a database as [`World::start`].
    pub async fn start_late(kind: Kind, most: Duration) -> Self {
        let (Kind::One(engine) | Kind::Two(engine)) = kind else {
            return Self::start(kind).await;
        };
        let database = Database::new(engine);
        let count = if kind == Kind::Two(engine) { 2 } else { 1 };
        let (mut nodes, mut wires) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let wire = Link::to(database.port()).await;
            wire.turn(Wire::Late(most));
            nodes.push(Storage::Database(database.address_at(wire.port())));
            wires.push(wire);
        }
        let mut world = Self::over(&nodes, &[]).await;
        (world.wires, world.database) = (wires, Some(database));
        world
    }

    /// One node on each of these, which must all lead to the same records.
    pub async fn over(nodes: &[Storage], more: &[(&str, &str)]) -> Self {
        Self::example_over(EXAMPLE, nodes, more).await
    }

    async fn example_over(example: &str, nodes: &[Storage], more: &[(&str, &str)]) -> Self {
        let idp = Idp::start().await;
        let mut environment = idp.environment();
        if matches!(nodes[0], Storage::Database(_)) {
            environment.push(("FASTMCP_SECRET".into(), SECRET.into()));
        }
        let more = more
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        environment.extend(more);
        let (server, second) = match nodes {
            [one] => (Server::start(example, one, environment).await, None),
            [first, second] => {
                let (first, second, balancer) =
                    two_nodes(example, [first, second], environment).await;
                (first, Some((second, balancer)))
            }
            _ => panic!("a world has one node or two"),
        };
        let client = Client::register(discover(&server.mcp()).await).await;
        Self {
            idp,
            server,
            client,
            directory: tempfile::tempdir().expect("a temporary directory"),
            second,
            wires: Vec::new(),
            database: None,
        }
    }

    /// Its nodes, each by its own address.
    pub fn nodes(&self) -> Nodes {
        let second = self.second.iter().map(|(second, _)| second.port());
        let ports = [self.server.port()].into_iter().chain(second).collect();
        Nodes::new(self.server.base(), ports)
    }

    /// Of two nodes the second one.
    pub fn second(&self) -> Option<&Server> {
        self.second.as_ref().map(|(second, _)| second)
    }

    /// What all nodes have printed.
    pub fn output(&self) -> String {
        let second = self.second().map(Server::output);
        format!("{}{}", self.server.output(), second.unwrap_or_default())
    }

    /// Exchanges the operator's secret as the manual says: one node after another; of several, each
    /// first learns the new one.
    pub async fn exchange_secret(&mut self, new: &str, old: &str) {
        let more_than_one = self.second.is_some();
        let steps = [(old, new), (new, old)];
        for (current, previous) in steps.into_iter().skip(usize::from(!more_than_one)) {
            let second = self.second.as_mut().map(|(server, _)| server);
            for node in std::iter::once(&mut self.server).chain(second) {
                node.set("FASTMCP_SECRET", current);
                node.set("FASTMCP_SECRET_PREVIOUS", previous);
                node.restart().await;
            }
        }
    }

    /// Sets who signs in from now on; everything else becomes good again.
    pub async fn person(&self, user: &str, roles: &[&str]) {
        let claims = Map::from_iter([("roles".to_owned(), json!(roles))]);
        self.idp
            .turn(&Knobs {
                user: user.into(),
                claims,
                ..Knobs::default()
            })
            .await;
    }

    /// A login up to the code.
    pub async fn code(&self) -> (Attempt, String) {
        let attempt = self.client.begin();
        let called = Browser::new()
            .agree(attempt.url.as_str(), REDIRECT, |_| {})
            .await;
        let code = self.client.code(&attempt, &called);
        (attempt, code)
    }

    /// A whole login.
    pub async fn login(&self) -> Tokens {
        let (attempt, code) = self.code().await;
        Tokens::read(&self.client.redeem(&code, &attempt.verifier).await)
    }

    /// An MCP client with that token.
    pub async fn mcp(&self, era: Era, token: &str) -> Mcp {
        Mcp::connect(&self.server.mcp(), era, Some(token)).await
    }

    /// The good flow still works: a login, a call, a refresh, a call.
    pub async fn check_good_flow(&self) {
        let tokens = self.login().await;
        let mcp = self.mcp(Era::Modern, &tokens.access).await;
        assert_eq!(mcp.text("echo", json!({"text": "good"})).await, "good");
        let tokens = Tokens::read(&self.client.refresh(&tokens.refresh).await);
        let mcp = mcp.with_token(&tokens.access);
        assert_eq!(mcp.text("echo", json!({"text": "still"})).await, "still");
    }

    /// What `whoami` says about the owner of a token.
    pub async fn whoami(&self, token: &str) -> Value {
        let text = self
            .mcp(Era::Modern, token)
            .await
            .text("whoami", json!({}))
            .await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("`whoami` answers JSON, not {text}"))
    }
}

async fn two_nodes(
    example: &str,
    storages: [&Storage; 2],
    environment: Vec<(String, String)>,
) -> (Server, Server, Balancer) {
    let balancer = Balancer::start().await;
    let node = |storage| {
        let address = format!("127.0.0.1:{}", balancer.new_port());
        let mut environment = environment.clone();
        environment.push(("FASTMCP_BASE_URL".into(), balancer.base().into()));
        environment.push(("FASTMCP_BIND".into(), address));
        Server::start(example, storage, environment)
    };
    // Together, as a deployment starts them: who is first makes the table and the salt.
    let (first, second) = tokio::join!(node(storages[0]), node(storages[1]));
    (first, second, balancer)
}
