//! `prompts/get`: a name to its entry, and what it says.

use std::sync::Arc;

use serde::Serialize;

use super::answer::{self, RpcError};
use super::dispatch::{Cleared, Dispatcher, scoped};
use super::edge::Edge;
use super::exchange::{Caller, Reply, arguments};
use super::frame::text;
use super::operation::Operation;
use super::params::Params;
use super::revision::Era;
use crate::item::{Context, PromptEntry, PromptMessage, PromptOutcome};

/// `GetPromptResult` in the schema.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptResult {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'static str,
    messages: Vec<PromptMessage>,
}

impl PromptResult {
    /// Hands every text of it to `change`.
    pub(super) fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        let messages = self.messages.iter_mut();
        messages.for_each(|message| message.content.each_text(change));
    }
}

impl Dispatcher {
    /// The prompt of this name.
    pub(crate) fn prompt(&self, name: &str) -> Result<&'static PromptEntry, RpcError> {
        let prompt = self.registry().prompt(name);
        prompt.ok_or_else(|| RpcError::invalid_params(format!("unknown prompt: {name}")))
    }

    /// Gets the prompt. Dropping the future cancels that.
    pub(crate) async fn get(
        &self,
        cleared: Cleared<PromptEntry>,
        arguments: Option<&str>,
        context: &Context,
        era: Era,
    ) -> Result<PromptResult, RpcError> {
        let entry = cleared.entry();
        let inside = self.registry().inside(entry);
        let context = scoped(inside, context);
        let call = self.lend(&cleared, arguments, &context);
        let session = cleared.session();
        match self.run(entry, session, || (entry.get)(call)).await {
            Ok(PromptOutcome::Done(mut messages)) => {
                if let Some(inside) = inside {
                    inside.messages(&mut messages);
                }
                Ok(PromptResult {
                    description: entry.description,
                    messages,
                })
            }
            Ok(PromptOutcome::Invalid(invalid)) => Err(RpcError::invalid_params(invalid.0)),
            Ok(PromptOutcome::Failed(error)) => Err(self.failed(entry, session, &error, era)),
            Err(stopped) => Err(RpcError::failed(stopped.0)),
        }
    }
}

impl Edge {
    /// Answers a request for a prompt.
    pub(crate) async fn get_prompt(
        self: &Arc<Self>,
        caller: &Caller,
        era: Era,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        let entry = match self.prompted(params) {
            Ok(entry) => entry,
            Err(error) => return error.into(),
        };
        let operation = match self.dispatcher.clear(entry, caller.user.as_ref()).await {
            Ok(cleared) => Operation::Get(cleared),
            Err(refusal) => return Reply::Refused(refusal),
        };
        let arguments = match arguments(params.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return error.into(),
        };
        self.perform(operation, arguments, caller, era, (id, params))
            .await
    }

    /// The prompt that a request names.
    pub(crate) fn prompted(&self, params: &Params<'_>) -> Result<&'static PromptEntry, RpcError> {
        let Some(name) = params.name.and_then(text) else {
            return Err(RpcError::invalid_params("`name` must be a string"));
        };
        self.dispatcher.prompt(&name)
    }

    /// The result as `era` has it.
    pub(crate) fn write_prompt(&self, result: &PromptResult, era: Era, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        // Writing into memory fails only if a value refuses to be serialized; ours do not.
        if serde_json::to_writer(&mut *bytes, result).is_err() {
            bytes.truncate(start);
            bytes.extend_from_slice(br#"{"messages":[]}"#);
        }
        answer::complete(era, "", &self.server_info, bytes);
    }
}
