//! Declaration and choices become parts that fit, or a list of everything that does not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::BoxFuture;

use super::front::{Front, Short};
use super::proxy::{Around, ProxySettings};
use super::web::Web;
use super::{Server, checks, chosen, environment, headers, proxy, rounds, storage, tasks, upkeep};
use crate::auth::{AuthSession, Authenticator, Rule, Unauthenticated};
use crate::error::{Error, Problem};
use crate::faults;
use crate::guard::Guard;
use crate::health::Health;
use crate::item::Registry;
use crate::mcp::{Endpoint, EndpointParts, MAX_BODY, Rounds, ServerInfo};
use crate::measure;
use crate::oauth::{Logins, OAuthProxy, ProxyOptions};
use crate::parts::Parts;
use crate::settings::places;
use crate::spec::BaseUrl;

/// How long a provider may take unless the server says otherwise.
pub(super) const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(10);

/// What a server will be made of: checked, and nothing of it open.
pub(super) struct Planned {
    pub(super) base_url: BaseUrl,
    pub(super) registry: Registry,
    parts: Parts,
    /// A proxy and its store, unless there is no login or its proxy was made by hand.
    login: Option<(ProxySettings, storage::Plan)>,
}

impl Planned {
    /// The options of the login, if it has one that was not made by hand.
    pub(super) fn options(&self) -> Option<&ProxyOptions> {
        self.login.as_ref().map(|(settings, _)| &settings.options)
    }

    /// Who signs users in, and the scopes that clients are offered.
    pub(super) fn provider(&self) -> Option<(String, BTreeSet<String>)> {
        let (
            ProxySettings {
                provider, options, ..
            },
            _,
        ) = self.login.as_ref()?;
        let upstream = options.scopes.as_ref().unwrap_or(&provider.scopes);
        let offered = upstream.iter().chain(&options.declared_scopes);
        // A scope that MCP keeps out of metadata.
        let offered = offered.filter(|scope| *scope != "offline_access");
        Some((provider.title.to_string(), offered.cloned().collect()))
    }
}

/// A server whose parts are together. Clones are the same server.
#[derive(Clone)]
pub(super) struct Assembled {
    endpoint: Endpoint,
    proxy: Option<OAuthProxy>,
    health: Health,
    pub(super) base_url: BaseUrl,
    pub(super) parts: Parts,
    web: Web,
    /// The rule of routes that have none of their own.
    default: Rule,
    pub(super) tools: usize,
}

impl Assembled {
    /// Every route at its full path: endpoints below the base URL's path, metadata at the root of
    /// the origin (RFC 8414 section 3.1, RFC 9728 section 3.1).
    pub(super) fn router(&self) -> Router {
        self.around(self.routes())
    }

    /// The router inside what is put around every answer.
    fn around(&self, router: Router) -> Router {
        headers::strict(self.web.layered(router), &self.base_url)
    }

    fn routes(&self) -> Router {
        let base_path = self.base_url.path();
        let own = self
            .web
            .router(|rule| self.guard(rule.or_default(self.default)));
        let below_base = self.endpoint.router().merge(own);
        let Some(proxy) = &self.proxy else {
            return below(base_path, below_base);
        };
        below(base_path, below_base.merge(proxy.router())).merge(proxy.well_known_router())
    }

    /// The same with the routes of a server that has the process to itself.
    fn whole_router(&self) -> Router {
        let mut whole = self.routes().merge(self.health.router());
        // A fallback of the user's is one of these routes, unless they lie below a path.
        if !(self.web.answers_all() && self.base_url.path().is_empty()) {
            whole = whole.fallback(headers::not_found);
        }
        self.around(whole)
    }

    /// What answers the connections of such a server.
    pub(super) fn front(&self) -> Front {
        let short = (!self.web.has_layers()).then(|| Short {
            endpoint: self.endpoint.clone(),
            path: format!("{}{}", self.base_url.path(), crate::mcp::PATH),
            strict: headers::is_strict(&self.base_url),
        });
        Front::new(self.whole_router(), short)
    }

    pub(super) fn guard(&self, rule: Rule) -> Option<Guard> {
        let proxy = self.proxy.as_ref()?;
        let guard = Guard::new(proxy.authenticator(), rule);
        Some(guard.telling(proxy.ledger().parts()))
    }

    /// A scope of the rule that no client is offered.
    pub(super) fn unoffered(&self, rule: Rule) -> Option<&'static str> {
        let offered = self.proxy.as_ref()?.offered_scopes();
        let mut scopes = rule.scopes().into_iter();
        scopes.find(|scope| !offered.contains(*scope))
    }

    pub(super) fn logins(&self) -> Option<Logins> {
        self.proxy.as_ref().map(OAuthProxy::logins)
    }

    /// Tells load balancers that requests are welcome.
    pub(super) fn open(&self) {
        self.health.set_ready(true);
    }

    /// Tells load balancers to stay away and ends what would never end by itself.
    pub(super) fn drain(&self) {
        self.health.set_ready(false);
        self.endpoint.drain();
    }

    /// Ends what did not end in time.
    pub(super) fn end(&self) {
        self.endpoint.end();
    }
}

impl Server {
    /// The parts, put together on first use.
    pub(super) async fn assembled(&mut self) -> Result<&Assembled, Error> {
        let assembled = match self.assembled.take() {
            Some(assembled) => assembled,
            // Boxed: what opens stores and keys is large, and the user's own future would carry it.
            None => Box::pin(self.assemble()).await?,
        };
        Ok(self.assembled.insert(assembled))
    }

    /// What the server is made of, or every reason why it cannot be; nothing is opened.
    pub(super) fn planned(&self) -> Result<Planned, Vec<Problem>> {
        measure::describe();
        let mut problems = chosen::check(&self.declaration, &self.choices);
        let base_url = keep(self.chosen_base_url(), &mut problems);
        let registry = keep_all(self.chosen_items(), &mut problems);
        let parts = keep(self.chosen_parts(), &mut problems);
        let redirect_path = self.choices.login.redirect_path.as_deref();
        problems.extend(self.web.problems(&self.declaration, redirect_path));
        let of_items = registry.iter().flat_map(Registry::rules);
        let around = Around {
            rules: of_items.chain(self.web.rules()).collect(),
            base_url: base_url.as_ref(),
            server_name: self.chosen_name(),
            parts: parts.as_ref(),
        };
        let settings = keep_all(
            proxy::settings(&self.declaration, &self.choices, &around),
            &mut problems,
        );
        let has_login = self.declaration.auth.is_some() || self.choices.provider.is_some();
        let storage = if has_login && self.choices.proxy.is_none() {
            keep_all(storage::plan(&self.choices), &mut problems)
        } else {
            None
        };
        let (Some(parts), Some(base_url), Some(registry), Some(settings), true) =
            (parts, base_url, registry, settings, problems.is_empty())
        else {
            return Err(problems);
        };
        Ok(Planned {
            base_url,
            registry,
            parts,
            login: settings.zip(storage),
        })
    }

    async fn assemble(&self) -> Result<Assembled, Error> {
        let Planned {
            base_url,
            registry,
            parts,
            login,
        } = self.planned()?;
        let proxy = match login {
            Some((settings, plan)) => Some(self.proxy(settings, plan, &base_url, &parts).await?),
            None => self.choices.proxy.clone(),
        };
        if let Some(proxy) = &proxy {
            upkeep::start(proxy.ledger());
            proxy.warm_up();
        }
        let tools = registry.tools().len();
        let authenticator = proxy.as_ref().map(OAuthProxy::authenticator);
        let offered = proxy.as_ref().map(OAuthProxy::offered_scopes);
        let (rounds, tasks) = match &proxy {
            Some(proxy) => {
                let ledger = proxy.ledger();
                (rounds::of_ledger(ledger), Some(tasks::of_ledger(ledger)))
            }
            None => (
                rounds::without_store(&self.choices, &parts).await?,
                tasks::without_store(&registry, &parts).await?,
            ),
        };
        let endpoint = EndpointParts {
            rounds,
            tasks,
            scopes_offered: offered.unwrap_or_default(),
            ..self.endpoint_parts(registry, authenticator, &base_url, parts.clone())
        };
        Ok(Assembled {
            parts,
            endpoint: Endpoint::new(endpoint),
            web: self.web.clone(),
            default: self.default_rule(),
            proxy,
            health: Health::new(),
            base_url,
            tools,
        })
    }

    async fn proxy(
        &self,
        settings: ProxySettings,
        plan: storage::Plan,
        base_url: &BaseUrl,
        parts: &Parts,
    ) -> Result<OAuthProxy, Error> {
        let storage = storage::open(plan, &self.choices, parts).await?;
        if !storage.lasting && !base_url.is_loopback() {
            tracing::warn!(
                "logins are kept in memory and end with this process; set `FASTMCP_STORE` to \
                 `disk:<directory>` or the address of a database to keep them"
            );
        }
        Ok(proxy::build(settings, storage, parts)?)
    }

    /// The endpoint alone, for a transport that carries no tokens: of a server with `auth`, only
    /// what it opens to strangers.
    pub(super) fn without_sign_in(self) -> Result<Endpoint, Error> {
        let nobody = self.declaration.auth.map(|_| Arc::new(Nobody) as Arc<_>);
        self.endpoint_alone(nobody).map(Endpoint::new)
    }

    /// The parts of an endpoint whose callers `authenticator` knows; nothing of a login is looked
    /// at or opened.
    pub(super) fn endpoint_alone(
        &self,
        authenticator: Option<Arc<dyn Authenticator>>,
    ) -> Result<EndpointParts, Error> {
        measure::describe();
        let mut problems = chosen::check(&self.declaration, &self.choices);
        let base_url = keep(self.chosen_base_url(), &mut problems);
        let registry = keep_all(self.chosen_items(), &mut problems);
        let parts = keep(self.chosen_parts(), &mut problems);
        let (Some(parts), Some(base_url), Some(registry), true) =
            (parts, base_url, registry, problems.is_empty())
        else {
            return Err(problems.into());
        };
        Ok(self.endpoint_parts(registry, authenticator, &base_url, parts))
    }

    fn endpoint_parts(
        &self,
        registry: Registry,
        authenticator: Option<Arc<dyn Authenticator>>,
        base_url: &BaseUrl,
        parts: Parts,
    ) -> EndpointParts {
        let mut allowed_origins = self.choices.allowed_origins.clone();
        allowed_origins.push(base_url.origin().to_owned());
        let declared = &self.declaration;
        EndpointParts {
            registry,
            app: Arc::clone(&self.app),
            around: self.around.clone(),
            authenticator,
            anonymous: declared.anonymous,
            info: ServerInfo {
                name: self.chosen_name().to_owned(),
                title: declared.title.map(str::to_owned),
                version: declared.version.to_owned(),
                instructions: Some(declared.instructions.to_owned())
                    .filter(|text| !text.is_empty()),
            },
            allowed_origins,
            allowed_hosts: vec![base_url.authority().to_owned()],
            scopes_offered: BTreeSet::new(),
            max_body: self.choices.max_body.unwrap_or(MAX_BODY),
            rounds: Rounds::of_process(&parts),
            tasks: None,
            parts,
        }
    }

    pub(super) fn chosen_name(&self) -> &str {
        let chosen = self.choices.name.as_deref();
        chosen.unwrap_or(self.declaration.name)
    }

    fn chosen_items(&self) -> Result<Registry, Vec<Problem>> {
        let problems = self.composition_problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let registry = checks::items(&self.declaration, &self.composition, &*self.app)?;
        Ok(registry.with_control(self.control()))
    }

    pub(super) fn chosen_parts(&self) -> Result<Parts, Problem> {
        let timeout = self.choices.upstream.timeout.unwrap_or(UPSTREAM_TIMEOUT);
        let given = self.choices.parts.clone();
        let mut parts = given.map_or_else(|| environment::parts(timeout), Ok)?;
        parts.audit = parts.audit.and(&self.choices.audit);
        Ok(parts)
    }

    pub(super) fn chosen_base_url(&self) -> Result<BaseUrl, Problem> {
        let url = if let Some(url) = environment::written_base_url(&self.choices) {
            url
        } else {
            let address = environment::bind_address(&self.choices);
            environment::local_base_url(environment::port_of(&address)?, &self.choices)
        };
        faults::url::base_url(&url).map_err(|fault| {
            Problem::new(fault.code, fault.words, fault.help).at(places("base_url"))
        })
    }
}

/// Where no token can come along, none is good.
struct Nobody;

impl Authenticator for Nobody {
    fn authenticate<'a>(
        &'a self,
        _: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        Box::pin(async { Err(Unauthenticated::InvalidToken) })
    }

    fn resource_metadata(&self) -> &'static str {
        ""
    }
}

fn below(path: &str, router: Router) -> Router {
    if path.is_empty() {
        router
    } else {
        Router::new().nest(path, router)
    }
}

fn keep<T>(found: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    found.map_err(|problem| problems.push(problem)).ok()
}

fn keep_all<T>(found: Result<T, Vec<Problem>>, problems: &mut Vec<Problem>) -> Option<T> {
    found.map_err(|mut found| problems.append(&mut found)).ok()
}
