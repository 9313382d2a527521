//! The schema that says what arguments may be sent.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Value, json};

use super::Schema;

/// One owned parameter, as the macro describes it.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Name on the wire.
    pub name: &'static str,
    /// What it is, for a model.
    pub description: &'static str,
    /// The header in which clients repeat it: `Mcp-Param-<header>`.
    pub header: Option<&'static str>,
    /// The schema of its type.
    pub schema: fn(&mut InputSchema) -> Value,
    /// Whether its type has no value for an argument that was not sent.
    pub must_be_sent: fn() -> bool,
    /// The value of one that was not sent, where the signature gives one.
    pub default: Option<fn() -> Option<Value>>,
}

/// The schema of a tool's arguments: an object, properties in the order of the signature, nothing
/// else allowed, shared definitions at its root.
#[derive(Debug)]
pub struct InputSchema {
    generator: SchemaGenerator,
    properties: Schema,
    required: Vec<Value>,
}

impl InputSchema {
    fn new() -> Self {
        Self {
            generator: SchemaSettings::draft2020_12().into_generator(),
            properties: Schema::new(),
            required: Vec::new(),
        }
    }

    /// The schema of `T`; its definitions are kept for the root.
    pub fn part<T: schemars::JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// The schema of these arguments.
    pub fn of(arguments: &[Argument]) -> Schema {
        let mut whole = Self::new();
        for argument in arguments {
            whole.argument(argument);
        }
        whole.finish()
    }

    fn argument(&mut self, argument: &Argument) {
        let mut part = match (argument.schema)(self) {
            Value::Object(part) => part,
            // `true`: anything.
            _ => Schema::new(),
        };
        if !argument.description.is_empty() {
            part.insert("description".to_owned(), json!(argument.description));
        }
        if let Some(header) = argument.header {
            part.insert("x-mcp-header".to_owned(), json!(header));
        }
        if let Some(default) = argument.default.and_then(|default| default()) {
            part.insert("default".to_owned(), default);
        }
        let name = argument.name.to_owned();
        if argument.default.is_none() && (argument.must_be_sent)() {
            self.required.push(json!(name));
        }
        self.properties.insert(name, Value::Object(part));
    }

    fn finish(mut self) -> Schema {
        let mut schema = Schema::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(self.required));
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        let definitions = self.generator.take_definitions(true);
        if !definitions.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(definitions));
        }
        schema
    }
}
