//! Return values become content.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Outcome, Schema, ToolError, ToolOutput};

/// One block of a tool's answer (`ContentBlock` in the MCP schema).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// An image.
    Image(Image),
    /// A sound.
    Audio(Audio),
    /// A resource, embedded.
    Resource(Resource),
    /// A resource, by address.
    ResourceLink(ResourceLink),
}

/// An image, base64 in `data`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Base64.
    pub data: String,
    /// Media type.
    pub mime_type: String,
}

/// A sound, base64 in `data`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audio {
    /// Base64.
    pub data: String,
    /// Media type.
    pub mime_type: String,
}

/// An embedded resource.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// URI, media type and content.
    pub resource: serde_json::Value,
}

/// A link to a resource.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLink {
    /// Its address.
    pub uri: String,
    /// Its name.
    pub name: String,
}

/// A value that becomes the answer of a tool.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "not an answer",
    note = "return `String`, a number, `Json<T>`, `Vec<Content>`, or a `Result` of one of these"
)]
pub trait IntoContent {
    /// The answer.
    fn into_content(self) -> Outcome;

    /// Schema of the structured part, for [`Json`].
    fn output_schema() -> Option<Schema> {
        None
    }
}

/// Structured content: `T` as data, with its schema, and as JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl IntoContent for String {
    fn into_content(self) -> Outcome {
        Outcome::Done(ToolOutput {
            content: vec![Content::Text { text: self }],
            structured: None::<Box<RawValue>>,
        })
    }
}

impl<T: IntoContent> IntoContent for Result<T, ToolError> {
    fn into_content(self) -> Outcome {
        match self {
            Ok(value) => value.into_content(),
            Err(error) => Outcome::Failed(error),
        }
    }

    fn output_schema() -> Option<Schema> {
        T::output_schema()
    }
}
