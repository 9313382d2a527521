//! A server on a free port, beside an identity provider that does as it is told.

use std::fmt;
use std::net::SocketAddr;

use axum::Router;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;

use super::connection::Connection;
use super::line::Line;
use super::login::{self, CLIENT, Login, REDIRECT, Way};
use super::{Caller, Clock, FakeProvider, LoginError, declared};
use crate::error::{Error, Problem};
use crate::mcp;
use crate::oauth::ConfiguredClient;
use crate::server::Server;
use crate::server::inside::Facts;

/// The server's credentials at the provider; they need escaping, as some real ones do.
const UPSTREAM: (&str, &str) = ("upstream client", "upstream:secret+for/tests%");

/// A server on a free loopback port, which is its base URL, as it is deployed but for this: its
/// identity provider is a [`FakeProvider`] that looks like the declared one, its clock can be turned,
/// nobody asks too often, and it knows a client of the kit's. It keeps its records in memory unless
/// the program chose a store.
///
/// Logins go the whole way: authorization request, consent page, provider, callback, code, tokens.
///
/// ```
/// use fastmcp::prelude::*;
/// use fastmcp::provider::Identity;
/// use fastmcp::testing::{Caller, TestServer};
/// use serde_json::json;
///
/// /// Delete every note older than `days`.
/// #[tool(roles = ["admin"])]
/// fn purge(days: u32) -> String {
///     format!("notes of {days} days deleted")
/// }
///
/// /// Notes for a small team.
/// #[server(auth = google, roles = ["admin"], roles_from = roles_of)]
/// struct Notes;
///
/// fn roles_of(person: &Identity) -> Vec<&'static str> {
///     match person.verified_email() {
///         Some(mail) if mail.ends_with("@ops.example.com") => vec!["admin"],
///         _ => vec![],
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = TestServer::start(Notes).await;
/// let ada = server.log_in(Caller::new("ada").email("ada@ops.example.com")).await?;
/// let answer = ada.connection().call("purge", json!({ "days": 3 })).await?;
/// assert_eq!(answer.text(), "notes of 3 days deleted");
///
/// server.provider().change(|knobs| knobs.deny = Some("access_denied".to_owned()));
/// let denied = server.log_in(Caller::new("bob")).await.unwrap_err();
/// assert_eq!(denied.error(), Some("access_denied"));
///
/// server.clock().by(7200); // the token is over
/// assert!(ada.connection().list_tools().await.unwrap_err().is_sign_in());
/// # Ok(())
/// # }
/// ```
pub struct TestServer {
    base_url: String,
    facts: Facts,
    clock: Clock,
    provider: Option<(FakeProvider, Option<String>)>,
    http: reqwest::Client,
    /// Who signs in is a knob of the provider, so they do so one after another.
    turn: Mutex<()>,
    _serving: Vec<Serving>,
}

/// A task that ends with this value.
struct Serving(AbortHandle);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl TestServer {
    /// Starts what `#[server]` was written on, or what `.into_server()` gave; it ends with this
    /// value.
    ///
    /// # Panics
    /// When the server cannot start, with every reason.
    pub async fn start(server: impl Into<Server>) -> Self {
        let started = Self::try_start(server).await;
        started.unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The same, giving problems back.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting.
    pub async fn try_start(server: impl Into<Server>) -> Result<Self, Error> {
        // Boxed: the test's own future would carry a server and all that goes into it.
        Box::pin(Self::started(server.into())).await
    }

    async fn started(server: Server) -> Result<Self, Error> {
        let clock = Clock::default();
        let (listener, base_url) = listen("localhost").await?;
        let mut serving = Vec::new();
        let mut server = server.at_home(&base_url, clock.as_part())?;
        let mut provider = None;
        if let Some(declared) = server.declared_provider()? {
            let (listener, url) = listen("127.0.0.1").await?;
            let (fake, changed) = FakeProvider::like(declared, &url, UPSTREAM, &clock);
            serving.push(serve(listener, fake.router()));
            let roles = changed.role_claims.first().cloned();
            provider = Some((fake, roles));
            let client = ConfiguredClient::public(CLIENT, [REDIRECT]).name("Test client");
            server = server.signing_in_at(changed, UPSTREAM, client);
        }
        let facts = server.facts()?;
        serving.push(serve(listener, server.router().await?));
        Ok(Self {
            base_url,
            http: facts.parts.http.clone(),
            facts,
            clock,
            provider,
            turn: Mutex::new(()),
            _serving: serving,
        })
    }

    /// The address of the MCP endpoint.
    pub fn url(&self) -> String {
        format!("{}{}", self.base_url, mcp::PATH)
    }

    /// An address below the base URL.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The clock of the server and its provider.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The identity provider.
    ///
    /// # Panics
    /// When the server has no `auth`.
    #[track_caller]
    pub fn provider(&self) -> &FakeProvider {
        match &self.provider {
            Some((provider, _)) => provider,
            None => panic!("server `{}` has no `auth`, so no provider", self.facts.name),
        }
    }

    /// A connection of somebody who is not signed in.
    pub fn anonymous(&self) -> Connection {
        self.bearing(None)
    }

    /// A connection with this token, whatever it is.
    pub fn with_token(&self, token: impl Into<String>) -> Connection {
        self.bearing(Some(token.into()))
    }

    fn bearing(&self, token: Option<String>) -> Connection {
        Connection::new(self.line(), token, None, None)
    }

    fn line(&self) -> Line {
        let (http, url) = (self.http.clone(), self.url());
        Line::Http { http, url }
    }

    /// Logs this caller in, who agrees to everything, and asks for the caller's scopes; a client
    /// that asks for none gets all that the server offers.
    ///
    /// The subject is what the provider makes of it: at a fake GitHub a number (the caller's name if
    /// it is one), at a fake Entra tenant and object id.
    ///
    /// # Errors
    /// The login ended otherwise: the provider denied it or was down, the server refused it.
    ///
    /// # Panics
    /// When the caller has a role that this provider cannot tell (Google and GitHub tell none: write
    /// what `roles_from` looks at), or a role or scope that the server does not declare; and when
    /// the server has no `auth`.
    pub async fn log_in(&self, caller: Caller) -> Result<Login, LoginError> {
        let provider = self.provider();
        declared::check(&self.facts, &caller);
        let mut claims = caller.claims.clone();
        if !caller.roles.is_empty() {
            let claim = self.provider.as_ref().and_then(|(_, claim)| claim.as_ref());
            let Some(claim) = claim else {
                panic!(
                    "this provider tells no roles; give the caller what `roles_from` of server \
                     `{}` looks at: `.email(…)`, `.claim(…)`",
                    self.facts.name
                );
            };
            let roles = caller.roles.iter().cloned().map(Value::from).collect();
            claims.insert(claim.clone(), Value::Array(roles));
        }
        let way = Way {
            http: self.http.clone(),
            base_url: self.base_url.clone(),
            resource: self.url(),
        };
        let _turn = self.turn.lock().await;
        provider.person(&caller.subject, &claims);
        let tokens = login::walk(&way, &caller.scopes).await?;
        Ok(Login::new(way, self.line(), tokens))
    }
}

/// A free port of this machine, and its address.
async fn listen(host: &str) -> Result<(TcpListener, String), Problem> {
    let bound = async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        Ok((listener, format!("http://{host}:{port}")))
    };
    bound.await.map_err(|error: std::io::Error| {
        Problem::new(
            "FM0914",
            format!("no free port of this machine: {error}"),
            "let this process open sockets",
        )
    })
}

fn serve(listener: TcpListener, router: Router) -> Serving {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(async move { axum::serve(listener, service).await });
    Serving(task.abort_handle())
}

impl fmt::Debug for TestServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestServer")
            .field("server", &self.facts.name)
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
