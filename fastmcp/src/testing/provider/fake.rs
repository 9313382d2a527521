//! The provider as a value.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;

use super::shape::{self, Shape};
use super::state::{Memory, State};
use super::{Call, Knobs, authorize, profile, token};
use crate::auth::Claims;
use crate::provider::Provider;
use crate::testing::Clock;

/// An identity provider of the tests': it signs in whoever the test says, breaks as
/// [`Knobs`] say, and writes down every call. Clones are the same provider.
#[derive(Clone)]
pub struct FakeProvider(Arc<State>);

impl FakeProvider {
    /// A provider of `OpenID` Connect that will be served at `url`, and knows one client, by id and
    /// secret.
    pub fn new(
        url: impl Into<String>,
        id: impl Into<String>,
        secret: impl Into<String>,
        clock: &Clock,
    ) -> Self {
        let url = url.into();
        let shape = Shape::plain(&url);
        let state = State::new(url, (id.into(), secret.into()), shape, clock.clone());
        Self(Arc::new(state))
    }

    /// One that looks like `provider`, and the value by which a server reaches it.
    pub(in crate::testing) fn like(
        provider: Provider,
        url: &str,
        (id, secret): (&str, &str),
        clock: &Clock,
    ) -> (Self, Provider) {
        let provider = shape::at(provider, url);
        let shape = Shape::of(&provider, url);
        let client = (id.to_owned(), secret.to_owned());
        let state = State::new(url.to_owned(), client, shape, clock.clone());
        (Self(Arc::new(state)), provider)
    }

    /// Its endpoints.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/authorize", get(authorize::show).post(authorize::submit))
            .route("/token", post(token::answer))
            .route("/userinfo", get(profile::userinfo))
            .route("/emails", get(profile::emails))
            .route(
                "/user/memberships/orgs/{organization}",
                get(profile::organization),
            )
            .route(
                "/orgs/{organization}/teams/{team}/memberships/{login}",
                get(profile::team),
            )
            .route("/.well-known/openid-configuration", get(profile::discovery))
            .route("/jwks", get(profile::jwks))
            .route("/revoke", post(profile::revoke).delete(profile::delete))
            .with_state(Arc::clone(&self.0))
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// How it behaves.
    pub fn knobs(&self) -> Knobs {
        self.0.memory().knobs.clone()
    }

    /// Behaves like this from now on.
    pub fn turn(&self, knobs: Knobs) {
        self.0.memory().turn(knobs);
    }

    /// Changes a little of how it behaves.
    ///
    /// ```
    /// # fn change(provider: &fastmcp::testing::FakeProvider) {
    /// provider.change(|knobs| knobs.deny = Some("access_denied".to_owned()));
    /// # }
    /// ```
    pub fn change(&self, change: impl FnOnce(&mut Knobs)) {
        let mut knobs = self.knobs();
        change(&mut knobs);
        self.turn(knobs);
    }

    /// Who signs in from now on; all else stays as it is.
    pub(in crate::testing) fn person(&self, user: &str, claims: &Claims) {
        let mut memory = self.0.memory();
        user.clone_into(&mut memory.knobs.user);
        // What the test does not say of somebody is not so.
        let untold = ["email", "email_verified"].map(|name| (name.to_owned(), Value::Null));
        memory.knobs.claims = untold.into_iter().chain(claims.clone()).collect();
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.0.memory().calls.clone()
    }

    /// How many calls there were, by endpoint.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.0.memory().counts.clone()
    }

    /// Every secret that it handed out: codes, access, refresh and ID tokens.
    pub fn issued(&self) -> Vec<String> {
        self.0.memory().issued.clone()
    }

    /// Ends every login that it knows: refresh and access tokens are dead from now on.
    pub fn end_logins(&self) {
        let mut memory = self.0.memory();
        memory.access.clear();
        memory.refresh.clear();
    }

    /// As if it had just started.
    pub fn forget(&self) {
        *self.0.memory() = Memory::default();
    }
}

impl fmt::Debug for FakeProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FakeProvider({})", self.url())
    }
}
