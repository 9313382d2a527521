use serde::Deserialize;

use super::super::check;
use super::*;

#[derive(JsonSchema, Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
}

/// How urgent.
#[derive(JsonSchema, Deserialize, Debug, PartialEq)]
enum Urgency {
    /// Right now
    Now,
    Later,
}

#[derive(JsonSchema, Deserialize, Debug, PartialEq)]
struct Everything {
    /// Your name.
    #[schemars(length(min = 1, max = 5))]
    name: String,
    #[schemars(email)]
    mail: Option<String>,
    age: u8,
    #[schemars(range(min = 0.5))]
    score: f64,
    #[serde(default)]
    verified: bool,
    status: Status,
    urgency: Option<Urgency>,
    several: Vec<Status>,
    #[schemars(length(min = 1))]
    titled: Vec<Urgency>,
}

#[test]
fn a_struct_becomes_a_flat_form() {
    let form = Value::Object(of::<Everything>().unwrap());
    // Choices that nothing is said about come first in what `JsonSchema` derives.
    let titled =
        json!([{ "const": "Later", "title": "Later" }, { "const": "Now", "title": "Right now" }]);
    assert_eq!(
        form,
        json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "description": "Your name.", "minLength": 1, "maxLength": 5 },
                "mail": { "type": "string", "format": "email" },
                "age": { "type": "integer", "minimum": 0, "maximum": 255 },
                "score": { "type": "number", "minimum": 0.5 },
                "verified": { "type": "boolean", "default": false },
                "status": { "type": "string", "enum": ["active", "inactive"] },
                "urgency": { "type": "string", "oneOf": titled, "description": "How urgent." },
                "several": { "type": "array", "items": { "type": "string", "enum": ["active", "inactive"] } },
                "titled": { "type": "array", "items": { "anyOf": titled }, "minItems": 1 },
            },
            "required": ["name", "age", "score", "status", "several", "titled"],
        })
    );
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Nested {
    inner: Inner,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Inner {
    a: u8,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Texts {
    texts: Vec<String>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Patterned {
    #[schemars(regex(pattern = "^a"))]
    word: String,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Loaded {
    choice: WithData,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
enum WithData {
    A,
    B(u8),
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read")]
struct Anything {
    any: Value,
}

#[test]
fn what_no_form_can_be_is_refused_with_its_name() {
    for (refused, words) in [
        (of::<Nested>(), "field `inner` of `Nested` is an object"),
        (of::<Texts>(), "field `texts` of `Texts` is a list"),
        (
            of::<Patterned>(),
            "has `pattern`, which no form can enforce",
        ),
        (
            of::<Loaded>(),
            "field `choice` of `Loaded` has choices that are no texts",
        ),
        (
            of::<Anything>(),
            "field `any` of `Anything` takes any value",
        ),
        (of::<String>(), "is no form"),
        (of::<Vec<u8>>(), "is no form"),
    ] {
        let refused = refused.unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn a_form_by_hand_is_held_to_the_same() {
    for (property, good) in [
        (
            json!({ "type": "string", "enum": ["a"], "enumNames": ["A"] }),
            true,
        ),
        (
            json!({ "type": "array", "items": { "anyOf": [{ "const": "a", "title": "A" }] } }),
            true,
        ),
        (
            json!({ "type": "array", "items": { "type": "string" } }),
            false,
        ),
        (json!({ "type": "object" }), false),
        (json!({ "$ref": "#/x" }), false),
        (json!(true), false),
    ] {
        let form = json!({ "type": "object", "properties": { "p": property } });
        assert_eq!(
            written(form.clone()).ok(),
            good.then(|| form.as_object().unwrap().clone())
        );
    }
    for none in [
        json!([]),
        json!({ "type": "object" }),
        json!({ "properties": {} }),
    ] {
        assert!(written(none).is_err());
    }
}

#[test]
fn what_was_sent_is_checked() {
    let form = of::<Everything>().unwrap();
    let good = json!({
        "name": "Ada", "mail": null, "age": 36.0, "score": 0.5, "status": "active",
        "several": [], "titled": ["Now"]
    });
    let content = check::content(&form, Some(&good)).unwrap();
    let read = Everything::deserialize(Value::Object(content)).unwrap();
    assert_eq!(
        (read.age, read.mail, read.status),
        (36, None, Status::Active)
    );
    for (name, value) in [
        ("name", json!(12345)),
        ("name", json!("")),
        ("name", json!("too long")),
        ("name", json!(null)),
        ("age", json!(-1)),
        ("age", json!(1.5)),
        ("age", json!("36")),
        ("score", json!(0.4)),
        ("verified", json!("yes")),
        ("status", json!("Active")),
        ("urgency", json!("Right now")),
        ("several", json!(["gone"])),
        ("several", json!("active")),
        ("titled", json!([])),
    ] {
        let mut bad = good.clone();
        bad[name] = value.clone();
        let refused = check::content(&form, Some(&bad)).unwrap_err();
        assert!(refused.contains(name), "{name} {value}: {refused}");
    }
    for none in [None, Some(&json!([])), Some(&json!({}))] {
        assert!(check::content(&form, none).is_err());
    }
}
