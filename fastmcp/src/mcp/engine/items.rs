//! Resources, prompts and completion for a peer of the engine: the same steps as at the edge.

use std::collections::BTreeMap;

use rmcp::ErrorData;
use rmcp::model::{
    CompleteRequestParams, CompleteResult, GetPromptRequestParams, GetPromptResponse,
    GetPromptResult, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    Reference as Referred, ResultType, ServerCapabilities,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};

use super::handler::{Handler, caller, converted, error, json, refused, shown_by_nobody};
use super::peer::input_required;
use crate::mcp::answer::RpcError;
use crate::mcp::capabilities::Capabilities;
use crate::mcp::completion::{Reference, Typing, Unsuggested};
use crate::mcp::operation::{Operation, Performed};
use crate::mcp::revision::Era;

/// The SDK turns the words of the legacy era into those of the modern one.
const ERA: Era = Era::Legacy;

/// What is offered, in the SDK's words.
pub(super) fn capabilities(offered: Capabilities) -> ServerCapabilities {
    // Its own JSON is the one place that says how they are written.
    serde_json::from_str(&offered.json(ERA)).unwrap_or_default()
}

/// An error where the server offers nothing of the kind that the method is for.
pub(super) fn offered(handler: &Handler, method: &str) -> Result<(), ErrorData> {
    let offered = Capabilities::of(handler.dispatcher().registry());
    if offered.serve(method) {
        Ok(())
    } else {
        Err(error(RpcError::method_not_found()))
    }
}

/// `resources/read`.
pub(super) async fn read(
    handler: &Handler,
    request: ReadResourceRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<ReadResourceResponse, ErrorData> {
    offered(handler, "resources/read")?;
    let found = handler.dispatcher().resource(&request.uri, ERA);
    let found = found.map_err(error)?;
    let session = caller(context);
    let cleared = handler.dispatcher().clear(found.entry, session.as_ref());
    let cleared = cleared.await.map_err(|refusal| refused(&refusal))?;
    let operation = Operation::Read(cleared, found.uri);
    let brought = (request.request_state, request.input_responses);
    let performed = handler.run(operation, found.variables, brought, context);
    let result = match performed.await? {
        Ok(Performed::Read(result)) => result,
        Ok(_) => return Err(shown_by_nobody()),
        Err(asks) => return Ok(ReadResourceResponse::InputRequired(input_required(asks)?)),
    };
    let mut result: Value = converted(&result)?;
    result["ttlMs"] = json!(0);
    result["cacheScope"] = json!("private");
    let mut result: ReadResourceResult = converted(&result)?;
    result.result_type = Some(ResultType::COMPLETE);
    Ok(result.into())
}

/// `prompts/get`.
pub(super) async fn get(
    handler: &Handler,
    request: GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<GetPromptResponse, ErrorData> {
    offered(handler, "prompts/get")?;
    let entry = handler.dispatcher().prompt(&request.name).map_err(error)?;
    let session = caller(context);
    let cleared = handler.dispatcher().clear(entry, session.as_ref()).await;
    let operation = Operation::Get(cleared.map_err(|refusal| refused(&refusal))?);
    let arguments = request.arguments.map(json);
    let brought = (request.request_state, request.input_responses);
    let result = match handler.run(operation, arguments, brought, context).await? {
        Ok(Performed::Got(result)) => result,
        Ok(_) => return Err(shown_by_nobody()),
        Err(asks) => return Ok(GetPromptResponse::InputRequired(input_required(asks)?)),
    };
    let mut result: GetPromptResult = converted(&result)?;
    result.result_type = Some(ResultType::COMPLETE);
    Ok(result.into())
}

/// `completion/complete`.
pub(super) async fn complete(
    handler: &Handler,
    request: CompleteRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CompleteResult, ErrorData> {
    offered(handler, "completion/complete")?;
    let reference = match request.r#ref {
        Referred::Prompt(prompt) => Reference::Prompt { name: prompt.name },
        Referred::Resource(template) => Reference::Resource { uri: template.uri },
        _ => return Err(error(RpcError::invalid_params("unknown kind of `ref`"))),
    };
    let known = request.context.and_then(|context| context.arguments);
    let typing = Typing {
        name: request.argument.name,
        value: request.argument.value,
        arguments: known.map(BTreeMap::from_iter).unwrap_or_default(),
    };
    let dispatcher = handler.dispatcher();
    let subject = dispatcher.subject(&reference, ERA).map_err(error)?;
    let session = caller(context);
    match dispatcher
        .complete(subject, &typing, session.as_ref())
        .await
    {
        Ok(result) => {
            let mut result: CompleteResult = converted(&result)?;
            result.result_type = Some(ResultType::COMPLETE);
            Ok(result)
        }
        Err(Unsuggested::Refused(refusal)) => Err(refused(&refusal)),
        Err(Unsuggested::Error(problem)) => Err(error(problem)),
    }
}
