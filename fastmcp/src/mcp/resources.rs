//! `resources/read`: a URI to its entry, and what came of reading it.
//!
//! A resource that does not exist, and one whose variables do not fit their types, is an error
//! that names the URI (2026-07-28, server/resources, "Error Handling"); so is a failure of the
//! function, masked as that of a tool. Contents without a URI of their own get the one that was
//! asked for.

use std::sync::Arc;

use serde::Serialize;

use super::answer::{self, RpcError};
use super::dispatch::{Cleared, Dispatcher, scoped};
use super::edge::Edge;
use super::exchange::{Caller, Reply};
use super::frame::text;
use super::operation::Operation;
use super::params::Params;
use super::revision::Era;
use crate::item::{
    Context, ReadOutcome, ReadOutput, ResourceBody, ResourceContents, ResourceEntry,
};

/// A resource that was found, with the variables of its URI as JSON.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entry: &'static ResourceEntry,
    pub(crate) variables: Option<String>,
    pub(crate) uri: String,
}

/// `ReadResourceResult` in the schema.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReadResult {
    contents: Vec<ResourceContents>,
}

impl ReadResult {
    /// Hands every text of it to `change`.
    pub(super) fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        let contents = self.contents.iter_mut();
        contents.for_each(|contents| contents.each_text(change));
    }
}

impl Dispatcher {
    /// The resource at `uri`.
    pub(crate) fn resource(&self, uri: &str, era: Era) -> Result<Found, RpcError> {
        let found = self.registry().resource(uri);
        let (entry, variables) = found.ok_or_else(|| RpcError::resource_not_found(uri, era))?;
        Ok(Found {
            entry,
            variables,
            uri: uri.to_owned(),
        })
    }

    /// Reads the resource. Dropping the future cancels that.
    pub(crate) async fn read(
        &self,
        cleared: Cleared<ResourceEntry>,
        (uri, variables): (&str, Option<&str>),
        context: &Context,
        era: Era,
    ) -> Result<ReadResult, RpcError> {
        let entry = cleared.entry();
        let inside = self.registry().inside(entry);
        let context = scoped(inside, context);
        let call = self.lend(&cleared, variables, &context);
        let session = cleared.session();
        let outcome = self.run(entry, session, || (entry.read)(call)).await;
        let contents = match outcome {
            Ok(ReadOutcome::Done(mut output)) => {
                if let Some(inside) = inside {
                    inside.output(&mut output);
                }
                contents(output, entry, uri)
            }
            Ok(ReadOutcome::NotFound) => return Err(RpcError::resource_not_found(uri, era)),
            Ok(ReadOutcome::Invalid(invalid)) => {
                return Err(RpcError::invalid_params(invalid.0).about(uri));
            }
            Ok(ReadOutcome::Failed(error)) => {
                return Err(self.failed(entry, session, &error, era).about(uri));
            }
            Err(stopped) => return Err(RpcError::failed(stopped.0).about(uri)),
        };
        Ok(ReadResult { contents })
    }
}

fn contents(output: ReadOutput, entry: &ResourceEntry, uri: &str) -> Vec<ResourceContents> {
    let (body, mime_type) = match output {
        ReadOutput::Contents(contents) => return contents,
        ReadOutput::Body { body, mime_type } => (body, mime_type),
    };
    let fallback = match body {
        ResourceBody::Text(_) => "text/plain",
        ResourceBody::Blob(_) => "application/octet-stream",
    };
    // What was declared is what was listed, so it comes first.
    let mime_type = entry
        .mime_type
        .map(str::to_owned)
        .or(mime_type.map(Into::into))
        .unwrap_or_else(|| fallback.to_owned());
    vec![ResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime_type),
        body,
    }]
}

impl Edge {
    /// Answers a request to read a resource.
    pub(crate) async fn read_resource(
        self: &Arc<Self>,
        caller: &Caller,
        era: Era,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        let found = match self.located(params, era) {
            Ok(found) => found,
            Err(error) => return error.into(),
        };
        let cleared = self.dispatcher.clear(found.entry, caller.user.as_ref());
        let operation = match cleared.await {
            Ok(cleared) => Operation::Read(cleared, found.uri),
            Err(refusal) => return Reply::Refused(refusal),
        };
        let variables = found.variables.as_deref();
        self.perform(operation, variables, caller, era, (id, params))
            .await
    }

    /// The resource that a request names.
    pub(crate) fn located(&self, params: &Params<'_>, era: Era) -> Result<Found, RpcError> {
        let Some(uri) = params.uri.and_then(text) else {
            return Err(RpcError::invalid_params("`uri` must be a string"));
        };
        self.dispatcher.resource(&uri, era)
    }

    /// The result as `era` has it. What a function reads may change at any time, so clients are
    /// told to ask again; where callers are told apart, it is for the caller alone.
    pub(crate) fn write_read(&self, result: &ReadResult, era: Era, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        // Writing into memory fails only if a value refuses to be serialized; ours do not.
        if serde_json::to_writer(&mut *bytes, result).is_err() {
            bytes.truncate(start);
            bytes.extend_from_slice(br#"{"contents":[]}"#);
        }
        let hints = if self.authenticator.is_some() {
            r#","ttlMs":0,"cacheScope":"private""#
        } else {
            r#","ttlMs":0,"cacheScope":"public""#
        };
        answer::complete(era, hints, &self.server_info, bytes);
    }
}
