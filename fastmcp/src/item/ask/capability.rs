//! What a client says that it can be asked.

use std::fmt;

use serde_json::{Value, json};

/// Something that a client can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// A form for the person (`elicitation/create`).
    Elicitation,
    /// A page for the person to open (`elicitation/create` in URL mode).
    UrlElicitation,
    /// An answer of the client's model (`sampling/createMessage`).
    Sampling,
    /// The same with tools for the model.
    SamplingTools,
    /// The roots that the client works on (`roots/list`).
    Roots,
    /// Calls that go on as tasks (the extension `io.modelcontextprotocol/tasks`).
    Tasks,
}

/// The extension by which a client says that it can hold tasks.
const TASKS: &str = "io.modelcontextprotocol/tasks";

impl Capability {
    /// As an object of `ClientCapabilities` in the schema.
    pub fn to_json(self) -> Value {
        match self {
            Self::Elicitation => json!({ "elicitation": { "form": {} } }),
            Self::UrlElicitation => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingTools => json!({ "sampling": { "tools": {} } }),
            Self::Roots => json!({ "roots": {} }),
            Self::Tasks => json!({ "extensions": { TASKS: {} } }),
        }
    }
}

/// The name on the wire: `elicitation`, `sampling.tools`.
impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Elicitation => "elicitation",
            Self::UrlElicitation => "elicitation.url",
            Self::Sampling => "sampling",
            Self::SamplingTools => "sampling.tools",
            Self::Roots => "roots",
            Self::Tasks => TASKS,
        })
    }
}

/// What a client declared: at `initialize`, or since 2026-07-28 with each request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is declared by itself")]
pub struct Capabilities {
    form: bool,
    url: bool,
    sampling: bool,
    sampling_tools: bool,
    roots: bool,
    tasks: bool,
}

impl Capabilities {
    /// Of `ClientCapabilities` in the schema; of anything else, nothing.
    pub fn of(declared: &Value) -> Self {
        let object = |value: Option<&Value>| value.is_some_and(Value::is_object);
        let elicitation = &declared["elicitation"];
        let url = object(elicitation.get("url"));
        let sampling = &declared["sampling"];
        Self {
            // An elicitation that names no mode is one by form.
            form: elicitation.is_object() && (object(elicitation.get("form")) || !url),
            url,
            sampling: sampling.is_object(),
            sampling_tools: object(sampling.get("tools")),
            roots: declared["roots"].is_object(),
            tasks: declared["extensions"][TASKS].is_object(),
        }
    }

    /// Whether the client can be asked for this.
    pub fn has(self, capability: Capability) -> bool {
        match capability {
            Capability::Elicitation => self.form,
            Capability::UrlElicitation => self.url,
            Capability::Sampling => self.sampling,
            Capability::SamplingTools => self.sampling_tools,
            Capability::Roots => self.roots,
            Capability::Tasks => self.tasks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Capability::{Elicitation, Roots, Sampling, SamplingTools, Tasks, UrlElicitation};
    use super::*;

    #[test]
    fn an_elicitation_without_a_mode_is_by_form() {
        let has = |declared: Value| {
            let declared = Capabilities::of(&declared);
            [Elicitation, UrlElicitation, Sampling, SamplingTools, Roots]
                .map(|capability| u8::from(declared.has(capability)))
        };
        assert_eq!(has(json!({ "elicitation": {} })), [1, 0, 0, 0, 0]);
        assert_eq!(
            has(json!({ "elicitation": { "url": {} } })),
            [0, 1, 0, 0, 0]
        );
        let both = json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {} });
        assert_eq!(has(both), [1, 1, 1, 0, 0]);
        let tools = json!({ "sampling": { "tools": {} }, "roots": { "listChanged": true } });
        assert_eq!(has(tools), [0, 0, 1, 1, 1]);
        for nothing in [
            json!(null),
            json!([]),
            json!({ "sampling": null, "roots": 1 }),
        ] {
            assert_eq!(has(nothing), [0; 5]);
        }
    }

    #[test]
    fn a_capability_is_what_it_is_declared_by() {
        for capability in [
            Elicitation,
            UrlElicitation,
            Sampling,
            SamplingTools,
            Roots,
            Tasks,
        ] {
            assert!(
                Capabilities::of(&capability.to_json()).has(capability),
                "{capability}"
            );
        }
    }
}
