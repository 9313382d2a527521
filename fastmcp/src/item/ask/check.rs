//! What a person sent, against the form.
//!
//! Clients should check it, and an attacker's does not. What the checks leave is decoded by the
//! form's type.

use serde_json::{Number, Value};

use crate::item::Schema;

/// The content of a form as its type can read it: an empty optional field is as good as none, and
/// a whole number is one however it was written.
pub(super) fn content(form: &Schema, content: Option<&Value>) -> Result<Schema, String> {
    let mut content = match content {
        None => Schema::new(),
        Some(Value::Object(content)) => content.clone(),
        Some(_) => return Err("`content` must be an object".to_owned()),
    };
    let required = form.get("required").and_then(Value::as_array);
    let required: Vec<_> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for name in &required {
        if !content.contains_key(*name) {
            return Err(format!("`{name}` is missing"));
        }
    }
    content.retain(|name, value| !value.is_null() || required.contains(&name.as_str()));
    let fields = form.get("properties").and_then(Value::as_object);
    for (name, field) in fields.into_iter().flatten() {
        if let Some(value) = content.get_mut(name) {
            checked(field, value).map_err(|problem| format!("`{name}` {problem}"))?;
        }
    }
    Ok(content)
}

fn checked(field: &Value, value: &mut Value) -> Result<(), String> {
    match field["type"].as_str() {
        Some("string") => text(field, value),
        Some("boolean") if value.is_boolean() => Ok(()),
        Some("boolean") => Err("must be true or false".to_owned()),
        Some("integer") => {
            *value = whole(value).ok_or("must be a whole number")?.into();
            bounded(field, value)
        }
        Some("number") => bounded(field, value),
        Some("array") => list(field, value),
        _ => Ok(()),
    }
}

fn text(field: &Value, value: &Value) -> Result<(), String> {
    let text = value.as_str().ok_or("must be text")?;
    chosen(field, text)?;
    let length = text.chars().count() as u64;
    let is_short = field["minLength"]
        .as_u64()
        .is_some_and(|least| length < least);
    let is_long = field["maxLength"]
        .as_u64()
        .is_some_and(|most| length > most);
    match (is_short, is_long) {
        (true, _) => Err("is too short".to_owned()),
        (_, true) => Err("is too long".to_owned()),
        _ => Ok(()),
    }
}

/// Whether a text is among the choices, where there are any.
fn chosen(field: &Value, text: &str) -> Result<(), String> {
    let choices = ["enum", "oneOf", "anyOf"]
        .iter()
        .find_map(|key| field.get(key)?.as_array());
    let is_one =
        |choice: &Value| choice == text || choice.get("const").is_some_and(|it| it == text);
    match choices {
        Some(choices) if !choices.iter().any(is_one) => Err("is none of the choices".to_owned()),
        _ => Ok(()),
    }
}

fn whole(value: &Value) -> Option<Number> {
    let number = value.as_number()?;
    if number.is_f64() {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        // 2^53: beyond it a float does not say which whole number is meant.
        let exact = float.abs() <= 9_007_199_254_740_992.0;
        return exact
            .then(|| format!("{float:.0}").parse::<i64>().ok())?
            .map(Number::from);
    }
    Some(number.clone())
}

fn bounded(field: &Value, value: &Value) -> Result<(), String> {
    let number = value.as_f64().ok_or("must be a number")?;
    let is_low = field["minimum"]
        .as_f64()
        .is_some_and(|least| number < least);
    let is_high = field["maximum"].as_f64().is_some_and(|most| number > most);
    match (is_low, is_high) {
        (true, _) => Err("is too small".to_owned()),
        (_, true) => Err("is too large".to_owned()),
        _ => Ok(()),
    }
}

fn list(field: &Value, value: &Value) -> Result<(), String> {
    let values = value.as_array().ok_or("must be a list")?;
    let count = values.len() as u64;
    if field["minItems"]
        .as_u64()
        .is_some_and(|least| count < least)
    {
        return Err("has too few choices".to_owned());
    }
    if field["maxItems"].as_u64().is_some_and(|most| count > most) {
        return Err("has too many choices".to_owned());
    }
    values.iter().try_for_each(|value| {
        chosen(
            &field["items"],
            value.as_str().ok_or("must be a list of texts")?,
        )
    })
}
