//! What tools, resources and prompts have in common, for the one gate and the checks at start.

use std::any::Any;
use std::time::Duration;

use super::{Prefix, PromptEntry, ResourceEntry, ToolEntry};
use crate::auth::Rule;

/// One item that a server offers.
pub trait Entry: Copy + Send + Sync + 'static {
    /// The word for it, in messages.
    const KIND: &'static str;
    /// The method that uses it.
    const METHOD: &'static str;

    /// What clients call it by: a name, or a URI.
    fn id(&self) -> &'static str;

    /// Path of the module of the function.
    fn module(&self) -> &'static str;

    /// The same item as it is called where it is mounted.
    #[must_use]
    fn below(&self, prefix: &Prefix) -> Self;

    /// Who may see and use it.
    fn rule(&self) -> Rule;

    /// After this long its function is stopped.
    fn timeout(&self) -> Option<Duration>;

    /// `file:line` of the function.
    fn location(&self) -> &'static str;

    /// Whether its function borrows the state `app`, or none.
    fn accepts(&self, app: &(dyn Any + Send + Sync)) -> bool;
}

macro_rules! entry {
    ($entry:ty, $kind:literal, $method:literal, $id:ident, $below:expr) => {
        impl Entry for $entry {
            const KIND: &'static str = $kind;
            const METHOD: &'static str = $method;

            fn id(&self) -> &'static str {
                self.$id
            }

            fn module(&self) -> &'static str {
                self.module
            }

            fn below(&self, prefix: &Prefix) -> Self {
                $below(*self, prefix)
            }

            fn rule(&self) -> Rule {
                self.rule
            }

            fn timeout(&self) -> Option<Duration> {
                self.timeout
            }

            fn location(&self) -> &'static str {
                self.location
            }

            fn accepts(&self, app: &(dyn Any + Send + Sync)) -> bool {
                (self.accepts_app)(app)
            }
        }
    };
}

entry!(
    ToolEntry,
    "tool",
    "tools/call",
    name,
    |tool: Self, prefix: &Prefix| Self {
        name: prefix.name(tool.name),
        ..tool
    }
);
entry!(
    ResourceEntry,
    "resource",
    "resources/read",
    uri,
    |resource: Self, prefix: &Prefix| Self {
        uri: prefix.uri(resource.uri),
        name: prefix.name(resource.name),
        ..resource
    }
);
entry!(
    PromptEntry,
    "prompt",
    "prompts/get",
    name,
    |prompt: Self, prefix: &Prefix| Self {
        name: prefix.name(prompt.name),
        ..prompt
    }
);
