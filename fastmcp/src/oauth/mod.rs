//! The authorization server: one endpoint a file, in the order of a login.
//!
//! ```text
//! register ─▶ authorize ─▶ consent ─▶ (provider) ─▶ callback ─▶ token ─▶ token … ─▶ revoke
//!              checks       approves                 claims,     redeems,   rotates
//!              everything,  or denies,               exchanges,  begins     the grant
//!              writes       in the browser           issues a    the grant
//!              nothing      that was asked           code
//! ```
//!
//! An endpoint file has three parts in this order: *read* (a typed request or an error),
//! *transition* (one call into the [`ledger`](crate::ledger)), *answer*. Nothing here writes a
//! record by itself, so no endpoint can forget a compare-and-set.
//!
//! | file | what |
//! |---|---|
//! | `options`, `settings`, `problems` | what can be set, the same checked, what can be wrong |
//! | `metadata`, `cors` | RFC 8414 and RFC 9728 documents; what any web page may call |
//! | `register`, `registration`, `client_metadata` | RFC 7591, and who may |
//! | `published` | clients that are a URL |
//! | `authorize`, `authorization_request`, `consent`, `browser` | until the provider |
//! | `callback`, `admission`, `facts` | back from the provider: who may log in, and as what |
//! | `token`, `code`, `refresh`, `granted` | a code or refresh token becomes tokens |
//! | `revoke`, `logins`, `ended` | a login ends: RFC 7009 for its client, and by the server's own code |
//! | `client_request`, `client_auth`, `client_keys` | what a client posts, and its proof of who it is |
//! | `bearer`, `fresh` | an access token becomes a session, its upstream token and its user kept fresh |
//! | `rim` | whose request it is, and whether that caller may ask now |
//! | `form`, `error`, `answer` | reading and answering, shared by all |
//! | `upstream` | the talk with the provider |

mod admission;
mod answer;
mod authorization_request;
mod authorize;
mod bearer;
mod browser;
mod callback;
mod client_auth;
mod client_keys;
mod client_metadata;
mod client_request;
mod code;
mod consent;
mod cors;
mod ended;
mod error;
mod facts;
mod form;
mod fresh;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
mod granted;
mod logins;
mod metadata;
mod options;
mod problems;
mod published;
mod refresh;
mod register;
mod registration;
mod revoke;
mod rim;
mod settings;
mod token;
pub(crate) mod upstream;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use serde_json::Value;

use self::answer::method_not_allowed;
use self::bearer::Bearer;
use self::browser::Cookie;
use self::client_keys::Fetched;
pub use self::logins::Logins;
use self::metadata::Documents;
pub use self::options::{ClientIdMetadata, Problem, ProxyOptions, RolesFrom};
pub(crate) use self::problems::TAKEN as TAKEN_PATHS;
use self::published::Published;
pub use self::registration::{
    ConfiguredClient, Registration, RegistrationPolicy, RegistrationRequest, UnknownRegistration,
};
use self::settings::Settings;
use self::upstream::Upstream;
pub use self::upstream::{ClientAuthentication, TokenVerifier};
use crate::auth::{Authenticator, TokenUnavailable};
use crate::keys::Keys;
use crate::ledger::{Grant, Ledger, UpstreamTokens};
use crate::limits::Limits;
use crate::parts::Parts;
use crate::provider::{Provider, dev};
use crate::token::JwtIssuer;

/// An OAuth 2.1 authorization server in front of an identity provider. Cheap to clone.
#[derive(Clone)]
pub struct OAuthProxy(Arc<Inner>);

/// What every endpoint has at hand.
struct Inner {
    settings: Arc<Settings>,
    ledger: Ledger,
    upstream: Upstream,
    issuer: JwtIssuer,
    keys: Keys,
    parts: Parts,
    documents: Documents,
    cookie: Cookie,
    /// Clients that are a URL, where they are welcome.
    published: Option<Published>,
    /// Keys of clients that were fetched.
    client_keys: Fetched,
    limits: Limits,
}

impl OAuthProxy {
    /// A proxy for `provider` that keeps its records in `ledger`.
    ///
    /// `issuer` signs the access tokens; `None` for HS256 with the derived key.
    ///
    /// # Errors
    /// Every option that cannot work.
    pub fn new(
        options: ProxyOptions,
        provider: impl Into<Provider>,
        ledger: &Ledger,
        issuer: Option<JwtIssuer>,
    ) -> Result<Self, Vec<Problem>> {
        let provider = provider.into();
        let (keys, parts) = (ledger.keys().clone(), ledger.parts().clone());
        let id = options.upstream_client_id.clone();
        let secret = options.upstream_client_secret.clone();
        let (options, provider) = admission::asked_for(options, provider);
        let (settings, upstream) = Settings::check(options, &provider)?;
        let base_url = settings.base_url.clone();
        let issuer = issuer.unwrap_or_else(|| JwtIssuer::hs256(&keys, base_url.as_str(), &parts));
        Ok(Self(Arc::new(Inner {
            ledger: ledger.with_lifetimes(settings.lifetimes),
            upstream: Upstream::new(provider, id, secret, upstream, parts.clone(), keys.clone()),
            documents: Documents::new(&settings, issuer.jwks()),
            cookie: Cookie::new(&base_url, keys.clone()),
            published: settings.published.clone().map(Published::new),
            client_keys: Fetched::new(),
            limits: Limits::new(&settings.rate_limits, &parts.clock),
            settings: Arc::new(settings),
            issuer,
            keys,
            parts,
        })))
    }

    /// Every option that cannot work; [`OAuthProxy::new`] refuses the same.
    pub(crate) fn check(options: &ProxyOptions, provider: &Provider) -> Vec<Problem> {
        let (options, provider) = admission::asked_for(options.clone(), provider.clone());
        let checked = Settings::check(options, &provider);
        checked.err().unwrap_or_default()
    }

    /// The endpoints, relative to the path of the base URL: nest it there, or merge it where there
    /// is none.
    pub fn router(&self) -> Router {
        let inner = &self.0;
        let browser = |route: MethodRouter<Arc<Inner>>| {
            let rim = middleware::from_fn_with_state(Arc::clone(inner), rim::browser);
            route.layer(rim).with_state(Arc::clone(inner))
        };
        let program = |route: MethodRouter<Arc<Inner>>| {
            let rim = middleware::from_fn_with_state(Arc::clone(inner), rim::program);
            let route = only_post(route).layer(rim).with_state(Arc::clone(inner));
            cors::open(route, "POST, OPTIONS")
        };
        let authorize = browser(only_get(get(authorize::authorize)));
        let callback = browser(only_get(get(callback::callback)));
        let mut router = Router::new();
        if inner.settings.registration != Registration::Off {
            router = router.route("/oauth/register", program(post(register::register)));
        }
        router
            .route("/oauth/authorize", authorize)
            .route(&inner.settings.redirect_path, callback)
            .route("/oauth/consent", browser(only_post(post(consent::consent))))
            .route("/oauth/token", program(post(token::token)))
            .route("/oauth/revoke", program(post(revoke::revoke)))
            .merge(inner.documents.below_base())
            .merge(self.development())
    }

    /// The metadata at the root of the origin, whatever the path of the base URL.
    pub fn well_known_router(&self) -> Router {
        self.0.documents.at_origin()
    }

    /// The authorization server metadata (RFC 8414).
    pub fn metadata(&self) -> &Value {
        &self.0.documents.authorization_server
    }

    /// The issuer, which is the base URL.
    pub fn issuer(&self) -> &str {
        self.0.settings.base_url.as_str()
    }

    /// Who is logged in, and ending that.
    pub fn logins(&self) -> Logins {
        Logins::new(Arc::clone(&self.0))
    }

    /// The records of the proxy, and of every server that shares its store.
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    /// Scopes that clients are offered.
    pub fn offered_scopes(&self) -> BTreeSet<String> {
        self.0.settings.offered().as_set().clone()
    }

    /// Turns the access tokens of this proxy into sessions.
    pub fn authenticator(&self) -> Arc<dyn Authenticator> {
        Arc::new(self.bearer())
    }

    /// The provider's tokens behind an access token of this proxy, refreshed if they are about to
    /// end.
    ///
    /// # Errors
    /// [`TokenUnavailable`]: the token is no good here, the provider ended the login, or provider
    /// or store are out of reach.
    pub async fn load_upstream_tokens(
        &self,
        client_token: &str,
    ) -> Result<UpstreamTokens, TokenUnavailable> {
        self.bearer().upstream_tokens(client_token).await
    }

    /// Asks an issuer for its endpoints in the background, so that the first login need not wait
    /// for them and a wrong issuer is in the log at once. What fails is asked for again by whoever
    /// needs it.
    pub(crate) fn warm_up(&self) {
        let upstream = self.0.upstream.clone();
        if upstream.provider().is_discovered() {
            tokio::spawn(async move { upstream.endpoints().await.is_ok() });
        }
    }

    fn bearer(&self) -> Bearer {
        let resource_metadata = metadata::resource_metadata_url(&self.0.settings);
        Bearer::new(Arc::clone(&self.0), resource_metadata)
    }

    /// The sign-in page of the development provider, where that is the provider.
    fn development(&self) -> Router {
        let inner = &self.0;
        let settings = &inner.settings;
        if !inner.upstream.provider().is_development() {
            return Router::new();
        }
        let options = dev::DevOptions {
            server_name: settings.server_name.clone(),
            roles: settings.declared_roles(),
            base_url: settings.base_url.clone(),
            redirect_uri: settings.base_url.join(&settings.redirect_path),
        };
        // Settings are refused where it may not serve, so there is always a router here.
        dev::router(options, inner.keys.clone(), inner.parts.clone()).unwrap_or_default()
    }
}

impl Inner {
    /// Whether a grant is for this server: of those that share store and keys, each has its own.
    fn owns(&self, grant: &Grant) -> bool {
        grant.binding().resource == self.settings.resource.as_str()
    }
}

/// HEAD must not do what GET does: it would spend what the browser's GET needs.
fn only_get(route: MethodRouter<Arc<Inner>>) -> MethodRouter<Arc<Inner>> {
    route
        .head(async || method_not_allowed("GET"))
        .fallback(async || method_not_allowed("GET"))
}

fn only_post(route: MethodRouter<Arc<Inner>>) -> MethodRouter<Arc<Inner>> {
    route.fallback(async || method_not_allowed("POST"))
}
