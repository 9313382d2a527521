//! A server of the tests' own in this process: its clock can be turned and every option set.

use axum::Router;
use axum::routing::get;
use fastmcp::auth::Rule;
use fastmcp::prelude::*;
use fastmcp::provider;
use fastmcp::server::Server;
pub(crate) use fastmcp::testing::Clock;
use tests::browser::Browser;
use tests::client::{Attempt, Client, REDIRECT, Tokens, discover};
use tests::idp::{Idp, upstream_client};
use tests::mcp::{Era, Mcp};
use tests::schema::judged;
use tokio::net::TcpListener;

/// Who is signed in.
#[tool(requires_auth)]
fn name(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// For admins.
#[tool(roles = ["admin"])]
fn secret_of_admins() -> &'static str {
    "forty-two"
}

/// How much the provider's token is worth.
#[tool(requires_auth)]
async fn upstream_hint(user: &AuthSession) -> Result<String> {
    Ok(user
        .access_token()
        .await?
        .expose()
        .chars()
        .take(4)
        .collect())
}

/// A tool that fails in the worst way.
#[tool(requires_auth)]
fn panics() -> String {
    panic!("a canary in a panic")
}

/// The server of the tests.
#[server(auth = custom, roles = ["admin"], scopes = ["notes:write"])]
pub(crate) struct Local;

/// The server with this provider, before it starts.
pub(crate) fn configured(idp: &Idp, base: &str) -> Server {
    let (id, secret) = upstream_client();
    let url = idp.url();
    let upstream = provider::custom(format!("{url}/authorize"), format!("{url}/token"))
        .issuer(url)
        .jwks_uri(format!("{url}/jwks"))
        .userinfo_endpoint(format!("{url}/userinfo"))
        .scopes(["openid", "notes:write"]);
    Local
        .into_server()
        .provider(upstream)
        .upstream_client_id(id)
        .upstream_client_secret(secret)
        .base_url(base)
}

/// The server, its provider and a client.
pub(crate) struct Running {
    pub(crate) idp: Idp,
    pub(crate) clock: Clock,
    pub(crate) base: String,
    pub(crate) client: Client,
}

impl Running {
    /// Starts it; `configure` may set any option.
    pub(crate) async fn start(configure: impl FnOnce(Server) -> Server) -> Self {
        Self::start_at(Idp::start().await, configure).await
    }

    /// The same at a provider that is there already.
    pub(crate) async fn start_at(idp: Idp, configure: impl FnOnce(Server) -> Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let base = format!("http://localhost:{port}");
        let clock = Clock::default();
        let server = configured(&idp, &base).parts(clock.parts());
        let mut server = configure(server);
        let guard = server
            .guard(Rule::Role("admin"))
            .await
            .expect("a server with `auth`");
        let own = Router::new()
            .route("/admin", get(admin))
            .layer(guard)
            .route("/", get(|| async { "open" }));
        let router = own.merge(server.router().await.expect("good settings"));
        let router = judged(router);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::register(discover(&format!("{base}/mcp")).await).await;
        Self {
            idp,
            clock,
            base,
            client,
        }
    }

    /// A path below the base URL.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A login up to the code.
    pub(crate) async fn code(&self) -> (Attempt, String) {
        let attempt = self.client.begin();
        let called = Browser::new()
            .agree(attempt.url.as_str(), REDIRECT, |_| {})
            .await;
        let code = self.client.code(&attempt, &called);
        (attempt, code)
    }

    /// A whole login.
    pub(crate) async fn login(&self) -> Tokens {
        let (attempt, code) = self.code().await;
        Tokens::read(&self.client.redeem(&code, &attempt.verifier).await)
    }

    /// An MCP client with that token.
    pub(crate) async fn mcp(&self, token: &str) -> Mcp {
        Mcp::connect(&self.at("/mcp"), Era::Modern, Some(token)).await
    }
}

async fn admin(user: axum::Extension<AuthSession>) -> String {
    format!("an admin: {}", user.subject())
}
