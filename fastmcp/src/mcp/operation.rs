//! What passed the gate and runs a function of the user's: one way for tools, resources and
//! prompts, from the context that it is lent to the bytes of its answer.

use std::time::Duration;

use super::answer::{self, RpcError};
use super::dispatch::{Cleared, Dispatcher, ToolResult};
use super::edge::Edge;
use super::prompts::PromptResult;
use super::resources::ReadResult;
use super::revision::Era;
use crate::item::{Capability, Context, Entry as _, PromptEntry, ResourceEntry, ToolEntry};

/// What passed the gate.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// `tools/call`.
    Call(Cleared<ToolEntry>),
    /// `resources/read` of this URI.
    Read(Cleared<ResourceEntry>, String),
    /// `prompts/get`.
    Get(Cleared<PromptEntry>),
}

impl Operation {
    /// The method, the name or address, and the time limit of a call that may speak to its client.
    pub(crate) fn asks_as(&self) -> (&'static str, String, Option<Duration>) {
        let timeout = match self {
            Self::Call(cleared) => cleared.entry().timeout,
            Self::Read(cleared, _) => cleared.entry().timeout,
            Self::Get(cleared) => cleared.entry().timeout,
        };
        (self.declared().0, self.target().to_owned(), timeout)
    }

    /// The method, and what was declared: a name, or of a resource its URI.
    pub(crate) fn declared(&self) -> (&'static str, &'static str) {
        match self {
            Self::Call(cleared) => (ToolEntry::METHOD, cleared.entry().name),
            Self::Read(cleared, _) => (ResourceEntry::METHOD, cleared.entry().uri),
            Self::Get(cleared) => (PromptEntry::METHOD, cleared.entry().name),
        }
    }

    /// The name or address that was asked for.
    pub(crate) fn target(&self) -> &str {
        match self {
            Self::Read(_, uri) => uri,
            Self::Call(_) | Self::Get(_) => self.declared().1,
        }
    }

    /// Whether the function borrows no context, so that nothing can be told while it runs.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Call(cleared) => cleared.entry().plain,
            Self::Read(cleared, _) => cleared.entry().plain,
            Self::Get(cleared) => cleared.entry().plain,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum Performed {
    /// A tool's result.
    Called(ToolResult),
    /// The contents of a resource.
    Read(ReadResult),
    /// The messages of a prompt.
    Got(PromptResult),
}

impl Performed {
    /// What a tool failed for, that its client did not declare.
    pub(crate) fn lacking(&self) -> Option<Capability> {
        match self {
            Self::Called(result) => result.lacking,
            Self::Read(_) | Self::Got(_) => None,
        }
    }
}

impl Dispatcher {
    /// Runs it once. Dropping the future cancels that.
    pub(super) async fn perform_alone(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
        era: Era,
    ) -> Result<Performed, RpcError> {
        match operation {
            Operation::Call(cleared) => {
                let result = self.call(cleared, arguments, context).await;
                Ok(Performed::Called(result))
            }
            Operation::Read(cleared, uri) => {
                let asked = (uri.as_str(), arguments);
                let result = self.read(cleared, asked, context, era).await;
                result.map(Performed::Read)
            }
            Operation::Get(cleared) => {
                let result = self.get(cleared, arguments, context, era).await;
                result.map(Performed::Got)
            }
        }
    }
}

impl Edge {
    /// Runs it, and gives the bytes of the whole answer.
    pub(crate) async fn operate(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
        (era, id): (Era, &str),
    ) -> Result<Vec<u8>, RpcError> {
        let performed = self.performed(operation, arguments, context, era).await?;
        let mut bytes = Vec::with_capacity(256);
        answer::open(id, &mut bytes);
        self.write(era, &performed, &mut bytes);
        bytes.push(b'}');
        Ok(bytes)
    }

    /// Runs it, and gives the bytes of the result alone, as 2026-07-28 has it.
    pub(crate) async fn result_of(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
    ) -> Result<Vec<u8>, RpcError> {
        let era = Era::Modern;
        let performed = self.performed(operation, arguments, context, era).await?;
        let mut bytes = Vec::with_capacity(256);
        self.write(era, &performed, &mut bytes);
        Ok(bytes)
    }

    async fn performed(
        &self,
        operation: Operation,
        arguments: Option<&str>,
        context: &Context,
        era: Era,
    ) -> Result<Performed, RpcError> {
        let performed = self
            .dispatcher
            .perform(operation, arguments, context, era)
            .await;
        let performed = performed?;
        match performed.lacking().filter(|_| era == Era::Modern) {
            Some(capability) => Err(RpcError::missing_capability(capability)),
            None => Ok(performed),
        }
    }

    fn write(&self, era: Era, performed: &Performed, bytes: &mut Vec<u8>) {
        match performed {
            Performed::Called(result) => result.write(era, &self.server_info, bytes),
            Performed::Read(result) => self.write_read(result, era, bytes),
            Performed::Got(result) => self.write_prompt(result, era, bytes),
        }
    }
}
