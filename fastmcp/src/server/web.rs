//! Routes of the user's own beside the server's, each behind an access rule, and layers around
//! everything that is answered over HTTP.
//!
//! A route lies below the base URL's path, as `/mcp` does. Who may use it is told by the same
//! [`Rule`] that items have, and refused in the same way; the scopes of its rule are offered in the
//! metadata. Paths that the server has itself, and paths that collide, stop the start.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower::{Layer, Service};

use super::{Server, ServerDeclaration, checks};
use crate::auth::Rule;
use crate::error::Problem;
use crate::guard::Guard;
use crate::oauth::TAKEN_PATHS;

/// What nobody else may answer at the root (RFC 8414 section 3.1, RFC 9728 section 3.1).
const METADATA: [&str; 3] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/.well-known/openid-configuration",
];

/// What the user adds to the HTTP side of a server.
#[derive(Clone, Default)]
pub(super) struct Web {
    routes: Vec<Own>,
    layers: Vec<Around>,
    /// Rules of guards that were asked for before the metadata was made.
    guarded: Vec<Rule>,
}

type Around = Arc<dyn Fn(Router) -> Router + Send + Sync>;

#[derive(Clone)]
struct Own {
    path: String,
    rule: Rule,
    what: What,
}

#[derive(Clone)]
enum What {
    /// Boxed: it is many times as large as the other.
    Route(Box<MethodRouter>),
    Nested(Router),
}

impl Server {
    /// Answers a path below the base URL with a handler of your own, for callers whom the rule lets
    /// in; of [`Rule::Default`], those whom an item without a rule lets in. A handler takes the
    /// caller as [`AuthSession`](crate::auth::AuthSession), or as `Option<AuthSession>` where the
    /// rule is [`Rule::Public`]. Everybody else gets the answer that `/mcp` would give: 401 with
    /// the way to sign in, or 403 with the scopes that are missing.
    ///
    /// ```
    /// use axum::routing::get;
    /// use fastmcp::auth::Rule;
    /// use fastmcp::prelude::*;
    ///
    /// /// Say hello.
    /// #[tool]
    /// fn hello() -> &'static str { "hello" }
    ///
    /// /// Notes for a small team.
    /// #[server(auth = google, roles = ["admin"])]
    /// struct Notes;
    ///
    /// /// All notes of the caller as a file.
    /// async fn export(user: AuthSession) -> String {
    ///     format!("notes of {}", user.subject())
    /// }
    ///
    /// # fn main() {
    /// let server = Notes.into_server().route("/export", Rule::Role("admin"), get(export));
    /// # drop(server);
    /// # }
    /// ```
    #[must_use]
    pub fn route(mut self, path: impl Into<String>, rule: Rule, handler: MethodRouter) -> Self {
        self.web.routes.push(Own {
            path: path.into(),
            rule,
            what: What::Route(Box::new(handler)),
        });
        self
    }

    /// Answers everything below a path with a router of your own, as [`Server::route`] does one
    /// path. `/` stands for what nothing else answers: files, an application of one page.
    #[must_use]
    pub fn nest(mut self, path: impl Into<String>, rule: Rule, router: Router) -> Self {
        self.web.routes.push(Own {
            path: path.into(),
            rule,
            what: What::Nested(router),
        });
        self
    }

    /// Puts a `tower` layer around everything that is answered over HTTP: the MCP endpoint, a login,
    /// your own routes. Of several layers the first is the outermost, as with [`Server::around`].
    /// With [`Server::router`], it is around the server's routes alone.
    ///
    /// ```
    /// use axum::middleware::map_response;
    /// use axum::response::Response;
    /// # use fastmcp::prelude::*;
    /// # /// Say hello.
    /// # #[tool]
    /// # fn hello() -> &'static str { "hello" }
    /// # /// Greets.
    /// # #[server]
    /// # struct Greeter;
    ///
    /// async fn marked(mut response: Response) -> Response {
    ///     response.headers_mut().insert("x-node", "one".parse().expect("a word"));
    ///     response
    /// }
    ///
    /// # fn main() {
    /// let server = Greeter.into_server().layer(map_response(marked));
    /// # drop(server);
    /// # }
    /// ```
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let around = move |router: Router| router.layer(layer.clone());
        self.web.layers.push(Arc::new(around));
        self
    }
}

impl Web {
    /// Remembers the rule of a guard that will stand before a route which is not ours.
    pub(super) fn guarded(&mut self, rule: Rule) {
        self.guarded.push(rule);
    }

    /// The rules of all routes.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> {
        let routes = self.routes.iter().map(|own| own.rule);
        routes.chain(self.guarded.iter().copied())
    }

    /// The paths of all routes with their rules.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, Rule)> {
        self.routes.iter().map(|own| (&*own.path, own.rule))
    }

    /// The routes, each behind what `guard` makes of its rule.
    pub(super) fn router(&self, guard: impl Fn(Rule) -> Option<Guard>) -> Router {
        let mut whole = Router::new();
        for Own { path, rule, what } in &self.routes {
            let guard = guard(*rule);
            whole = match what {
                What::Route(handler) => {
                    let handler = MethodRouter::clone(handler);
                    let guarded = match guard {
                        Some(guard) => handler.layer(guard),
                        None => handler,
                    };
                    whole.route(path, guarded)
                }
                What::Nested(router) => {
                    let router = router.clone();
                    let guarded = match guard {
                        Some(guard) => router.layer(guard),
                        None => router,
                    };
                    if path == "/" {
                        whole.fallback_service(guarded)
                    } else {
                        whole.nest(path, guarded)
                    }
                }
            };
        }
        whole
    }

    /// Whether the routes leave nothing unanswered.
    pub(super) fn answers_all(&self) -> bool {
        let mut routes = self.routes.iter();
        routes.any(|own| own.path == "/" && matches!(own.what, What::Nested(_)))
    }

    /// Whether anything is put around the answers of the server.
    pub(super) fn has_layers(&self) -> bool {
        !self.layers.is_empty()
    }

    /// The router inside all layers.
    pub(super) fn layered(&self, router: Router) -> Router {
        let layers = self.layers.iter().rev();
        layers.fold(router, |router, layer| layer(router))
    }

    /// Everything that cannot be: paths that are none, are taken, or collide, and rules that nobody
    /// satisfies.
    pub(super) fn problems(
        &self,
        declaration: &ServerDeclaration,
        redirect_path: Option<&str>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut paths = matchit::Router::new();
        let mut has_root = false;
        for own in &self.routes {
            let path = own.path.as_str();
            let nests = matches!(own.what, What::Nested(_));
            if nests && path == "/" {
                if std::mem::replace(&mut has_root, true) {
                    problems.push(collides(path));
                }
            } else if !is_path(path, nests) {
                problems.push(no_path(path, nests));
            } else if is_taken(path, redirect_path) {
                problems.push(taken(path));
            } else {
                problems.extend(enter(&mut paths, path, nests));
            }
            let what = format!("route `{path}`");
            problems.extend(checks::rule_faults(&what, own.rule, declaration));
        }
        for rule in &self.guarded {
            problems.extend(checks::rule_faults("a guarded route", *rule, declaration));
        }
        problems
    }
}

/// What axum takes for a path: it must not find out by a panic.
fn is_path(path: &str, nests: bool) -> bool {
    let old = |segment: &str| segment.starts_with([':', '*']);
    let rest = |segment: &str| segment.starts_with("{*");
    path.starts_with('/')
        && !path.split('/').any(old)
        && !(nests && (path.ends_with('/') || path.split('/').any(rest)))
}

fn is_taken(path: &str, redirect_path: Option<&str>) -> bool {
    let of_metadata = METADATA.iter().any(|known| path.starts_with(known));
    of_metadata || TAKEN_PATHS.contains(&path) || redirect_path == Some(path)
}

/// Enters the path into a table like axum's own, which tells of what collides.
fn enter(paths: &mut matchit::Router<()>, path: &str, nests: bool) -> Option<Problem> {
    let all = if nests {
        let rest = format!("{path}/{{*rest}}");
        vec![path.to_owned(), format!("{path}/"), rest]
    } else {
        vec![path.to_owned()]
    };
    all.into_iter().find_map(|each| {
        let error = paths.insert(each, ()).err()?;
        Some(match error {
            matchit::InsertError::Conflict { .. } => collides(path),
            _ => no_path(path, nests),
        })
    })
}

fn no_path(path: &str, nests: bool) -> Problem {
    let help = if nests {
        "write it like `/files`: a `/` first and none at the end; `{name}` is a part that may be any"
    } else {
        "write it like `/export` or `/users/{id}`: a `/` first; `{id}` is a part that may be any, \
         and `{*rest}` at the end all that follows"
    };
    Problem::new("FM0953", format!("`{path}` is no path of a route"), help)
}

fn taken(path: &str) -> Problem {
    Problem::new(
        "FM0954",
        format!("`{path}` is a route of the server already"),
        "answer another path",
    )
}

fn collides(path: &str) -> Problem {
    Problem::new(
        "FM0954",
        format!("`{path}` is a route of yours already, or matches the same paths as one"),
        "give each its own path; several methods of one are `get(…).post(…)`",
    )
}

#[cfg(test)]
#[path = "web_tests.rs"]
mod tests;
