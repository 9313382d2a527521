//! What the server offers: only what was declared is named to clients, and only the methods of
//! what is named are answered (2026-07-28, basic/versioning, "Capability Negotiation").

use super::revision::Era;
use crate::item::{Completer, Registry, Variable};

/// What the server offers.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one capability of the schema"
)]
pub(crate) struct Capabilities {
    pub(crate) tools: bool,
    pub(crate) resources: bool,
    pub(crate) prompts: bool,
    pub(crate) completions: bool,
    pub(crate) logging: bool,
    /// The extension `io.modelcontextprotocol/tasks`, where tasks can be kept.
    pub(crate) tasks: bool,
}

impl Capabilities {
    /// The capabilities of what was declared. Completion is one if some value can be suggested,
    /// logging if some item borrows a context to write with.
    pub(crate) fn of(registry: &Registry) -> Self {
        let prompts = registry.prompts().iter().map(|entry| entry.arguments);
        let templates = registry.templates().iter().map(|entry| entry.variables);
        Self {
            tools: !registry.tools().is_empty(),
            resources: !registry.resources().is_empty() || !registry.templates().is_empty(),
            prompts: !registry.prompts().is_empty(),
            completions: prompts.chain(templates).flatten().any(suggests),
            logging: speaks(registry),
            tasks: false,
        }
    }

    /// The same where tasks are kept, if some tool has them.
    pub(crate) fn with_tasks(self, registry: &Registry) -> Self {
        let tasks = registry.tools().iter().any(|entry| entry.task.is_some());
        Self { tasks, ..self }
    }

    /// Whether the method belongs to what is offered, or to no capability at all.
    pub(crate) fn serve(self, method: &str) -> bool {
        match method.split_once('/') {
            Some(("tools", _)) => self.tools,
            Some(("resources", _)) => self.resources,
            Some(("prompts", _)) => self.prompts,
            Some(("completion", _)) => self.completions,
            Some(("logging", _)) => self.logging,
            Some(("tasks", _)) => self.tasks,
            _ => true,
        }
    }

    /// `ServerCapabilities` in the schema of `era`, as JSON.
    pub(crate) fn json(self, era: Era) -> String {
        let offered = [
            (self.completions, r#""completions":{}"#),
            (
                self.tasks && era == Era::Modern,
                r#""extensions":{"io.modelcontextprotocol/tasks":{}}"#,
            ),
            (self.logging, r#""logging":{}"#),
            (self.prompts, r#""prompts":{"listChanged":true}"#),
            (
                self.resources,
                r#""resources":{"listChanged":true,"subscribe":true}"#,
            ),
            (self.tools, r#""tools":{"listChanged":true}"#),
        ];
        let offered = offered.iter().filter(|(offered, _)| *offered);
        let offered: Vec<_> = offered.map(|(_, json)| *json).collect();
        format!("{{{}}}", offered.join(","))
    }
}

fn speaks(registry: &Registry) -> bool {
    registry.tools().iter().any(|entry| !entry.plain)
        || registry.resources().iter().any(|entry| !entry.plain)
        || registry.templates().iter().any(|entry| !entry.plain)
        || registry.prompts().iter().any(|entry| !entry.plain)
}

fn suggests(variable: &Variable) -> bool {
    match variable.complete {
        None => false,
        Some(Completer::Values(values)) => !values.is_empty(),
        Some(Completer::OfType(values)) => !values().is_empty(),
        Some(Completer::Function(_)) => true,
    }
}
