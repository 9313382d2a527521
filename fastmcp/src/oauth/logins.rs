//! Who is logged in, and ending that, for the server's own code.

use std::fmt;
use std::sync::Arc;

use super::Inner;
use super::ended::ended;
use crate::audit;
use crate::ledger::{Cursor, Ended, Error, Grant, GrantId, Grants, Party};

/// The logins of one server: each is a [`Grant`], one user's consent to one client.
///
/// What is ended here is dead on this node from the next request on, on other nodes within five
/// seconds, and its tokens at the provider are given back in the background.
///
/// ```no_run
/// use axum::{Router, extract::Path, http::StatusCode, routing::post};
/// use fastmcp::{auth::Rule, prelude::*};
///
/// /// Add two numbers.
/// #[tool(roles = ["admin"])]
/// async fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// #[server(auth = dev, roles = ["admin"])]
/// struct Notes;
///
/// #[tokio::main]
/// async fn main() -> fastmcp::Result<()> {
///     let mut server = Notes.into_server();
///     let logins = server.logins().await?;
///     // `POST /users/alice/sign-out` ends whatever alice consented to, in every client.
///     let sign_out = async move |Path(user): Path<String>| {
///         let ended = logins.revoke_all(|login| login.subject == Some(&user)).await;
///         ended
///             .map(|done| format!("{} logins ended", done.ended))
///             .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
///     };
///     let admins = server.guard(Rule::Role("admin")).await?;
///     let own = Router::new()
///         .route("/users/{user}/sign-out", post(sign_out))
///         .layer(admins);
///     let router = server.router().await?.merge(own);
/// #   drop(router);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Logins(Arc<Inner>);

impl Logins {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    /// The live logins that follow `after`, or the first ones: a page may be empty and yet not be
    /// the last. In a whole walk each is there at least once, in no order.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn page(&self, after: Option<&Cursor>) -> Result<Grants, Error> {
        let mut page = self.0.ledger.grants(after).await?;
        page.grants.retain(|grant| self.0.owns(grant));
        Ok(page)
    }

    /// Ends one login; tells whether it was alive.
    ///
    /// # Errors
    /// The store is out of reach; it may live on, and ending it again is safe.
    pub async fn revoke(&self, id: GrantId) -> Result<bool, Error> {
        let grant = self.0.ledger.grant(id).await?;
        if !grant.is_some_and(|grant| self.0.owns(&grant)) {
            return Ok(false);
        }
        let grant = self.0.ledger.revoke(id).await?;
        Ok(grant.map(|grant| self.has_ended(&grant)).is_some())
    }

    /// Ends every login that `chosen` picks, and every code that waits for such a one. It looks at
    /// every record of the store.
    ///
    /// # Errors
    /// The store is out of reach; some have ended by then, and running it again ends the rest.
    pub async fn revoke_all(&self, chosen: impl Fn(&Party<'_>) -> bool) -> Result<Ended, Error> {
        let own = self.0.settings.resource.as_str();
        let chosen = |party: &Party<'_>| party.resource == own && chosen(party);
        let each = |grant: Grant| self.has_ended(&grant);
        self.0.ledger.revoke_all(chosen, each).await
    }

    fn has_ended(&self, grant: &Grant) {
        ended(&self.0, grant, audit::Ended::ByServer);
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Logins")
    }
}
