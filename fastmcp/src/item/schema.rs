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

    /// A schema that is written by hand; an empty one if it is none, which a server tells at start.
    pub fn read(text: &str) -> Schema {
        serde_json::from_str(text).unwrap_or_default()
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

/// The texts that `T` is one of, as its schema lists them: those of an enum without fields, also
/// inside an `Option`. Empty for any other type.
#[must_use]
pub fn listed_values<T: schemars::JsonSchema>() -> Vec<String> {
    let schema = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    let mut values = Vec::new();
    if collect_listed(&schema, &mut values) {
        values
    } else {
        Vec::new()
    }
}

/// Adds the texts that the schema lists; `false` if it admits others.
fn collect_listed(schema: &Value, values: &mut Vec<String>) -> bool {
    if schema.get("type").is_some_and(|kind| kind == "null") {
        return true;
    }
    let listed = match (schema.get("const"), schema.get("enum")) {
        (Some(one), _) => std::slice::from_ref(one),
        (None, Some(Value::Array(listed))) => listed,
        _ => {
            let parts = schema.get("oneOf").or_else(|| schema.get("anyOf"));
            let parts = parts.and_then(Value::as_array);
            return parts
                .is_some_and(|parts| parts.iter().all(|part| collect_listed(part, values)));
        }
    };
    values.extend(listed.iter().filter_map(Value::as_str).map(str::to_owned));
    listed
        .iter()
        .all(|value| value.is_string() || value.is_null())
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::listed_values;

    #[derive(JsonSchema)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema is read")]
    enum Tone {
        Kind,
        /// Not kind.
        Strict,
    }

    #[test]
    fn an_enum_lists_its_values_and_other_types_list_none() {
        let mut tones = listed_values::<Tone>();
        tones.sort();
        assert_eq!(tones, ["kind", "strict"]);
        assert_eq!(listed_values::<Option<Tone>>().len(), 2);
        assert!(listed_values::<String>().is_empty());
        assert!(listed_values::<Option<u8>>().is_empty());
        assert!(listed_values::<Vec<Tone>>().is_empty());
        assert!(listed_values::<bool>().is_empty());
    }
}
