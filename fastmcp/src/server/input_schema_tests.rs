//! What a schema that is written by hand may be.

use super::*;
use crate::item::Parameter;

const NEEDED: Parameter = Parameter {
    name: "city",
    header: None,
    must_be_sent: || true,
};
const OPTIONAL: Parameter = Parameter {
    must_be_sent: || false,
    ..NEEDED
};

/// What is wrong with a schema for a function that takes `parameter`.
fn wrong(text: fn() -> String, parameter: &'static [Parameter]) -> Vec<String> {
    let written = WrittenSchema {
        text,
        parameters: parameter,
    };
    faults(&written).into_iter().map(|it| it.words).collect()
}

macro_rules! wrong {
    ($parameters:expr, $schema:literal) => {
        wrong(|| $schema.to_owned(), &$parameters)
    };
}

#[test]
fn it_is_an_object_in_json_that_speaks_of_objects() {
    let found = wrong!([], "{ \"type\": }");
    assert!(
        found[0].contains("is not JSON: expected value at line 1"),
        "{found:?}"
    );
    assert_eq!(wrong!([], "[]"), ["`input_schema` is no JSON object"]);
    let silent = "`input_schema` does not say that arguments are an object";
    assert_eq!(wrong!([], "{}"), [silent]);
    assert_eq!(wrong!([], r#"{"type":["object"]}"#), [silent]);
    assert_eq!(wrong!([], r#"{"type":"object"}"#), [""; 0]);
}

#[test]
fn it_offers_what_the_function_takes_and_nothing_else() {
    assert_eq!(
        wrong!([OPTIONAL], r#"{"type":"object","properties":{"town":{}}}"#),
        [
            "`input_schema` offers no `city`, which the function takes",
            "`input_schema` offers `town`, which the function does not take",
        ]
    );
    assert_eq!(
        wrong!(
            [OPTIONAL],
            r#"{"type":"object","properties":{"city":{}},"required":["town"]}"#
        ),
        ["`input_schema` offers `town`, which the function does not take"]
    );
    for open in [
        "additionalProperties",
        "unevaluatedProperties",
        "patternProperties",
    ] {
        let words = format!("`{open}` lets clients send arguments that the function does not take");
        let text = json(open);
        let mut found = Vec::new();
        parameters(&NOTHING, &text, &mut found);
        assert_eq!(found[0].words, words);
    }
    assert_eq!(
        wrong!([], r#"{"type":"object","additionalProperties":false}"#),
        [""; 0]
    );
}

const NOTHING: WrittenSchema = WrittenSchema {
    text: String::new,
    parameters: &[],
};

fn json(open: &str) -> Value {
    serde_json::json!({ "type": "object", open: {} })
}

#[test]
fn names_are_found_in_whatever_applies_to_the_arguments() {
    for schema in [
        r#"{"type":"object","allOf":[{"properties":{"city":{}}}]}"#,
        r#"{"type":"object","oneOf":[{"anyOf":[{"properties":{"city":{}}}]}]}"#,
        r#"{"type":"object","if":true,"else":{"properties":{"city":{}}}}"#,
        r##"{"type":"object","$ref":"#/$defs/place","$defs":{"place":{"properties":{"city":{}}}}}"##,
        r##"{"type":"object","$ref":"#here","$defs":{"a":[{"$anchor":"here","properties":{"city":{}}}]}}"##,
        r##"{"type":"object","properties":{"city":{"properties":{"inside":{}}}},"$ref":"#"}"##,
    ] {
        let mut found = Vec::new();
        let whole = serde_json::from_str(schema).unwrap();
        let written = WrittenSchema {
            parameters: &[OPTIONAL],
            ..NOTHING
        };
        parameters(&written, &whole, &mut found);
        assert_eq!(found, [], "{schema}");
    }
}

#[test]
fn what_must_be_sent_is_required_whichever_way_is_taken() {
    let left_out = ["`input_schema` lets clients leave out `city`, which must be sent"];
    let (none, properties): ([&str; 0], _) = ([], r#""type":"object","properties":{"city":{}}"#);
    for (more, expected) in [
        (r#""required":["city"]"#, &none[..]),
        (r#""required":[]"#, &left_out),
        (r#""allOf":[{"required":["city"]}]"#, &none),
        (r#""anyOf":[{"required":["city"]},{}]"#, &left_out),
        (
            r#""oneOf":[{"required":["city"]},{"required":["city"]}]"#,
            &none,
        ),
        (r#""if":{},"then":{"required":["city"]}"#, &left_out),
        (
            r#""if":{},"then":{"required":["city"]},"else":{"required":["city"]}"#,
            &none,
        ),
    ] {
        let whole = serde_json::from_str(&format!("{{{properties},{more}}}")).unwrap();
        let written = WrittenSchema {
            parameters: &[NEEDED],
            ..NOTHING
        };
        let mut found = Vec::new();
        parameters(&written, &whole, &mut found);
        let words: Vec<_> = found.iter().map(|it| it.words.as_str()).collect();
        assert_eq!(words, expected, "{more}");
    }
}

#[test]
fn references_lead_to_a_place_inside() {
    let found = wrong!(
        [],
        r##"{"type":"object","$defs":{"a":{"$ref":"#/$defs/b"},
        "c":{"items":[{"$ref":"https://example.com/s.json"}]},"d":{"$ref":"#e"},
        "const":{"$ref":"#"},"f":{"const":{"$ref":"#nowhere"}}}}"##
    );
    assert_eq!(
        found,
        [
            "`\"$ref\": \"#/$defs/b\"` leads nowhere in `input_schema`",
            "`\"$ref\": \"#e\"` leads nowhere in `input_schema`",
            "`\"$ref\": \"https://example.com/s.json\"` leads out of `input_schema`",
        ]
    );
}

#[test]
fn a_header_is_named_in_both_places() {
    const REPEATED: Parameter = Parameter {
        header: Some("City"),
        ..OPTIONAL
    };
    assert_eq!(
        wrong!(
            [REPEATED],
            r#"{"type":"object","properties":{"city":{"x-mcp-header":"City"}}}"#
        ),
        [""; 0]
    );
    assert_eq!(
        wrong!(
            [REPEATED],
            r#"{"type":"object","properties":{"city":{"x-mcp-header":"Town"}}}"#
        ),
        ["`input_schema` does not name the header of `city`, which is checked"]
    );
    assert_eq!(
        wrong!(
            [OPTIONAL],
            r#"{"type":"object","properties":{"city":{"x-mcp-header":"City"}}}"#
        ),
        ["`input_schema` names a header for `city`, which nothing checks"]
    );
}
