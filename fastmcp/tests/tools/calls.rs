//! What a client may send, and what it gets back.

use fastmcp::item::Outcome;
use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::declared::*;

#[tokio::test]
async fn arguments_are_decoded() {
    assert_eq!(text("add", r#"{"a": 2, "b": 3}"#).await, "5");
    assert_eq!(text("add", r#"{"a": 2}"#).await, "3.5");
    assert_eq!(text("options.all", "{}").await, "None Day nobody None");
    let all =
        r#"{"zebra": null, "unit": "week", "type": "x", "periods": [{"days": 1, "unit": "day"}]}"#;
    let expected = "None Week x Some([Period { days: 1, unit: Day }])";
    assert_eq!(text("options.all", all).await, expected);
    assert!(matches!(
        outcome("blocks", None, None).await,
        Outcome::Done(_)
    ));
}

#[tokio::test]
async fn a_misfit_is_named() {
    let cases = [
        ("add", "{}", "argument `a` is missing"),
        (
            "add",
            r#"{"a": "x"}"#,
            "argument `a`: invalid type: string \"x\", expected f64",
        ),
        (
            "add",
            r#"{"a": 1, "c": 2}"#,
            "unknown argument `c`; expected are `a`, `b`",
        ),
        ("add", r#"{"a": 1, "a": 2}"#, "argument `a` is given twice"),
        (
            "add",
            r#"{"a": 1, "\u0061": 2}"#,
            "argument `a` is given twice",
        ),
        (
            "blocks",
            r#"{"x": 1}"#,
            "unknown argument `x`: none is expected",
        ),
        (
            "object",
            r#"{"period": {"days": -1, "unit": "day"}}"#,
            "argument `period.days`: invalid value: integer `-1`, expected u32",
        ),
        (
            "options.all",
            r#"{"periods": [{"days": 1, "unit": "year"}]}"#,
            "argument `periods[0].unit`: unknown variant `year`, expected `day` or `week`",
        ),
        (
            "object",
            r#"{"period": {"days": 1}}"#,
            "argument `period`: missing field `unit`",
        ),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(refusal(name, arguments).await, expected, "{arguments}");
    }
    let not_an_object = refusal("add", "[1, 2]").await;
    assert!(
        not_an_object.contains("expected an object of arguments"),
        "{not_an_object}"
    );
}

#[tokio::test]
async fn data_comes_with_its_schema() {
    let period = output("object", r#"{"period": {"days": 1, "unit": "day"}}"#).await;
    let data = period.structured.unwrap();
    assert_eq!(data.get(), r#"{"days":1,"unit":"day"}"#);
    assert_eq!(period.content, [Content::text(data.get())]);
    let schema = Value::Object((tool("object").output_schema)().unwrap());
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["days", "unit"]));
    assert!(schema.get("$schema").is_none());
}

#[tokio::test]
async fn data_that_is_no_object_is_wrapped() {
    let list = output("list", r#"{"count": 2}"#).await;
    assert_eq!(list.structured.unwrap().get(), r#"{"result":[0,1]}"#);
    assert_eq!(list.content, [Content::text("[0,1]")]);
    let schema = Value::Object((tool("list").output_schema)().unwrap());
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["properties"]["result"]["type"], "array");
    assert_eq!(schema["required"], json!(["result"]));
    assert!((tool("add").output_schema)().is_none());
}

#[tokio::test]
async fn content_has_the_shapes_of_the_protocol() {
    let blocks = serde_json::to_value(output("blocks", "{}").await.content).unwrap();
    let expected = json!([
        {"type": "text", "text": "hi"},
        {"type": "image", "data": "AQID", "mimeType": "image/png"},
        {"type": "audio", "data": "AQID", "mimeType": "audio/wav"},
        {"type": "resource",
            "resource": {"uri": "file:///a", "mimeType": "text/plain", "text": "a"}},
        {"type": "resource", "resource":
            {"uri": "file:///b", "mimeType": "application/octet-stream", "blob": "/w=="}},
        {"type": "resource_link", "uri": "file:///c", "name": "c"},
    ]);
    assert_eq!(blocks, expected);
}

#[tokio::test]
async fn an_error_of_the_tools_own_is_shown_and_any_other_is_not() {
    match outcome("own_error", None, None).await {
        Outcome::Failed(error) => assert_eq!(error.shown(), Some("refused, and said why")),
        _ => panic!("did not fail"),
    }
    match outcome("upstream", None, Some(&ann())).await {
        Outcome::Failed(error) => {
            assert_eq!(error.shown(), Some("this session has no upstream token"));
        }
        _ => panic!("did not fail"),
    }
    match outcome("masked_error", Some(r#"{"text": "x"}"#), None).await {
        Outcome::Failed(error) => {
            assert_eq!(error.shown(), None);
            assert!(error.masked().is_some());
        }
        _ => panic!("did not fail"),
    }
}

#[tokio::test]
async fn the_server_lends_what_is_borrowed() {
    assert_eq!(text("lent", "{}").await, "ann 3 ann");
    assert!(!tool("lent").plain);
    assert!((tool("lent").accepts_app)(&Notes { stored: Vec::new() }));
    assert!(!(tool("lent").accepts_app)(&"another state"));
    assert!((tool("whoami").accepts_app)(&"another state"));
    let lent = (tool("lent").input_schema)();
    assert_eq!(lent["properties"], json!({}));
    match outcome("whoami", None, None).await {
        Outcome::Done(output) => assert_eq!(output.content, [Content::text("nobody")]),
        _ => panic!("failed"),
    }
}
