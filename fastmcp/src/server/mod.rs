//! The only place where the parts meet: declaration and settings become a running server.
//!
//! [`Server`] collects what was declared and chosen (`builder*.rs`);
//! `assemble.rs` checks everything that the build could not and puts the parts together;
//! `listen.rs` serves them. Every problem is found before a socket is opened, and all are told at
//! once.

mod admission;
mod assemble;
mod builder;
mod builder_auth;
mod builder_clients;
#[cfg(feature = "tls")]
mod certificate;
mod checks;
mod choices;
mod chosen;
mod clients;
mod composed;
mod connections;
mod declaration;
mod described;
mod environment;
mod front;
mod headers;
mod in_force;
mod input_schema;
#[cfg(feature = "test-util")]
pub(crate) mod inside;
mod keyring;
mod listen;
mod logging;
mod named;
#[cfg(feature = "admin")]
pub(crate) mod operator;
mod process;
mod progress;
mod proxy;
mod rounds;
mod self_check;
mod start;
mod storage;
mod stores;
mod tasks;
#[cfg(feature = "opentelemetry")]
mod telemetry;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "tls_absent.rs"]
mod tls;
mod upkeep;
mod web;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use self::assemble::Assembled;
use self::choices::Choices;
pub use self::choices::StoreChoice;
pub use self::declaration::{AuthDeclaration, ServerDeclaration};
use self::process::Process;
use self::web::Web;
use crate::Result;
use crate::auth::Rule;
use crate::error::{Error, Problem};
use crate::guard::Guard;
use crate::item::{Around, CallInfo, Composition, Control, Ended, Next};
#[cfg(doc)]
use crate::manifest::Manifest;
use crate::mcp;
use crate::oauth::Logins;

/// Hears the address once the server listens.
type Tell = Box<dyn FnOnce(&str) + Send + Sync>;

/// A server before it starts: what was declared, and one method for each setting.
///
/// The attribute `#[server]` makes one: `Notes { … }.into_server()`.
pub struct Server {
    declaration: ServerDeclaration,
    app: Arc<dyn Any + Send + Sync>,
    choices: Choices,
    assembled: Option<Assembled>,
    on_listening: Option<Tell>,
    composition: Composition,
    /// With the names that it was made for.
    control: OnceLock<(Control, [Vec<&'static str>; 3])>,
    around: Vec<Around>,
    web: Web,
}

impl Server {
    /// A server whose tools borrow `app`.
    pub fn new(app: impl Any + Send + Sync, declaration: ServerDeclaration) -> Self {
        Self {
            declaration,
            app: Arc::new(app),
            choices: Choices::default(),
            assembled: None,
            on_listening: None,
            composition: Composition::default(),
            control: OnceLock::new(),
            around: Vec::new(),
            web: Web::default(),
        }
    }

    /// The address of the MCP endpoint, for clients. With port 0 it is known only when the server
    /// listens, and logged then.
    pub fn url(&self) -> String {
        let base = environment::written_base_url(&self.choices).unwrap_or_else(|| {
            let port = environment::port_of(&environment::bind_address(&self.choices));
            environment::local_base_url(port.unwrap_or_default(), &self.choices)
        });
        format!("{}{}", base.trim_end_matches('/'), mcp::PATH)
    }

    /// Calls `tell` with the address of the MCP endpoint once [`Server::serve`] listens: with port 0
    /// it is known only then, and a server that cannot start should promise nothing.
    #[must_use]
    pub fn on_listening(mut self, tell: impl FnOnce(&str) + Send + Sync + 'static) -> Self {
        self.on_listening = Some(Box::new(tell));
        self
    }

    /// Puts a hook around calls of tools, readings of resources and gettings of prompts: it runs
    /// after the gate, before the arguments are looked at, and may run the call once, several times
    /// or not at all. Of several hooks the first is the outermost.
    ///
    /// ```
    /// # use fastmcp::prelude::*;
    /// # /// Say hello.
    /// # #[tool]
    /// # fn hello() -> &'static str { "hello" }
    /// # /// Greets.
    /// # #[server]
    /// # struct Greeter;
    /// # use std::time::Instant;
    /// # fn main() {
    /// let server = Greeter.into_server().around(|call, next| async move {
    ///     let begun = Instant::now();
    ///     let ended = next.run().await;
    ///     println!("{} took {:?}, failed: {}", call.name(), begun.elapsed(), ended.is_error());
    ///     ended
    /// });
    /// # drop(server);
    /// # }
    /// ```
    #[must_use]
    pub fn around<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(CallInfo, Next) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Ended> + Send + 'static,
    {
        self.around.push(Around::new(hook));
        self
    }

    /// Listens and serves until the process gets Ctrl-C or SIGTERM, then answers what is under
    /// way, for as long as [`Server::drain_timeout`] allows, and returns. Logs go to standard error as `RUST_LOG` says (default `info`), unless the
    /// program installed a subscriber of its own.
    ///
    /// A server that cannot start tells every problem on standard error and ends the process with
    /// the exit code [`EXIT_CODE`](crate::error::EXIT_CODE), before a socket is opened. To handle
    /// them yourself, call [`Server::try_serve`].
    ///
    /// With `FASTMCP_MANIFEST=text` or `json` it prints the server's [`Manifest`] on standard output
    /// and returns.
    ///
    /// # Errors
    /// The listening socket failed later on.
    pub async fn serve(self) -> Result<()> {
        match self.described() {
            Ok(false) => {}
            Ok(true) => return Ok(()),
            Err(error) => error.exit(),
        }
        match self.start().await {
            Ok(started) => started.run().await,
            Err(error) => error.exit(),
        }
    }

    /// The same as [`Server::serve`], giving problems back instead of ending the process.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn try_serve(self) -> Result<()> {
        if self.described()? {
            return Ok(());
        }
        self.start().await?.run().await
    }

    /// The server as a router to merge with other routes. Its paths are whole, with the path of the
    /// base URL in them, because clients look for the metadata at the root; health checks are left
    /// to the application.
    ///
    /// With `auth = dev`, serve it with `into_make_service_with_connect_info::<SocketAddr>()`: the
    /// sign-in page answers only callers whose address is known to be this computer's.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn router(mut self) -> Result<axum::Router> {
        Ok(self.assembled().await?.router())
    }

    /// A layer that puts the same sign-in and access check in front of routes of your own, for a
    /// router of your own; see [`Server::route`] for those that the server is to have. A handler
    /// behind it takes the caller as an [`AuthSession`](crate::auth::AuthSession).
    ///
    /// Ask for all guards first: what comes after another guard, `router` or `logins` can ask for no
    /// scope that the metadata does not offer.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn guard(&mut self, rule: Rule) -> Result<Guard> {
        if self.assembled.is_none() && self.declaration.auth.is_some() {
            self.web.guarded(rule);
        }
        let assembled = self.assembled().await?;
        let guard = assembled.guard(rule).ok_or_else(|| {
            Problem::new(
                "FM0951",
                "a guard needs a sign-in, but the server has no `auth`",
                "write `#[server(auth = google)]`, or leave the route open",
            )
        })?;
        match assembled.unoffered(rule) {
            None => Ok(guard),
            Some(scope) => Err(Problem::new(
                "FM0955",
                format!("a guard asks for the scope `{scope}`, which the metadata does not offer"),
                "add it to `scopes` of `#[server]`, or ask for this guard before anything else",
            )
            .into()),
        }
    }

    /// Who is logged in, and ending that: by subject, client or anything else that a login tells.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn logins(&mut self) -> Result<Logins> {
        let logins = self.assembled().await?.logins();
        logins.ok_or_else(|| {
            Problem::new(
                "FM0951",
                "there are no logins, because the server has no `auth`",
                "write `#[server(auth = google)]`, or do without them",
            )
            .into()
        })
    }

    /// Turns items on and off while the server runs, and tells clients what changed. What is mounted
    /// goes by the name that clients see.
    ///
    /// ```
    /// # use fastmcp::prelude::*;
    /// # /// Say hello.
    /// # #[tool]
    /// # fn hello() -> &'static str { "hello" }
    /// # /// Greets.
    /// # #[server]
    /// # struct Greeter;
    /// # fn main() -> Result<()> {
    /// let server = Greeter.into_server();
    /// let control = server.control(); // to keep where changes happen
    /// control.disable_tool("hello")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn control(&self) -> Control {
        let (control, _) = self.control.get_or_init(|| {
            let names = self.composition.names();
            let [tools, prompts, resources] = names.clone();
            (Control::new(tools, prompts, resources), names)
        });
        control.clone()
    }

    /// Serves one client over standard input and output until it goes away. No token travels this
    /// way, so tools that ask for a signed-in user are refused. Problems end the process, as in
    /// [`Server::serve`].
    ///
    /// # Errors
    /// The client went away in the middle of the first exchange.
    pub async fn stdio(self) -> Result<()> {
        match self.described() {
            Ok(false) => {}
            Ok(true) => return Ok(()),
            Err(error) => error.exit(),
        }
        let process = match Process::begin(self.chosen_name()) {
            Ok(process) => process,
            Err(problem) => Error::from(problem).exit(),
        };
        let endpoint = match self.without_sign_in() {
            Ok(endpoint) => endpoint,
            Err(error) => error.exit(),
        };
        let served = endpoint.stdio().await;
        process.end().await;
        served.map_err(|error| {
            Problem::new(
                "FM0952",
                format!("the client on standard input is gone: {error}"),
                "start the server from an MCP client",
            )
            .into()
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("name", &self.declaration.name)
            .finish_non_exhaustive()
    }
}
