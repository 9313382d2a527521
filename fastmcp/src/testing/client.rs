//! A server in the test's own process, without a socket.

use std::fmt;
use std::sync::Arc;

use super::connection::{Behind, Connection};
use super::forged::Forged;
use super::line::Line;
use super::{Caller, declared};
use crate::auth::{Authenticator, Rule};
use crate::mcp::Endpoint;
use crate::server::Server;
use crate::server::inside::Facts;

/// A server under test, in process: no socket, no login, no environment of a provider.
///
/// Its callers are forged: who they are is what the test says ([`Client::signed_in`]). All else is
/// the server itself: a request passes the same parse, the same gate and the same code as one over
/// HTTP, and the answer is read by a client that knows no more than any other.
///
/// ```
/// use fastmcp::prelude::*;
/// use fastmcp::testing::{Caller, Client};
/// use serde_json::json;
///
/// /// Delete every note older than `days`.
/// #[tool(roles = ["admin"], destructive)]
/// fn purge(days: u32) -> String {
///     format!("notes of {days} days deleted")
/// }
///
/// /// Notes for a small team.
/// #[server(auth = google, roles = ["admin"])]
/// struct Notes;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), fastmcp::testing::Error> {
/// let notes = Client::of(Notes);
/// let admin = notes.signed_in(Caller::new("ada").role("admin"));
/// let answer = admin.call("purge", json!({ "days": 3 })).await?;
/// assert_eq!(answer.text(), "notes of 3 days deleted");
///
/// let reader = notes.signed_in(Caller::new("bob"));
/// assert!(reader.list_tools().await?.names().is_empty());
/// let refused = reader.call("purge", json!({ "days": 3 })).await.unwrap_err();
/// assert_eq!(refused.missing_roles(), ["admin"]);
///
/// let refused = notes.anonymous().call("purge", json!({})).await.unwrap_err();
/// assert!(refused.is_sign_in());
/// # Ok(())
/// # }
/// ```
pub struct Client {
    line: Line,
    facts: Facts,
    forged: Option<Arc<Forged>>,
    behind: Arc<dyn Behind>,
}

impl Behind for Endpoint {
    fn rule(&self, method: &str, target: &str) -> Option<Rule> {
        self.rule(method, target)
    }
}

impl Client {
    /// A client of this server: what `#[server]` was written on, or what `.into_server()` gave.
    ///
    /// # Panics
    /// When the server cannot start, with every reason that [`Client::try_of`] gives.
    #[track_caller]
    pub fn of(server: impl Into<Server>) -> Self {
        Self::try_of(server).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The same, giving problems back.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, but those of a login: no provider is
    /// asked for anything here.
    pub fn try_of(server: impl Into<Server>) -> Result<Self, crate::Error> {
        let server = server.into();
        let facts = server.facts()?;
        let random = facts.parts.random.clone();
        let forged = facts
            .has_auth
            .then(|| Arc::new(Forged::new(&facts.base_url, random)));
        let authenticator = forged
            .clone()
            .map(|forged| forged as Arc<dyn Authenticator>);
        let endpoint = server.inside(authenticator)?;
        Ok(Self {
            line: Line::Inside {
                router: endpoint.router(),
                host: facts.authority.clone(),
            },
            facts,
            forged,
            behind: Arc::new(endpoint),
        })
    }

    /// A connection of this caller, who is signed in.
    ///
    /// # Panics
    /// When the server has no `auth`, so that nobody can be signed in, or does not declare a role or
    /// scope of the caller's: a misspelt one would make a test of refusals pass.
    #[track_caller]
    pub fn signed_in(&self, caller: Caller) -> Connection {
        let name = &self.facts.name;
        let Some(forged) = &self.forged else {
            panic!("nobody can be signed in: server `{name}` has no `auth`");
        };
        declared::check(&self.facts, &caller);
        let token = forged.token(caller.session(self.facts.parts.clock.now()));
        let behind = Some(Arc::clone(&self.behind));
        Connection::new(self.line.clone(), Some(token), Some(caller), behind)
    }

    /// A connection of somebody who is not signed in.
    pub fn anonymous(&self) -> Connection {
        Connection::new(self.line.clone(), None, None, None)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.facts.name)
            .finish_non_exhaustive()
    }
}
