//! Return values become answers.
//!
//! Text for anything that is text or a number, content as it is, and data for [`Json`]: the value
//! as `structuredContent` with the schema of its type, and as text for clients that read no data.
//! The protocol wants an object there, so data of any other shape is wrapped as `{"result": …}`,
//! in the schema as in the answer.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::{Content, Outcome, ResourceLink, Schema, ToolError, ToolOutput};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

fn done(content: Vec<Content>) -> Outcome {
    Outcome::Done(ToolOutput {
        content,
        structured: None,
    })
}

macro_rules! as_text {
    ($($ty:ty),* $(,)?) => {$(
        impl IntoContent for $ty {
            fn into_content(self) -> Outcome {
                done(vec![Content::text(self.to_string())])
            }
        }
    )*};
}

as_text!(
    bool, char, f32, f64, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, &str
);

impl IntoContent for String {
    fn into_content(self) -> Outcome {
        done(vec![Content::Text { text: self }])
    }
}

impl IntoContent for Cow<'_, str> {
    fn into_content(self) -> Outcome {
        self.into_owned().into_content()
    }
}

impl IntoContent for Box<str> {
    fn into_content(self) -> Outcome {
        self.into_string().into_content()
    }
}

impl IntoContent for Arc<str> {
    fn into_content(self) -> Outcome {
        (&*self).into_content()
    }
}

/// Nothing to say.
impl IntoContent for () {
    fn into_content(self) -> Outcome {
        done(Vec::new())
    }
}

impl IntoContent for Content {
    fn into_content(self) -> Outcome {
        done(vec![self])
    }
}

impl IntoContent for ResourceLink {
    fn into_content(self) -> Outcome {
        done(vec![self.into()])
    }
}

impl IntoContent for Vec<Content> {
    fn into_content(self) -> Outcome {
        done(self)
    }
}

/// An error whose text the caller sees: that is the tool's choice of error type.
impl<T: IntoContent, E: Display> IntoContent for Result<T, E> {
    fn into_content(self) -> Outcome {
        match self {
            Ok(value) => value.into_content(),
            Err(error) => Outcome::Failed(ToolError::show(error)),
        }
    }

    fn output_schema() -> Option<Schema> {
        T::output_schema()
    }
}

/// An error that is masked where it came through `?`.
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

impl<T: Serialize + JsonSchema + 'static> IntoContent for Json<T> {
    fn into_content(self) -> Outcome {
        match structured(&self.0) {
            Ok(output) => Outcome::Done(output),
            Err(error) => Outcome::Failed(error.into()),
        }
    }

    fn output_schema() -> Option<Schema> {
        let mut schema = match schema_of::<T>().to_value() {
            Value::Object(schema) => schema,
            _ => Schema::new(),
        };
        schema.remove("$schema");
        if is_object(&schema) {
            schema.insert("type".to_owned(), json!("object"));
            return Some(schema);
        }
        Some(wrapped(schema))
    }
}

fn structured<T: Serialize + JsonSchema + 'static>(
    value: &T,
) -> Result<ToolOutput, serde_json::Error> {
    let raw = to_raw_value(value)?;
    let text = raw.get().to_owned();
    let structured = if wraps::<T>() {
        RawValue::from_string(format!("{{\"result\":{text}}}"))?
    } else {
        raw
    };
    Ok(ToolOutput {
        content: vec![Content::Text { text }],
        structured: Some(structured),
    })
}

fn schema_of<T: JsonSchema>() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Whether every value of the schema is an object.
fn is_object(schema: &Schema) -> bool {
    if let Some(kind) = schema.get("type") {
        return kind == "object";
    }
    let every = |key: &str| match schema.get(key) {
        Some(Value::Array(variants)) if !variants.is_empty() => variants
            .iter()
            .all(|variant| variant.as_object().is_some_and(is_object)),
        _ => false,
    };
    every("oneOf") || every("anyOf")
}

/// The schema of `{"result": …}`, definitions kept at the root.
fn wrapped(mut schema: Schema) -> Schema {
    let definitions = schema.remove("$defs");
    let mut whole = Schema::new();
    whole.insert("type".to_owned(), json!("object"));
    whole.insert("properties".to_owned(), json!({ "result": schema }));
    whole.insert("required".to_owned(), json!(["result"]));
    if let Some(definitions) = definitions {
        whole.insert("$defs".to_owned(), definitions);
    }
    whole
}

/// Whether data of type `T` is wrapped. Asked of the schema once a type: the answer must be the
/// same in every call, whatever the value looks like.
fn wraps<T: JsonSchema + 'static>() -> bool {
    static KNOWN: RwLock<Option<HashMap<TypeId, bool>>> = RwLock::new(None);
    let id = TypeId::of::<T>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(wraps) = known.as_ref().and_then(|known| known.get(&id)) {
        return *wraps;
    }
    drop(known);
    let wraps = !schema_of::<T>().as_object().is_some_and(is_object);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().insert(id, wraps);
    wraps
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::{Content, IntoContent, Outcome};

    #[test]
    fn a_text_is_a_text_however_it_is_kept() {
        let answers = [
            String::from("hello").into_content(),
            Cow::Borrowed("hello").into_content(),
            Box::<str>::from("hello").into_content(),
            Arc::<str>::from("hello").into_content(),
        ];
        for answer in answers {
            let Outcome::Done(output) = answer else {
                panic!("a text is no failure");
            };
            assert_eq!(output.content, [Content::text("hello")]);
        }
    }
}
