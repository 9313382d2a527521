//! What a test answers when a tool asks its client.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

/// A question of the server: `elicitation/create`, `sampling/createMessage`.
#[derive(Clone, Debug)]
pub struct Asked(Value);

impl Asked {
    /// The words for the person.
    pub fn message(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }

    /// The form's JSON Schema, where a form is asked for.
    pub fn schema(&self) -> Option<&Value> {
        self.0.get("requestedSchema")
    }

    /// The page to open, where one is.
    pub fn url(&self) -> Option<&str> {
        self.0.get("url")?.as_str()
    }

    /// The parameters as they came.
    pub fn raw(&self) -> &Value {
        &self.0
    }
}

/// What a person does with a form or a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Fills it in, with these fields. To a page, the fields are nothing.
    Accept(Value),
    /// Says no.
    Decline,
    /// Goes away.
    Cancel,
}

type Answers<T> = Arc<dyn Fn(&Asked) -> T + Send + Sync>;

/// The answers of one client; what has none, it does not say that it can be asked.
#[derive(Clone, Default)]
pub(super) struct Questions {
    pub(super) elicit: Option<Answers<Reply>>,
    pub(super) sample: Option<Answers<Value>>,
    pub(super) roots: Option<Vec<Value>>,
}

impl Questions {
    /// `ClientCapabilities` in the schema.
    pub(super) fn capabilities(&self) -> Value {
        let mut all = Map::new();
        if self.elicit.is_some() {
            all.insert("elicitation".into(), json!({ "form": {}, "url": {} }));
        }
        if self.sample.is_some() {
            all.insert("sampling".into(), json!({ "tools": {} }));
        }
        if self.roots.is_some() {
            all.insert("roots".into(), json!({}));
        }
        Value::Object(all)
    }

    /// The result of a request of the server's; `None` where this client does not know it.
    pub(super) fn answer(&self, method: &str, params: &Value) -> Option<Value> {
        let asked = Asked(params.clone());
        match method {
            "ping" => Some(json!({})),
            "elicitation/create" => Some(match self.elicit.as_ref()?(&asked) {
                Reply::Accept(_) if params["mode"] == "url" => json!({ "action": "accept" }),
                Reply::Accept(content) => json!({ "action": "accept", "content": content }),
                Reply::Decline => json!({ "action": "decline" }),
                Reply::Cancel => json!({ "action": "cancel" }),
            }),
            "sampling/createMessage" => Some(self.sample.as_ref()?(&asked)),
            "roots/list" => Some(json!({ "roots": self.roots.as_ref()? })),
            _ => None,
        }
    }
}

/// What a model says in one text (`CreateMessageResult` in the schema).
pub(super) fn said(text: &str) -> Value {
    json!({
        "role": "assistant",
        "content": { "type": "text", "text": text },
        "model": "test-model",
        "stopReason": "endTurn",
    })
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Questions({})", self.capabilities())
    }
}
