//! The identity provider, the `custom_provider` example, a client and a browser, together.

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::client::{Attempt, Client, REDIRECT, Tokens, discover};
use crate::idp::{Idp, Knobs};
use crate::mcp::{Era, Mcp};
use crate::server::{Server, Storage};

/// Which store the server uses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `FASTMCP_STORE=memory`.
    Memory,
    /// `FASTMCP_STORE=disk:…`.
    Disk,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Memory, Self::Disk];
}

/// Everything that a login needs.
pub struct World {
    /// The provider.
    pub idp: Idp,
    /// The server.
    pub server: Server,
    /// A registered public client.
    pub client: Client,
    /// The server's store, if on disk, is in `store` below it.
    pub directory: TempDir,
}

impl World {
    /// Starts provider and server, and registers a client.
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[]).await
    }

    /// As [`World::start`], with more environment.
    pub async fn start_with(kind: Kind, more: &[(&str, &str)]) -> Self {
        let idp = Idp::start().await;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let storage = match kind {
            Kind::Memory => Storage::Memory,
            Kind::Disk => Storage::disk(&directory.path().join("store")),
        };
        let mut environment = idp.environment();
        environment.extend(
            more.iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let server = Server::start("custom-provider", &storage, environment).await;
        let client = Client::register(discover(&server.mcp()).await).await;
        Self {
            idp,
            server,
            client,
            directory,
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
