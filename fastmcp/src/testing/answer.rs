//! What came back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::item::LogLevel;

/// A result, and what was told on the way to it.
#[derive(Clone, Debug)]
pub struct Answer {
    result: Value,
    progress: Vec<Progress>,
    log: Vec<Logged>,
}

/// A note of progress (`notifications/progress`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// How far it is.
    pub progress: f64,
    /// How far there is to go, if that was told.
    pub total: Option<f64>,
    /// What is going on.
    pub message: Option<String>,
}

/// A message for the client's log (`notifications/message`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Logged {
    /// How grave it is.
    pub level: LogLevel,
    /// Who says it.
    pub logger: Option<String>,
    /// What is said.
    pub data: Value,
}

impl Answer {
    pub(super) fn new(result: Value, notices: &[Value]) -> Self {
        let of = |method: &'static str| {
            let told = notices.iter().filter(move |it| it["method"] == method);
            told.map(|notice| &notice["params"])
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let progress = of("notifications/progress").map(|params| Progress {
            progress: params["progress"].as_f64().unwrap_or_default(),
            total: params["total"].as_f64(),
            message: text(&params["message"]),
        });
        let log = of("notifications/message").filter_map(|params| {
            Some(Logged {
                level: LogLevel::from_name(params["level"].as_str()?)?,
                logger: text(&params["logger"]),
                data: params["data"].clone(),
            })
        });
        Self {
            progress: progress.collect(),
            log: log.collect(),
            result,
        }
    }

    /// Every text of a tool's content, of what was read, or of a prompt's messages; more than one
    /// is joined by line breaks.
    pub fn text(&self) -> String {
        let texts = self.blocks().filter_map(|block| block["text"].as_str());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The bytes of the first image, sound or binary resource in it.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        self.blocks().find_map(|block| {
            let coded = block.get("blob").or_else(|| block.get("data"))?;
            STANDARD.decode(coded.as_str()?).ok()
        })
    }

    /// The structured content of a tool's result, or else its text as JSON.
    ///
    /// # Errors
    /// It is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match self.result.get("structuredContent") {
            Some(structured) => serde_json::from_value(structured.clone()),
            None => serde_json::from_str(&self.text()),
        }
    }

    /// The progress that was told, in order.
    pub fn progress(&self) -> &[Progress] {
        &self.progress
    }

    /// What was written into the client's log, in order.
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// The result as it came: `CallToolResult`, `ReadResourceResult`, … of the revision's schema.
    pub fn raw(&self) -> &Value {
        &self.result
    }

    pub(super) fn is_error(&self) -> bool {
        self.result["isError"] == true
    }

    fn blocks(&self) -> impl Iterator<Item = &Value> {
        let list = |name| self.result.get(name).and_then(Value::as_array);
        let messages = list("messages").into_iter().flatten();
        let blocks = ["content", "contents"].map(list).into_iter().flatten();
        let messages = messages.map(|message| &message["content"]);
        blocks.flatten().chain(messages).map(inner)
    }
}

/// A list, as far as the caller may see it.
#[derive(Clone, Debug)]
pub struct Listing(Vec<Value>);

impl Listing {
    pub(super) fn new(items: Vec<Value>) -> Self {
        Self(items)
    }

    /// The names of its items, in order; of resources and templates the URIs.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().filter_map(name).collect()
    }

    /// The item of that name or URI, as it came: `Tool`, `Resource`, … of the revision's schema.
    pub fn get(&self, wanted: &str) -> Option<&Value> {
        self.0.iter().find(|item| name(item) == Some(wanted))
    }

    /// Every item as it came, in order.
    pub fn raw(&self) -> &[Value] {
        &self.0
    }
}

/// What a block holds: an embedded resource has its text one level down.
fn inner(block: &Value) -> &Value {
    block.get("resource").unwrap_or(block)
}

fn name(item: &Value) -> Option<&str> {
    let fields = ["uri", "uriTemplate", "name"];
    fields
        .into_iter()
        .find_map(|field| item.get(field)?.as_str())
}
