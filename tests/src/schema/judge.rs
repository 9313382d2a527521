//! What one message must be.

use serde_json::{Value, json};

use super::definitions::{TASKS, against, first, named};

/// What a successful request of a method gives.
const RESULTS: [(&str, &str); 15] = [
    ("completion/complete", "CompleteResult"),
    ("initialize", "InitializeResult"),
    ("logging/setLevel", "EmptyResult"),
    ("ping", "EmptyResult"),
    ("prompts/get", "GetPromptResult"),
    ("prompts/list", "ListPromptsResult"),
    ("resources/list", "ListResourcesResult"),
    ("resources/read", "ReadResourceResult"),
    ("resources/subscribe", "EmptyResult"),
    ("resources/templates/list", "ListResourceTemplatesResult"),
    ("resources/unsubscribe", "EmptyResult"),
    ("server/discover", "DiscoverResult"),
    ("subscriptions/listen", "SubscriptionsListenResult"),
    ("tools/call", "CallToolResult"),
    ("tools/list", "ListToolsResult"),
];

/// The same for the extension.
const OF_TASKS: [(&str, &str); 3] = [
    ("tasks/cancel", "CancelTaskResult"),
    ("tasks/get", "GetTaskResult"),
    ("tasks/update", "UpdateTaskResult"),
];

/// What an error of a code is, where a revision says more than that it is one.
const ERRORS: [(&str, i64, &str); 4] = [
    ("2026-07-28", -32020, "HeaderMismatchError"),
    ("2026-07-28", -32021, "MissingRequiredClientCapabilityError"),
    ("2026-07-28", -32022, "UnsupportedProtocolVersionError"),
    ("2025-11-25", -32042, "URLElicitationRequiredError"),
];

/// The revision that has the extension.
const WITH_TASKS: &str = "2026-07-28";

/// Judges one message of a server by a revision, as an answer to a request of the method `asked` or
/// on the way to it.
///
/// # Panics
/// When the schema does not allow it.
pub(super) fn message(revision: &'static str, asked: Option<&str>, message: &Value) {
    if let Err(problem) = judge(revision, asked, message) {
        panic!("against the schema of {revision}: {problem}\nin {message}\nfor {asked:?}");
    }
}

/// What is wrong with a message, if anything is.
fn judge(revision: &'static str, asked: Option<&str>, message: &Value) -> Result<(), String> {
    let method = message["method"].as_str();
    match (method, message.get("id"), message.get("result")) {
        (Some("notifications/tasks"), None, _) if revision == WITH_TASKS => {
            against(TASKS, "TaskStatusNotification", message)?;
            outcome_of_task(&message["params"])
        }
        (Some(method), id, _) => {
            let kind = id.map_or("Notification", |_| "Request");
            let name = named(revision, kind, method);
            let name = name.ok_or_else(|| format!("no {kind} `{method}` of a server"))?;
            against(revision, &name, message)
        }
        (None, _, Some(found)) => {
            let response = first(revision, ["JSONRPCResultResponse", "JSONRPCResponse"]);
            against(revision, response, message)?;
            let asked = asked.ok_or("an answer to what nobody asked")?;
            result(revision, asked, found)
        }
        (None, id, None) => {
            let response = first(revision, ["JSONRPCErrorResponse", "JSONRPCError"]);
            // The older schemas want an id where their own text has none (2025-06-18,
            // basic/transports: "a JSON-RPC error response that has no id").
            let mut message = message.clone();
            if id.is_none() && revision < "2025-11-25" {
                message["id"] = json!(0);
            }
            against(revision, response, &message)?;
            let code = message["error"]["code"].as_i64();
            let mut errors = ERRORS.iter();
            let more = errors.find(|(known, its, _)| *known == revision && Some(*its) == code);
            more.map_or(Ok(()), |(_, _, name)| against(revision, name, &message))
        }
    }
}

fn result(revision: &'static str, asked: &str, result: &Value) -> Result<(), String> {
    let kind = result["resultType"].as_str();
    if revision == WITH_TASKS {
        if (asked, kind) == ("tools/call", Some("task")) {
            return against(TASKS, "CreateTaskResult", result);
        }
        if let Some((_, name)) = OF_TASKS.iter().find(|(known, _)| *known == asked) {
            against(TASKS, name, result)?;
            return outcome_of_task(result);
        }
        if kind == Some("input_required") {
            return against(revision, "InputRequiredResult", result);
        }
    }
    let known = RESULTS.iter().find(|(known, _)| *known == asked);
    let (_, name) = known.ok_or_else(|| format!("a result of `{asked}`"))?;
    against(revision, name, result)
}

/// The extension leaves open what a call came to; here, tools are called.
fn outcome_of_task(task: &Value) -> Result<(), String> {
    match task.get("result") {
        Some(result) => against(WITH_TASKS, "CallToolResult", result),
        None => Ok(()),
    }
}
