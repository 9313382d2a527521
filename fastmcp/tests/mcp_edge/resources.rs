//! Resources and templates: listed, found, read, refused.

use serde_json::{Value, json};

use crate::fixture::{self, Answer, Auth};
use crate::items::server;

fn uris(answer: &Answer, list: &str, key: &str) -> Vec<String> {
    let json = answer.json();
    let items = json["result"][list].as_array().expect("a list").iter();
    items
        .map(|item| item[key].as_str().unwrap().to_owned())
        .collect()
}

fn contents(answer: &Answer) -> Value {
    answer.json()["result"]["contents"].clone()
}

const AS_ROOT: (&str, &str) = ("authorization", "Bearer root");

#[tokio::test]
async fn a_list_shows_what_the_caller_may_read() {
    let server = server(Auth::Anonymous);
    let open = [
        "notes://all",
        "notes://folder",
        "notes://logo",
        "notes://own",
        "notes://slow",
    ];
    let answer = server.legacy("resources/list", json!({}), None).await;
    assert_eq!(uris(&answer, "resources", "uri"), open);
    assert!(answer.json()["result"].get("ttlMs").is_none());
    let answer = server
        .legacy("resources/list", json!({}), Some("root"))
        .await;
    assert_eq!(uris(&answer, "resources", "uri").len(), 6);

    let answer = server.modern("resources/list", json!({}), &[AS_ROOT]).await;
    let result = &answer.json()["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(
        (&result["ttlMs"], &result["cacheScope"]),
        (&json!(60_000), &json!("private"))
    );
    let logo = json!({
        "uri": "notes://logo", "name": "note", "description": "For tests.",
        "mimeType": "image/png", "size": 3
    });
    assert_eq!(result["resources"][3], logo);

    let list = "resources/templates/list";
    let answer = server.legacy(list, json!({}), Some("ada")).await;
    assert_eq!(
        uris(&answer, "resourceTemplates", "uriTemplate"),
        ["fail://{how}"]
    );
    let answer = server.modern(list, json!({}), &[AS_ROOT]).await;
    let expected = ["fail://{how}", "notes://{owner}/{id}"];
    assert_eq!(uris(&answer, "resourceTemplates", "uriTemplate"), expected);
    let answer = server.legacy(list, json!({ "cursor": "x" }), None).await;
    assert_eq!(answer.code(), -32602);
}

#[tokio::test]
async fn contents_have_uri_type_and_hints() {
    let server = server(Auth::Off);
    let answer = server
        .modern("resources/read", json!({ "uri": "notes://all" }), &[])
        .await;
    let text = json!([{ "uri": "notes://all", "mimeType": "text/plain", "text": "all of them" }]);
    assert_eq!(contents(&answer), text);
    let result = &answer.json()["result"];
    assert_eq!(
        (&result["ttlMs"], &result["cacheScope"]),
        (&json!(0), &json!("public"))
    );
    assert_eq!(result["resultType"], "complete");
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "test"
    );

    let answer = server
        .legacy("resources/read", json!({ "uri": "notes://logo" }), None)
        .await;
    let blob = json!([{ "uri": "notes://logo", "mimeType": "image/png", "blob": "AQID" }]);
    assert_eq!(answer.json()["result"], json!({ "contents": blob }));
    let answer = server
        .legacy("resources/read", json!({ "uri": "notes://folder" }), None)
        .await;
    let part = json!([{ "uri": "notes://folder/a", "mimeType": "text/markdown", "text": "a" }]);
    assert_eq!(contents(&answer), part);
}

#[tokio::test]
async fn a_template_reads_what_its_uri_says() {
    let server = server(Auth::On);
    let uri = "notes://%C3%A4da/7";
    let answer = server
        .modern("resources/read", json!({ "uri": uri }), &[AS_ROOT])
        .await;
    let found = &contents(&answer)[0];
    assert_eq!(
        (&found["uri"], &found["mimeType"]),
        (&json!(uri), &json!("application/json"))
    );
    let text: Value = serde_json::from_str(found["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, json!({ "owner": "äda", "id": 7 }));
    assert_eq!(answer.json()["result"]["cacheScope"], "private");
}

#[tokio::test]
async fn what_does_not_exist_is_an_error_that_names_it() {
    let server = server(Auth::On);
    let unknown = [
        "notes://nope",
        "notes://ada/404",
        "notes://ada/../all",
        "x",
        "notes://a/b/c",
        "",
    ];
    for uri in unknown {
        let asked = json!({ "uri": uri });
        let answer = server
            .legacy("resources/read", asked.clone(), Some("root"))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, -32002),
            "{uri}"
        );
        assert_eq!(answer.json()["error"]["data"]["uri"], uri);
        let name = ("mcp-name", uri);
        let extra = if uri.is_empty() {
            vec![AS_ROOT, name]
        } else {
            vec![AS_ROOT]
        };
        let answer = server.modern("resources/read", asked, &extra).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, -32602),
            "{uri}"
        );
        assert_eq!(answer.json()["error"]["data"]["uri"], uri);
    }
    let uri = "notes://ada/seven";
    let answer = server
        .legacy("resources/read", json!({ "uri": uri }), Some("root"))
        .await;
    assert_eq!(answer.code(), -32602);
    let error = &answer.json()["error"];
    assert_eq!(error["data"]["uri"], uri);
    assert_eq!(
        error["message"],
        "argument `id`: expected a whole number of 32 bits, not negative"
    );
    for broken in [json!({}), json!({ "uri": 7 })] {
        let answer = server.legacy("resources/read", broken, Some("root")).await;
        assert_eq!(answer.code(), -32602);
    }
}

#[tokio::test]
async fn a_failure_is_an_error_and_tells_no_secret() {
    let server = server(Auth::Off);
    for (how, message) in [
        ("shown", "out of paper"),
        ("masked", "internal error (reference "),
        ("panic", "internal error (reference "),
        ("late", "the resource took too long and was stopped"),
    ] {
        let uri = format!("fail://{how}");
        let answer = server
            .modern("resources/read", json!({ "uri": uri }), &[])
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, -32603),
            "{how}"
        );
        let json = answer.json();
        let told = json["error"]["message"].as_str().unwrap();
        assert!(told.starts_with(message), "{told}");
        assert!(!answer.text.contains("10.0.0.1") && !answer.text.contains("secret"));
    }
}

#[tokio::test]
async fn the_gate_is_that_of_the_tools() {
    let server = server(Auth::On);
    let read = |uri: &str, token| server.legacy("resources/read", json!({ "uri": uri }), token);
    assert_eq!(read("notes://all", None).await.status, 200);
    for uri in [
        "notes://own",
        "notes://admin",
        "notes://ada/1",
        "notes://nope",
    ] {
        let answer = server
            .legacy("resources/read", json!({ "uri": uri }), None)
            .await;
        assert_eq!(answer.status, 401, "{uri}");
        assert!(answer.header("www-authenticate").contains("scope=\"read\""));
    }
    let answer = server.legacy("resources/list", json!({}), None).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        contents(&read("notes://own", Some("ada")).await)[0]["text"],
        "ada"
    );
    assert_eq!(read("notes://admin", Some("ada")).await.status, 403);
    let before = server.calls();
    let answer = read("notes://ada/not-a-number", Some("ada")).await;
    assert_eq!(answer.status, 403);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    assert!(challenge.contains("scope=\"read write\""), "{challenge}");
    assert_eq!(server.calls(), before);

    let body = r#"[{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"notes://all"}},
        {"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"notes://admin"}}]"#;
    let answer = server.post(&[("authorization", "Bearer ada")], body).await;
    assert_eq!(answer.status, 403);
    assert_eq!(server.calls(), before, "none of a refused batch is made");
}

#[tokio::test]
async fn header_and_body_must_name_the_same_uri() {
    let server = server(Auth::Off);
    let asked = json!({ "uri": "notes://all" });
    let other = [("mcp-name", "notes://logo")];
    let answer = server.modern("resources/read", asked.clone(), &other).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, -32020));
    let mut nameless = asked;
    nameless["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": nameless });
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "resources/read"),
    ];
    let answer = server.post(&headers, body.to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, -32020));
}

#[tokio::test]
async fn reading_can_tell_how_it_goes() {
    let server = server(Auth::Off);
    let asked = json!({ "uri": "notes://slow", "_meta": { "progressToken": "t" } });
    let answer = server.legacy("resources/read", asked, None).await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let events: Vec<_> = answer.text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[0].contains(r#""progress":0.5"#) && events[1].contains(r#""text":"slow""#));
}

#[tokio::test]
async fn only_what_was_declared_is_served() {
    let server = server(Auth::Off);
    let answer = server.modern("server/discover", json!({}), &[]).await;
    let offered = json!({
        "completions": {},
        "logging": {},
        "prompts": { "listChanged": true },
        "resources": { "listChanged": true, "subscribe": true },
    });
    assert_eq!(answer.json()["result"]["capabilities"], offered);
    let hello = json!({
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "c", "version": "1" }
    });
    let answer = server.legacy("initialize", hello, None).await;
    assert_eq!(answer.json()["result"]["capabilities"], offered);
    assert_eq!(
        server.legacy("tools/list", json!({}), None).await.code(),
        -32601
    );

    let server = fixture::server(Auth::Off);
    for method in [
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "prompts/list",
        "prompts/get",
        "completion/complete",
    ] {
        let params = json!({ "uri": "notes://all", "name": "notes://all" });
        assert_eq!(
            server.legacy(method, params.clone(), None).await.code(),
            -32601
        );
        let answer = server.modern(method, params, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (404, -32601),
            "{method}"
        );
    }
}
