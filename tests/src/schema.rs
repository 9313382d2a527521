//! Every message of a server, against the schema of its revision (`tests/schema/`).
//!
//! The revision is the one that the session agreed on, or that the request names; results are
//! judged by the method that was asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The served revisions, the newest first.
const REVISIONS: [(&str, &str); 4] = [
    ("2026-07-28", include_str!("../schema/2026-07-28.json")),
    ("2025-11-25", include_str!("../schema/2025-11-25.json")),
    ("2025-06-18", include_str!("../schema/2025-06-18.json")),
    ("2025-03-26", include_str!("../schema/2025-03-26.json")),
];

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

/// One HTTP exchange with an MCP endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The body that was sent; empty for a GET.
    pub request: &'a str,
    /// `MCP-Protocol-Version`, as sent.
    pub version: Option<&'a str>,
    /// `Mcp-Session-Id`, as sent.
    pub session: Option<&'a str>,
    /// `Mcp-Session-Id`, as answered.
    pub opened: Option<&'a str>,
    /// Whether the answer is a stream of events.
    pub streamed: bool,
    /// The body of the answer, as far as it was read.
    pub body: &'a str,
}

/// Judges every message of the answer.
///
/// # Panics
/// At the first one that the schema does not allow.
pub fn check(exchange: &Exchange<'_>) {
    let request: Value = serde_json::from_str(exchange.request).unwrap_or_default();
    for mut message in messages(exchange) {
        let revision = revision(exchange, &request, &message);
        let all = match message.as_array_mut() {
            Some(batch) if revision == "2025-03-26" => std::mem::take(batch),
            _ => vec![message],
        };
        for message in &all {
            check_message(revision, &request, message);
        }
    }
}

/// Judges one message by a revision that is known, as an answer to `request` or on the way to it.
///
/// # Panics
/// When the schema does not allow it.
pub fn check_message(revision: &'static str, request: &Value, message: &Value) {
    let asked = asked(request, message);
    if let Err(problem) = judge(revision, asked.as_deref(), message) {
        panic!("against the schema of {revision}: {problem}\nin {message}\nfor {request}");
    }
}

/// The messages in the answer; a page or an empty body has none.
fn messages(exchange: &Exchange<'_>) -> Vec<Value> {
    let message = |text: &str| -> Option<Value> { serde_json::from_str(text).ok() };
    if !exchange.streamed {
        let is_rpc = |value: &Value| value.is_array() || value.get("jsonrpc").is_some();
        return message(exchange.body).into_iter().filter(is_rpc).collect();
    }
    // What a broken connection left unfinished is no event.
    let whole = exchange
        .body
        .rfind("\n\n")
        .map_or("", |end| &exchange.body[..end]);
    let data = whole.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(str::trim)
        .filter(|data| !data.is_empty())
        .map(|data| message(data).unwrap_or_else(|| panic!("not JSON in an event: {data}")))
        .collect()
}

/// Which revision the message has to keep to. A request that names none that is served is refused
/// in the words of the newest.
fn revision(exchange: &Exchange<'_>, request: &Value, message: &Value) -> &'static str {
    let known = |name: &str| {
        let mut names = REVISIONS.iter().map(|(known, _)| *known);
        names.find(|known| *known == name)
    };
    let newest = REVISIONS[0].0;
    if request["method"] == "initialize" {
        let agreed = message["result"]["protocolVersion"].as_str();
        let agreed = agreed.and_then(known).unwrap_or("2025-11-25");
        if let Some(session) = exchange.opened {
            sessions().insert(session.to_owned(), agreed);
        }
        return agreed;
    }
    let in_session = exchange.session.and_then(|it| sessions().get(it).copied());
    let in_body = &request["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
    let named = in_body.as_str().or(exchange.version);
    in_session.unwrap_or_else(|| named.map_or("2025-03-26", |it| known(it).unwrap_or(newest)))
}

/// The sessions of this process.
fn sessions() -> MutexGuard<'static, HashMap<String, &'static str>> {
    static SESSIONS: OnceLock<Mutex<HashMap<String, &'static str>>> = OnceLock::new();
    let sessions = SESSIONS.get_or_init(Mutex::default);
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The method that a message is the result of.
fn asked(request: &Value, message: &Value) -> Option<String> {
    let requests = match request {
        Value::Array(batch) => batch.iter().collect(),
        one => vec![one],
    };
    let mut requests = requests.into_iter();
    let asked = requests.find(|request| request.get("id") == message.get("id"))?;
    asked["method"].as_str().map(str::to_owned)
}

/// What is wrong with a message, if anything is.
fn judge(revision: &'static str, asked: Option<&str>, message: &Value) -> Result<(), String> {
    let method = message["method"].as_str();
    match (method, message.get("id"), message.get("result")) {
        (Some(method), ..) if is_of_tasks(method, &Value::Null) => Ok(()),
        (Some(method), id, _) => {
            let kind = if id.is_some() {
                "Request"
            } else {
                "Notification"
            };
            let name = named(revision, kind, method);
            let name = name.ok_or_else(|| format!("no {kind} `{method}` of a server"))?;
            against(revision, &name, message)
        }
        (None, _, Some(result)) => {
            let response = either(revision, "JSONRPCResultResponse", "JSONRPCResponse");
            against(revision, response, message)?;
            // A stream that is listened to again goes on with an answer to an earlier request.
            let Some(asked) = asked else { return Ok(()) };
            if is_of_tasks(asked, result) {
                return Ok(());
            }
            let known = RESULTS.iter().find(|(known, _)| *known == asked);
            let (_, name) = known.ok_or_else(|| format!("a result of `{asked}`"))?;
            match result["resultType"].as_str() {
                Some("input_required") if revision >= "2026-07-28" => {
                    against(revision, "InputRequiredResult", result)
                }
                _ => against(revision, name, result),
            }
        }
        (None, id, None) => {
            let response = either(revision, "JSONRPCErrorResponse", "JSONRPCError");
            // The older schemas want an id where their own text has none (2025-06-18,
            // basic/transports: "a JSON-RPC error response that has no id").
            let mut message = message.clone();
            if id.is_none() && revision < "2025-11-25" {
                message["id"] = json!(0);
            }
            against(revision, response, &message)
        }
    }
}

/// What belongs to the tasks extension, which has a schema of its own: the official suite judges it.
fn is_of_tasks(method: &str, result: &Value) -> bool {
    method.starts_with("tasks/")
        || method == "notifications/tasks"
        || method == "tools/call" && result["resultType"] == "task"
}

fn either(revision: &'static str, new: &'static str, old: &'static str) -> &'static str {
    let (_, definitions) = definitions(revision);
    if definitions.get(new).is_some() {
        new
    } else {
        old
    }
}

/// The definition of what a server sends by that method.
fn named(revision: &'static str, kind: &str, method: &str) -> Option<String> {
    let (_, definitions) = definitions(revision);
    let all = definitions.get(format!("Server{kind}"))?["anyOf"].as_array()?;
    let names = all
        .iter()
        .filter_map(|one| one["$ref"].as_str()?.rsplit('/').next());
    let mut names =
        names.filter(|name| definitions[*name]["properties"]["method"]["const"] == method);
    names.next().map(str::to_owned)
}

/// Where definitions stand in the schema of a revision, and they.
fn definitions(revision: &'static str) -> (&'static str, &'static Value) {
    static READ: OnceLock<Vec<(&str, Value)>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let parse = |text| serde_json::from_str(text).expect("a schema is JSON");
        REVISIONS
            .iter()
            .map(|(name, text)| (*name, parse(text)))
            .collect()
    });
    let (_, schema) = read
        .iter()
        .find(|(name, _)| *name == revision)
        .expect("a served revision");
    let place = ["$defs", "definitions"].into_iter();
    let mut places = place.filter_map(|place| Some((place, schema.get(place)?)));
    places.next().expect("a schema has definitions")
}

/// What is wrong with `value` as that definition of the revision.
fn against(revision: &'static str, name: &str, value: &Value) -> Result<(), String> {
    type Key = (&'static str, String);
    static READY: OnceLock<Mutex<HashMap<Key, Arc<Validator>>>> = OnceLock::new();
    let ready = READY.get_or_init(Mutex::default);
    let key = (revision, name.to_owned());
    let mut ready = ready.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = Arc::clone(ready.entry(key).or_insert_with(|| {
        let (place, definitions) = definitions(revision);
        assert!(definitions.get(name).is_some(), "`{name}` in {revision}");
        let draft = if place == "$defs" {
            "https://json-schema.org/draft/2020-12/schema"
        } else {
            "http://json-schema.org/draft-07/schema#"
        };
        let schema = json!({
            "$schema": draft, "$ref": format!("#/{place}/{name}"), place: definitions,
        });
        let built = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema);
        Arc::new(built.expect("a schema"))
    }));
    drop(ready);
    let problems = validator.iter_errors(value);
    let problems = problems.map(|error| format!("{} at `{}`", error, error.instance_path()));
    let problems: Vec<_> = problems.collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("no {name}: {}", problems.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(version: &str, request: &Value, body: &Value) -> bool {
        let (request, body) = (request.to_string(), body.to_string());
        let exchange = Exchange {
            request: &request,
            version: Some(version),
            session: None,
            opened: None,
            streamed: false,
            body: &body,
        };
        std::panic::catch_unwind(|| check(&exchange)).is_ok()
    }

    #[test]
    fn what_is_not_of_the_revision_is_found() {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call" });
        let answer = |result: Value| json!({ "jsonrpc": "2.0", "id": 1, "result": result });
        let content = json!([{ "type": "text", "text": "x" }]);
        let good = answer(json!({ "content": content }));
        for (revision, _) in &REVISIONS[1..] {
            assert!(exchange(revision, &request, &good), "{revision}");
        }
        assert!(!exchange("2026-07-28", &request, &good), "no `resultType`");
        let bare = answer(json!({ "isError": false }));
        let linked = json!([{ "type": "resource_link", "uri": "a://b", "name": "b" }]);
        let linked = answer(json!({ "content": linked }));
        assert!(!exchange("2025-11-25", &request, &bare));
        assert!(exchange("2025-06-18", &request, &linked));
        assert!(
            !exchange("2025-03-26", &request, &linked),
            "links are younger"
        );
        let noise = json!({ "jsonrpc": "2.0", "method": "notifications/noise" });
        assert!(!exchange("2025-11-25", &request, &noise));
        let null = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": 1, "message": "" } });
        assert!(!exchange("2025-11-25", &request, &null), "null is no id");
        let elicit = json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create",
            "params": { "message": "m", "requestedSchema": { "type": "object", "properties": {} } }
        });
        assert!(exchange("2025-06-18", &request, &elicit));
        assert!(
            !exchange("2025-03-26", &request, &elicit),
            "forms are younger"
        );
        assert!(
            !exchange("2026-07-28", &request, &elicit),
            "requests are older"
        );
    }
}
