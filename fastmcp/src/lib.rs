//! MCP servers with real authentication, declared in two attributes.
//!
//! ```no_run
//! use fastmcp::prelude::*;
//!
//! /// Delete every note older than `days`.
//! #[tool(roles = ["admin"], destructive)]
//! async fn purge(user: &AuthSession, days: u32) -> Result<String> {
//!     let token = user.access_token().await?; // the upstream token, fresh
//!     Ok(format!("{} bytes of token, {days} days", token.expose().len()))
//! }
//!
//! /// Notes for a small team.
//! #[server(auth = google, roles = ["admin"])]
//! struct Notes;
//!
//! #[tokio::main]
//! async fn main() -> fastmcp::Result<()> {
//!     Notes.serve().await
//! }
//! ```
//!
//! Owned parameters come from the client, borrowed ones from the server. With `auth`, nothing is
//! answered without a valid token unless it is declared `public`. Misconfigured auth does not
//! build.
//!
//! # The house
//!
//! Two folders hold what a newcomer looks for: `mcp/` is a call, `oauth/` is a login. They never
//! meet; [`server`](mod@server) introduces them, and both know only [`auth`].
//!
//! **Follow a call**: `server/front.rs` tells it from all else → `mcp/edge.rs` accepts it (host,
//! origin, token) → `mcp/http.rs` reads it → `mcp/frame.rs` parses it once → [`auth::Authenticator`]
//! turns the token into a session (in a proxy `oauth/bearer.rs` → `token/jwt.rs` →
//! `ledger/grant.rs`) → `mcp/dispatch.rs` finds the tool and asks its [`auth::Rule`] before the
//! arguments are touched → the shim that `#[tool]` emitted
//! decodes them (`item/argument.rs`), lends what is borrowed (`item/borrowed.rs`) and calls the
//! function → `item/content.rs` → one JSON answer. Where the function borrows a `Context`, `mcp/live.rs`
//! runs it, `mcp/stream.rs` sends what it tells, and `mcp/ask/` puts its questions to the client. A
//! call that goes on after its answer is a [`task`], run by `mcp/tasks/`.
//!
//! **Follow a decision**: `oauth/rim.rs` finds out whose request it is and whether that caller may ask
//! now ([`limits`]); what is decided then is an [`audit::AuditEvent`], told by way of
//! [`parts::Parts`].
//!
//! **Follow a login**: `oauth/register.rs`, or `oauth/published/` for a client that is a URL →
//! `oauth/authorize.rs` checks everything and writes nothing → `oauth/consent.rs` binds decision
//! and browser → the provider → `oauth/callback.rs`, once → a code → `oauth/token.rs`,
//! `oauth/code.rs` → a grant → `oauth/refresh.rs` … until `oauth/revoke.rs` or the server's own
//! [`oauth::Logins`] ends it. Each step is one transition in [`ledger`], each transition one
//! compare-and-set in a [`store`].
//!
//! # Features
//!
//! `disk` (default): `DiskStore`. `tls`: [`Server::tls`](server::Server::tls). `opentelemetry`: traces
//! and metrics go to a collector. `test-util`, for dev-dependencies only: `testing`, a kit for tests
//! of your server, and `store::suite`, the law that every store is held to.

#[cfg(any(fuzzing, test))]
#[doc(hidden)]
#[path = "fuzz.rs"]
pub mod __fuzz;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "admin")]
pub mod admin;
pub mod audit;
pub mod auth;
pub mod doctor;
pub mod error;
mod faults;
pub mod guard;
mod health;
pub mod item;
pub mod keys;
pub mod ledger;
pub mod limits;
pub mod manifest;
pub mod mcp;
mod measure;
pub mod oauth;
mod page;
pub mod parts;
pub mod prelude;
pub mod provider;
mod secret;
pub mod server;
pub mod settings;
pub mod spec;
pub mod store;
pub mod task;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod token;
mod trace;

/// A function whose messages clients put before their model (MCP, `prompts/get`).
///
/// Options: those of [`tool`](macro@tool) but its hints. Owned parameters are the arguments: clients
/// send text, and the type says what it must be (a number, a `bool`, an enum, an `Option` of them).
/// It returns a text, which the user says, a [`PromptMessage`](item::PromptMessage) or a list of
/// them, or a `Result` of these. Getting it without an argument that it needs, or with one that does
/// not fit, is the error -32602.
///
/// `#[arg(complete = ["a", "b"])]` on an argument suggests values while it is typed, and
/// `#[arg(complete = path)]` asks a function, `fn` or `async fn`, that takes
/// [`&Completing`](item::Completing) and gives texts, or a `Result` of them. An enum that derives
/// `JsonSchema` suggests its own values.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Ask for a review of a change.
/// #[prompt(title = "Review")]
/// fn review(diff: String, #[arg(complete = ["go", "rust"])] language: Option<String>) -> String {
///     format!("Review this {} change:\n\n{diff}", language.unwrap_or_default())
/// }
/// ```
pub use fastmcp_macros::prompt;
/// A function whose answer clients read under a URI (MCP, `resources/read`), or, where the URI has
/// variables, a template of such resources (RFC 6570).
///
/// Options: `uri` (required), `mime_type`, `size` in bytes, and those of [`tool`](macro@tool) but
/// its hints. The variables `{x}`, `{+x}` (with slashes), `{/x}` and, at the end, `{?a,b}` are the
/// owned parameters, by name; they are decoded, and completed, as the arguments of a
/// [`prompt`](macro@prompt). It returns text, bytes, [`Json`](item::Json),
/// [`ResourceContents`](item::ResourceContents) or a list of them, or an `Option` (`None`: there is
/// no such resource) or a `Result` of these.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// How we write.
/// #[resource(uri = "docs://style", mime_type = "text/markdown")]
/// fn style() -> &'static str {
///     "Short words, short sentences."
/// }
///
/// /// One page of a book.
/// #[resource(uri = "books://{title}/{page}")]
/// async fn page(title: String, page: u32) -> Option<String> {
///     (page == 1).then(|| format!("{title}, the first page"))
/// }
/// ```
pub use fastmcp_macros::resource;
pub use fastmcp_macros::{server, tool};

pub use self::error::Error;
pub use self::secret::Secret;

/// What starting a server gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;
