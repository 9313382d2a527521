//! A request to the client's model.

use serde::Serialize;

use super::SamplingMessage;
use crate::item::Schema;

/// A request to the client's model (`CreateMessageRequestParams` in the MCP schema). Text becomes
/// one message of the user, answered in at most 1,000 tokens.
///
/// ```
/// use fastmcp::item::{ModelPreferences, Sampling, SamplingMessage};
///
/// let request = Sampling::new("Name a colour.")
///     .message(SamplingMessage::assistant("Blue."))
///     .message(SamplingMessage::user("Another one."))
///     .max_tokens(20)
///     .system_prompt("Answer in one word.")
///     .temperature(0.2)
///     .model(ModelPreferences::hint("claude"));
/// # let _ = request;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct Sampling {
    messages: Vec<SamplingMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_preferences: Option<ModelPreferences>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<SamplingTool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice>,
}

/// Tokens of an answer unless the request says otherwise.
const MAX_TOKENS: u32 = 1000;

impl Sampling {
    /// A request of one message of the user.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(vec![SamplingMessage::user(text)])
    }

    /// A request of these messages.
    pub fn of(messages: Vec<SamplingMessage>) -> Self {
        Self {
            messages,
            model_preferences: None,
            system_prompt: None,
            temperature: None,
            max_tokens: MAX_TOKENS,
            stop_sequences: Vec::new(),
            tools: Vec::new(),
            tool_choice: None,
        }
    }

    /// One more message.
    pub fn message(mut self, message: SamplingMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// How long the answer may be, in tokens.
    pub fn max_tokens(mut self, most: u32) -> Self {
        self.max_tokens = most;
        self
    }

    /// What the model is told first.
    pub fn system_prompt(mut self, text: impl Into<String>) -> Self {
        self.system_prompt = Some(text.into());
        self
    }

    /// How freely the model chooses its words.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// One more text before which the answer ends.
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.stop_sequences.push(text.into());
        self
    }

    /// Which model would do best.
    pub fn model(mut self, preferences: ModelPreferences) -> Self {
        self.model_preferences = Some(preferences);
        self
    }

    /// One more tool that the model may ask for. The client must have declared `sampling.tools`.
    pub fn tool(mut self, tool: SamplingTool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Whether the model must use a tool.
    pub fn tool_choice(mut self, mode: ToolChoice) -> Self {
        self.tool_choice = Some(Choice { mode });
        self
    }

    /// Whether the client's model must be able to use tools.
    pub(super) fn has_tools(&self) -> bool {
        !self.tools.is_empty() || self.tool_choice.is_some()
    }
}

impl<T: Into<String>> From<T> for Sampling {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// Which model would do best; each priority is from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelPreferences {
    /// Names of models or families, the best first.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "hints")]
    pub hints: Vec<String>,
    /// How much the price matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_priority: Option<f64>,
    /// How much the speed matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_priority: Option<f64>,
    /// How much the ability matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intelligence_priority: Option<f64>,
}

impl ModelPreferences {
    /// A model or family by name.
    pub fn hint(name: impl Into<String>) -> Self {
        Self {
            hints: vec![name.into()],
            ..Self::default()
        }
    }
}

/// A tool that the model may ask for; the server runs it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SamplingTool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The schema of its arguments, an object.
    pub input_schema: Schema,
}

/// Whether the model must use a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// It must.
    Required,
    /// It must not.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Choice {
    mode: ToolChoice,
}

fn hints<S: serde::Serializer>(names: &[String], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Hint<'a> {
        name: &'a str,
    }
    to.collect_seq(names.iter().map(|name| Hint { name }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::SamplingContent;
    use super::*;

    #[test]
    fn a_request_is_as_the_schema_has_it() {
        let request = serde_json::to_value(Sampling::from("Hi.")).unwrap();
        let hi = json!({ "role": "user", "content": { "type": "text", "text": "Hi." } });
        assert_eq!(request, json!({ "messages": [hi], "maxTokens": 1000 }));
        let schema = json!({ "type": "object" }).as_object().unwrap().clone();
        let request = Sampling::of(vec![SamplingMessage::user_content(vec![
            SamplingContent::text("a"),
            SamplingContent::text("b"),
        ])])
        .max_tokens(9)
        .system_prompt("s")
        .temperature(0.5)
        .stop_sequence("END")
        .model(ModelPreferences {
            speed_priority: Some(1.0),
            ..ModelPreferences::hint("claude")
        })
        .tool(SamplingTool {
            name: "t".to_owned(),
            description: "d".to_owned(),
            input_schema: schema,
        })
        .tool_choice(ToolChoice::Auto);
        let written = serde_json::to_value(&request).unwrap();
        assert!(request.has_tools());
        assert_eq!(written["messages"][0]["content"][1]["text"], "b");
        assert_eq!(
            written["modelPreferences"],
            json!({ "hints": [{ "name": "claude" }], "speedPriority": 1.0 })
        );
        assert_eq!(written["stopSequences"], json!(["END"]));
        assert_eq!(
            written["tools"][0]["inputSchema"],
            json!({ "type": "object" })
        );
        assert_eq!(written["toolChoice"], json!({ "mode": "auto" }));
    }
}
