use super::*;

fn one(body: &str) -> Frame<'_> {
    match parse(body) {
        Ok(Message::One(frame)) => frame,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_borrowed_in_any_key_order() {
    let body = r#"{"params":{"_meta":{"progressToken":7},"arguments":{"a":[1,{"b":2}]},"name":"add"},"method":"tools/call","id":"x","jsonrpc":"2.0"}"#;
    let Frame::Request { id, method, params } = one(body) else {
        panic!("a request")
    };
    assert_eq!((id, &*method), ("\"x\"", "tools/call"));
    assert!(matches!(method, Cow::Borrowed(_)));
    assert_eq!(
        params.arguments.map(RawValue::get),
        Some(r#"{"a":[1,{"b":2}]}"#)
    );
    assert_eq!(params.name.and_then(text).as_deref(), Some("add"));
    assert_eq!(params.meta.progress_token.map(RawValue::get), Some("7"));
}

#[test]
fn the_kinds_of_messages_are_told_apart() {
    assert!(matches!(
        one(r#"{"jsonrpc":"2.0","method":"n"}"#),
        Frame::Notification { .. }
    ));
    assert!(matches!(
        one(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#),
        Frame::Response { .. }
    ));
    assert!(
        matches!(parse(r#" [{"jsonrpc":"2.0","method":"n"}]"#), Ok(Message::Batch(b)) if b.len() == 1)
    );
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"arguments":{}{}}}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let many: Vec<_> = (0..40).map(|n| format!("\"k{n}\":0")).collect();
    let many = many.join(",");
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","name":"y"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","n\u0061me":"y"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":{"a":{"b":1,"b":2}}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{"progressToken":1,"progressToken":2}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a","x":1,"x":2}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a"} {}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"a""#,
        "\u{feff}{}",
        "",
        &format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{{many},"k39":1}}}}"#),
        &deep,
    ] {
        assert_eq!(parse(body).err(), Some(FrameError::NotJson), "{body:.120}");
    }
}

#[test]
fn an_invalid_message_keeps_its_id() {
    for (body, id) in [
        (r#"{"id":3,"method":"a"}"#, Some("3")),
        (r#"{"jsonrpc":"1.0","id":"q","method":"a"}"#, Some("\"q\"")),
        (r#"{"jsonrpc":"2.0","id":3,"method":5}"#, Some("3")),
        (
            r#"{"jsonrpc":"2.0","id":3,"method":"a","params":[1]}"#,
            Some("3"),
        ),
        (r#"{"jsonrpc":"2.0","id":null,"method":"a"}"#, None),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"a"}"#, None),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"a"}"#, None),
        (r#"{"jsonrpc":"2.0","id":3}"#, Some("3")),
        ("[]", None),
    ] {
        match parse(body) {
            Err(FrameError::NotAMessage { id: found, .. }) => {
                assert_eq!(found.as_deref(), id, "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}
