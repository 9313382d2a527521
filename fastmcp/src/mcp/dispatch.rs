//! Method and name to the one gate, and through it to the user's function.
//!
//! [`Dispatcher::clear`] is the only source of a [`Cleared`], and whatever runs a function of the
//! user's takes one: no path, be it of the HTTP edge or of the engine, runs a tool, resource or
//! prompt whose rule was not asked about this very caller. The arguments are not looked at before
//! that, so a refusal says nothing about them. A call that panics, runs out of time or fails
//! inside ends as a tool result; reading a resource and getting a prompt as an error.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::value::RawValue;

use super::answer::{self, RpcError};
use super::revision::Era;
use super::times::CallTimes;
use crate::auth::{AuthSession, Rule, Verdict};
use crate::guard::Refusal;
use crate::item::{
    Around, Call, Capability, Content, Context, Control, Entry, Inside, Outcome, Registry,
    TaskSupport, ToolEntry, ToolError, ToolOutput,
};
use crate::parts::Parts;

/// Finds, judges and runs what the server offers.
pub(crate) struct Dispatcher {
    registry: Registry,
    app: Arc<dyn Any + Send + Sync>,
    default: Rule,
    parts: Parts,
    hooks: Vec<Around>,
    times: CallTimes,
}

/// The permission to use one item for one caller.
#[derive(Clone, Debug)]
pub(crate) struct Cleared<E: 'static> {
    entry: &'static E,
    session: Option<AuthSession>,
}

impl<E> Cleared<E> {
    /// The item.
    pub(crate) fn entry(&self) -> &'static E {
        self.entry
    }

    /// The caller, if signed in.
    pub(super) fn session(&self) -> Option<&AuthSession> {
        self.session.as_ref()
    }
}

/// A function was stopped, or stopped by itself; the words for the caller.
#[derive(Debug)]
pub(super) struct Stopped(pub(super) String);

/// What a call came to (`CallToolResult` in the schema).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolResult {
    pub(crate) content: Vec<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) structured_content: Option<Box<RawValue>>,
    pub(crate) is_error: bool,
    /// It failed because the client cannot be asked for this.
    #[serde(skip)]
    pub(crate) lacking: Option<Capability>,
}

impl Dispatcher {
    /// A dispatcher whose items without a rule of their own have `default`.
    pub(crate) fn new(
        registry: Registry,
        app: Arc<dyn Any + Send + Sync>,
        default: Rule,
        parts: Parts,
    ) -> Self {
        Self {
            times: CallTimes::of(&registry),
            registry,
            app,
            default,
            parts,
            hooks: Vec::new(),
        }
    }

    /// The same with hooks around its calls.
    pub(crate) fn with_hooks(mut self, hooks: Vec<Around>) -> Self {
        self.hooks = hooks;
        self
    }

    pub(super) fn hooks(&self) -> &[Around] {
        &self.hooks
    }

    pub(super) fn times(&self) -> &CallTimes {
        &self.times
    }

    pub(crate) fn control(&self) -> &Control {
        self.registry.control()
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The state that an item borrows.
    pub(super) fn state<E: Entry>(&self, entry: &'static E) -> &(dyn Any + Send + Sync) {
        self.registry.state(entry).unwrap_or(&*self.app)
    }

    pub(crate) fn tools(&self) -> &[&'static ToolEntry] {
        self.registry.tools()
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.registry.tool(name)
    }

    /// Whether some item is declared open to everyone.
    pub(crate) fn has_public_items(&self) -> bool {
        let mut rules = self.registry.rules();
        rules.any(|rule| matches!(rule, Rule::Public))
    }

    /// The rule of an item on this server.
    pub(crate) fn rule(&self, entry: &impl Entry) -> Rule {
        entry.rule().or_default(self.default)
    }

    /// What the rule of an item says about a caller. A predicate of the user's that panics has not
    /// said yes.
    pub(crate) async fn judge<E: Entry>(
        &self,
        entry: &E,
        session: Option<&AuthSession>,
    ) -> Verdict {
        let rule = self.rule(entry);
        let judged = AssertUnwindSafe(rule.judge(session)).catch_unwind().await;
        judged.unwrap_or_else(|panic| {
            let (kind, item) = (E::KIND, entry.id());
            tracing::error!(
                kind,
                item,
                error = panic_text(&*panic),
                "an access rule failed"
            );
            Verdict::Forbidden
        })
    }

    /// The gate.
    pub(crate) async fn clear<E: Entry>(
        &self,
        entry: &'static E,
        session: Option<&AuthSession>,
    ) -> Result<Cleared<E>, Refusal> {
        match Refusal::of(self.judge(entry, session).await) {
            Some(refusal) => {
                self.parts.tell(refusal.event(entry.id(), session));
                self.note_refused(entry);
                Err(refusal)
            }
            None => Ok(Cleared {
                entry,
                session: session.cloned(),
            }),
        }
    }

    /// Runs the tool. Dropping the future cancels the call.
    pub(crate) async fn call(
        &self,
        cleared: Cleared<ToolEntry>,
        arguments: Option<&str>,
        context: &Context,
    ) -> ToolResult {
        let entry = cleared.entry;
        if entry.task == Some(TaskSupport::Required) && !context.is_task() {
            return ToolResult::needs_a_task();
        }
        let inside = self.registry.inside(entry);
        let context = scoped(inside, context);
        let call = self.lend(&cleared, arguments, &context);
        let session = cleared.session();
        match self.run(entry, session, || (entry.call)(call)).await {
            Ok(Outcome::Done(mut output)) => {
                if let Some(inside) = inside {
                    inside.content(&mut output.content);
                }
                ToolResult::done(output)
            }
            Ok(Outcome::Invalid(invalid)) => ToolResult::failed(invalid.0),
            Ok(Outcome::Failed(error)) => ToolResult {
                lacking: error.lacking(),
                ..ToolResult::failed(self.told(entry, session, &error))
            },
            Err(stopped) => ToolResult::failed(stopped.0),
        }
    }

    /// What the function of a cleared item is given.
    pub(super) fn lend<'a, E: Entry>(
        &'a self,
        cleared: &'a Cleared<E>,
        arguments: Option<&'a str>,
        context: &'a Context,
    ) -> Call<'a> {
        Call {
            arguments,
            session: cleared.session.as_ref(),
            app: self.state(cleared.entry),
            context,
        }
    }

    /// Runs a function of the user's within its time, and survives its panic.
    pub(super) async fn run<E: Entry, F: Future>(
        &self,
        entry: &E,
        session: Option<&AuthSession>,
        function: impl FnOnce() -> F,
    ) -> Result<F::Output, Stopped> {
        // The call is inside the async block, so that a panic before the first await is caught.
        let run = AssertUnwindSafe(async { function().await }).catch_unwind();
        let caught = match entry.timeout() {
            None => run.await,
            Some(limit) => {
                let late = |_| Stopped(format!("the {} took too long and was stopped", E::KIND));
                tokio::time::timeout(limit, run).await.map_err(late)?
            }
        };
        caught.map_err(|panic| Stopped(self.masked(entry, session, &panic_text(&*panic))))
    }

    /// What the caller is told of an error.
    pub(super) fn told<E: Entry>(
        &self,
        entry: &E,
        session: Option<&AuthSession>,
        error: &ToolError,
    ) -> String {
        match error.shown() {
            Some(text) => text.to_owned(),
            None => self.masked(entry, session, &Chain(error)),
        }
    }

    /// The error of an item whose failure is no result.
    pub(super) fn failed<E: Entry>(
        &self,
        entry: &E,
        session: Option<&AuthSession>,
        error: &ToolError,
        era: Era,
    ) -> RpcError {
        match error.lacking().filter(|_| era == Era::Modern) {
            Some(capability) => RpcError::missing_capability(capability),
            None => RpcError::failed(self.told(entry, session, error)),
        }
    }

    /// The caller sees a reference; the log has the reference and the error, without upstream
    /// tokens.
    fn masked<E: Entry>(
        &self,
        entry: &E,
        session: Option<&AuthSession>,
        error: &dyn fmt::Display,
    ) -> String {
        let item = (E::KIND, entry.id());
        match session.and_then(AuthSession::mask) {
            None => self.reference(item, error),
            Some(mask) => self.reference(item, &mask.apply(&error.to_string())),
        }
    }

    pub(super) fn reference(&self, (kind, item): (&str, &str), error: &dyn fmt::Display) -> String {
        let reference = u64::from_be_bytes(self.parts.random.bytes::<8>());
        tracing::error!(kind, item, reference = %format_args!("{reference:016x}"), %error, "an item failed");
        format!("internal error (reference {reference:016x})")
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("tools", &self.tools().len())
            .finish_non_exhaustive()
    }
}

/// The context as the function of a mounted item needs it.
pub(super) fn scoped<'a>(inside: Option<Inside<'_>>, context: &'a Context) -> Cow<'a, Context> {
    match inside {
        None => Cow::Borrowed(context),
        Some(inside) => Cow::Owned(context.inside(inside.prefix())),
    }
}

/// A masked error and its causes, on one line.
struct Chain<'a>(&'a ToolError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(error) = self.0.masked() else {
            return Ok(());
        };
        write!(f, "{error}")?;
        let mut source = error.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("no message"))
}

impl ToolResult {
    fn done(output: ToolOutput) -> Self {
        Self {
            content: output.content,
            structured_content: output.structured,
            is_error: false,
            lacking: None,
        }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self {
            content: vec![Content::Text { text: text.into() }],
            structured_content: None,
            is_error: true,
            lacking: None,
        }
    }

    /// Of a tool that runs as a task alone, for a client that cannot hold one.
    fn needs_a_task() -> Self {
        Self {
            lacking: Some(Capability::Tasks),
            ..Self::failed(
                "this tool runs as a task: it needs a client of MCP 2026-07-28 over HTTP that \
                 declares the extension io.modelcontextprotocol/tasks",
            )
        }
    }

    /// Writes the result as `era` has it; `server_info` is JSON.
    pub(crate) fn write(&self, era: Era, server_info: &str, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        // Writing into memory fails only if a value refuses to be serialized; ours do not.
        if serde_json::to_writer(&mut *bytes, self).is_err() {
            bytes.truncate(start);
            bytes.extend_from_slice(br#"{"content":[],"isError":true}"#);
        }
        answer::complete(era, "", server_info, bytes);
    }
}
