//! Method and name to the one gate, and through it to the user's function.
//!
//! [`Dispatcher::clear`] is the only source of a [`Cleared`], and [`Dispatcher::call`] takes one:
//! no path, be it of the HTTP edge or of the engine, runs a tool whose rule was not asked about
//! this very caller. The arguments are not looked at before that, so a refusal says nothing about
//! them. A call that panics, runs out of time or fails inside ends as a tool result.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::value::RawValue;

use super::revision::Era;
use crate::auth::{AuthSession, Rule, Verdict};
use crate::guard::Refusal;
use crate::item::{Call, Content, Context, Outcome, Registry, ToolEntry, ToolError, ToolOutput};
use crate::parts::Parts;

/// Finds, judges and runs tools.
pub(crate) struct Dispatcher {
    registry: Registry,
    app: Arc<dyn Any + Send + Sync>,
    default: Rule,
    parts: Parts,
}

/// The permission to run one tool for one caller.
#[derive(Debug)]
pub(crate) struct Cleared {
    entry: &'static ToolEntry,
    session: Option<AuthSession>,
}

/// What a call came to (`CallToolResult` in the schema).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolResult {
    pub(crate) content: Vec<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) structured_content: Option<Box<RawValue>>,
    pub(crate) is_error: bool,
}

impl Dispatcher {
    /// A dispatcher whose tools without a rule of their own have `default`.
    pub(crate) fn new(
        registry: Registry,
        app: Arc<dyn Any + Send + Sync>,
        default: Rule,
        parts: Parts,
    ) -> Self {
        Self {
            registry,
            app,
            default,
            parts,
        }
    }

    pub(crate) fn tools(&self) -> &[&'static ToolEntry] {
        self.registry.tools()
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.registry.tool(name)
    }

    /// Whether some tool is declared open to everyone.
    pub(crate) fn has_public_tools(&self) -> bool {
        let mut tools = self.tools().iter();
        tools.any(|tool| matches!(tool.rule, Rule::Public))
    }

    /// The rule of a tool on this server.
    pub(crate) fn rule(&self, entry: &ToolEntry) -> Rule {
        entry.rule.or_default(self.default)
    }

    /// What the rule of a tool says about a caller. A predicate of the user's that panics has not
    /// said yes.
    pub(crate) async fn judge(&self, entry: &ToolEntry, session: Option<&AuthSession>) -> Verdict {
        let rule = self.rule(entry);
        let judged = AssertUnwindSafe(rule.judge(session)).catch_unwind().await;
        judged.unwrap_or_else(|panic| {
            tracing::error!(
                tool = entry.name,
                error = panic_text(&*panic),
                "an access rule failed"
            );
            Verdict::Forbidden
        })
    }

    /// The gate.
    pub(crate) async fn clear(
        &self,
        entry: &'static ToolEntry,
        session: Option<&AuthSession>,
    ) -> Result<Cleared, Refusal> {
        match Refusal::of(self.judge(entry, session).await) {
            Some(refusal) => {
                self.parts.tell(refusal.event(entry.name, session));
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
        cleared: Cleared,
        arguments: Option<&str>,
        context: &Context,
    ) -> ToolResult {
        let Cleared { entry, session } = cleared;
        let call = Call {
            arguments,
            session: session.as_ref(),
            app: &*self.app,
            context,
        };
        // The call is inside the async block, so that a panic before the first await is caught.
        let run = AssertUnwindSafe(async { (entry.call)(call).await }).catch_unwind();
        let caught = match entry.timeout {
            None => run.await,
            Some(limit) => match tokio::time::timeout(limit, run).await {
                Ok(caught) => caught,
                Err(_) => return ToolResult::failed("the tool took too long and was stopped"),
            },
        };
        match caught {
            Ok(Outcome::Done(output)) => ToolResult::done(output),
            Ok(Outcome::Invalid(invalid)) => ToolResult::failed(invalid.0),
            Ok(Outcome::Failed(error)) => self.failed(entry, &error),
            Err(panic) => self.masked(entry, &panic_text(&*panic)),
        }
    }

    fn failed(&self, entry: &ToolEntry, error: &ToolError) -> ToolResult {
        match error.shown() {
            Some(text) => ToolResult::failed(text),
            None => self.masked(entry, &Chain(error)),
        }
    }

    /// The caller sees a reference; the log has the reference and the error.
    fn masked(&self, entry: &ToolEntry, error: &dyn fmt::Display) -> ToolResult {
        let reference = u64::from_be_bytes(self.parts.random.bytes::<8>());
        tracing::error!(tool = entry.name, reference = %format_args!("{reference:016x}"), %error, "a tool failed");
        ToolResult::failed(format!("internal error (reference {reference:016x})"))
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("tools", &self.tools().len())
            .finish_non_exhaustive()
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

fn panic_text(panic: &(dyn Any + Send)) -> String {
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
        }
    }

    fn failed(text: impl Into<String>) -> Self {
        Self {
            content: vec![Content::Text { text: text.into() }],
            structured_content: None,
            is_error: true,
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
        if era == Era::Modern {
            bytes.pop();
            bytes.extend_from_slice(br#","resultType":"complete","#);
            bytes.extend_from_slice(br#""_meta":{"io.modelcontextprotocol/serverInfo":"#);
            bytes.extend_from_slice(server_info.as_bytes());
            bytes.extend_from_slice(b"}}");
        }
    }
}
