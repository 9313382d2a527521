//! The item that a request is about, looked up before the request is answered: to let strangers
//! through to what is public, and to refuse a batch as a whole.

use super::completion::{Subject, reference};
use super::edge::Edge;
use super::params::Params;
use super::revision::Era;
use crate::auth::{AuthSession, Rule};
use crate::guard::Refusal;
use crate::item::{PromptEntry, ResourceEntry, ToolEntry};

/// The item that a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// A tool.
    Tool(&'static ToolEntry),
    /// A resource or a template.
    Resource(&'static ResourceEntry),
    /// A prompt.
    Prompt(&'static PromptEntry),
}

impl Wanted {
    /// Whether the item is declared open to everyone.
    pub(crate) fn is_public(self) -> bool {
        let rule = match self {
            Self::Tool(entry) => entry.rule,
            Self::Resource(entry) => entry.rule,
            Self::Prompt(entry) => entry.rule,
        };
        matches!(rule, Rule::Public)
    }
}

impl Edge {
    /// The item that a request is about, if it is about one that exists.
    pub(crate) fn wanted(&self, method: &str, params: &Params<'_>) -> Option<Wanted> {
        // The era shows only in the words for what does not exist.
        let era = Era::Legacy;
        match method {
            "tools/call" => self.named(params).ok().map(Wanted::Tool),
            "resources/read" => {
                let found = self.located(params, era).ok()?;
                Some(Wanted::Resource(found.entry))
            }
            "prompts/get" => self.prompted(params).ok().map(Wanted::Prompt),
            "completion/complete" => {
                let named = reference(params).ok()?;
                Some(match self.dispatcher.subject(&named, era).ok()? {
                    Subject::Prompt(entry) => Wanted::Prompt(entry),
                    Subject::Template(entry) => Wanted::Resource(entry),
                })
            }
            _ => None,
        }
    }

    /// What the gate says against a use of the item, if it does.
    pub(crate) async fn refusal(
        &self,
        wanted: Wanted,
        user: Option<&AuthSession>,
    ) -> Option<Refusal> {
        match wanted {
            Wanted::Tool(entry) => self.dispatcher.clear(entry, user).await.err(),
            Wanted::Resource(entry) => self.dispatcher.clear(entry, user).await.err(),
            Wanted::Prompt(entry) => self.dispatcher.clear(entry, user).await.err(),
        }
    }
}
