//! What is said to a model, and what it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::item::Schema;

/// One message of a conversation with a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SamplingMessage {
    role: &'static str,
    // One block stands by itself: clients before 2025-11-25 know no lists here.
    #[serde(serialize_with = "one_or_more")]
    content: Vec<SamplingContent>,
}

impl SamplingMessage {
    /// A text of the user.
    pub fn user(text: impl Into<String>) -> Self {
        Self::user_content(vec![SamplingContent::text(text)])
    }

    /// A text of the model.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::assistant_content(vec![SamplingContent::text(text)])
    }

    /// Content of the user: images, sounds, results of tools.
    pub fn user_content(content: Vec<SamplingContent>) -> Self {
        Self {
            role: "user",
            content,
        }
    }

    /// Content of the model, as in [`Sampled::content`].
    pub fn assistant_content(content: Vec<SamplingContent>) -> Self {
        Self {
            role: "assistant",
            content,
        }
    }
}

/// One block of a message (`SamplingMessageContentBlock` in the MCP schema).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum SamplingContent {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// An image.
    Image {
        /// Base64.
        data: String,
        /// The media type.
        mime_type: String,
    },
    /// A sound.
    Audio {
        /// Base64.
        data: String,
        /// The media type.
        mime_type: String,
    },
    /// The model wants a tool to be called.
    ToolUse {
        /// What its result is matched by.
        id: String,
        /// The tool.
        name: String,
        /// Its arguments.
        input: Schema,
    },
    /// What the tool gave.
    ToolResult {
        /// `id` of the use.
        tool_use_id: String,
        /// Content blocks.
        content: Vec<Value>,
        /// Whether the tool failed.
        #[serde(default)]
        is_error: bool,
    },
}

impl SamplingContent {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// The answer of the client's model (`CreateMessageResult` in the MCP schema).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// What it said.
    pub content: Vec<SamplingContent>,
    /// Which model it was.
    pub model: String,
    /// Why it stopped: `endTurn`, `maxTokens`, `stopSequence`, `toolUse`, or the client's own word.
    pub stop_reason: Option<String>,
}

impl Sampled {
    /// The text of the answer, without what is no text.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            SamplingContent::Text { text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn read(result: &Value) -> Result<Self, String> {
        let content = result.get("content").ok_or("`content` is missing")?;
        let content = match content {
            Value::Array(_) => Vec::deserialize(content),
            _ => SamplingContent::deserialize(content).map(|block| vec![block]),
        };
        let word = |name: &str| result.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            content: content.map_err(|error| format!("`content`: {error}"))?,
            model: word("model").ok_or("`model` is missing")?,
            stop_reason: word("stopReason"),
        })
    }
}

fn one_or_more<S: serde::Serializer>(
    content: &[SamplingContent],
    to: S,
) -> Result<S::Ok, S::Error> {
    match content {
        [one] => one.serialize(to),
        all => all.serialize(to),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_may_be_one_block_or_several() {
        let text = json!({ "type": "text", "text": "Paris" });
        let used = json!({ "type": "tool_use", "id": "1", "name": "t", "input": { "a": 1 } });
        let one =
            json!({ "role": "assistant", "content": text, "model": "m", "stopReason": "endTurn" });
        let one = Sampled::read(&one).unwrap();
        assert_eq!((&*one.text(), &*one.model), ("Paris", "m"));
        assert_eq!(one.stop_reason.as_deref(), Some("endTurn"));
        let two = json!({ "content": [text, used], "model": "m" });
        let two = Sampled::read(&two).unwrap();
        assert_eq!((two.content.len(), &*two.text()), (2, "Paris"));
        for bad in [
            json!({}),
            json!(5),
            json!({ "content": "x", "model": "m" }),
            json!({ "content": text }),
        ] {
            assert!(Sampled::read(&bad).is_err(), "{bad}");
        }
    }
}
