//! What is listed and read.

use serde_json::{Value, json};

use crate::caller::{each, error, result, status};

async fn read(user: &str, uri: &str) -> Value {
    result(user, "resources/read", json!({ "uri": uri })).await["contents"].clone()
}

#[tokio::test]
async fn a_list_shows_what_was_declared_and_what_the_caller_may_read() {
    let listed = result("lib", "resources/list", json!({})).await;
    let order = listed["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["uri"] == "library://order");
    let expected = json!({
        "uri": "library://order",
        "name": "Order of the shelves",
        "title": "Order",
        "description": "How the shelves are sorted.",
        "mimeType": "text/markdown",
        "size": 9,
        "icons": [{ "src": "https://example.com/i.png" }],
    });
    assert_eq!(order, Some(&expected));
    assert_eq!(
        each(&listed["resources"], "uri"),
        [
            "library://count",
            "library://ledger",
            "library://logo",
            "library://order"
        ]
    );
    let listed = result("ada", "resources/list", json!({})).await;
    assert!(!each(&listed["resources"], "uri").contains(&"library://ledger"));

    let templates = "resources/templates/list";
    let listed = result("ada", templates, json!({})).await;
    let uris = each(&listed["resourceTemplates"], "uriTemplate");
    assert!(
        uris.contains(&"books://{title}/{page}{?marked}"),
        "{uris:?}"
    );
    let listed = result("eve", templates, json!({})).await;
    assert_eq!(each(&listed["resourceTemplates"], "name"), ["raw", "shelf"]);
}

#[tokio::test]
async fn text_bytes_and_data_are_read_as_they_are() {
    assert_eq!(
        read("ada", "library://order").await,
        json!([{ "uri": "library://order", "mimeType": "text/markdown", "text": "# By name" }])
    );
    assert_eq!(
        read("ada", "library://logo").await,
        json!([{ "uri": "library://logo", "mimeType": "image/png", "blob": "iVBORw==" }])
    );
    assert_eq!(
        read("ada", "library://count").await,
        json!([{
            "uri": "library://count", "mimeType": "application/json", "text": "{\"books\":3}"
        }])
    );
    assert_eq!(
        read("ada", "shelf://a/b").await,
        json!([
            { "uri": "shelf://a/b/a", "text": "a" },
            { "uri": "shelf://a/b/b", "mimeType": "image/png", "blob": "/w==" },
        ])
    );
    assert_eq!(read("ada", "raw://poem").await[0]["text"], "roses");
    assert_eq!(read("ada", "raw://short-story").await[0]["blob"], "AQ==");
}

#[tokio::test]
async fn variables_are_decoded_to_their_types() {
    let text = |contents: Value| contents[0]["text"].as_str().unwrap().to_owned();
    assert_eq!(
        text(read("ada", "books://Emma/7").await),
        "ada: Emma, page 7, None"
    );
    assert_eq!(
        text(read("ada", "books://%45mma/7?marked=true").await),
        "ada: Emma, page 7, Some(true)"
    );
    let wrong = error("ada", "resources/read", json!({ "uri": "books://Emma/x" })).await;
    assert_eq!(wrong.0, -32602);
    assert!(wrong.1.contains("argument `page`"), "{wrong:?}");
}

#[tokio::test]
async fn what_is_not_there_and_what_fails_are_told_apart() {
    let uri = "books://Ulysses/1";
    let missing = error("ada", "resources/read", json!({ "uri": uri })).await;
    let unknown = error("ada", "resources/read", json!({ "uri": "library://none" })).await;
    assert_eq!(missing.0, -32002, "{missing:?}");
    assert_eq!(unknown.0, -32002, "{unknown:?}");
    let failed = error("ada", "resources/read", json!({ "uri": "books://Emma/0" })).await;
    assert!(failed.1.contains("counted from 1"), "{failed:?}");
    assert_ne!(failed.0, -32002);
}

#[tokio::test]
async fn the_rule_is_asked_before_the_uri_is_taken_apart() {
    let read =
        async |user: &str, uri: &str| status(user, "resources/read", json!({ "uri": uri })).await;
    assert_eq!(read("", "library://order").await, 200, "it is public");
    assert_eq!(read("", "library://logo").await, 401);
    assert_eq!(read("ada", "library://ledger").await, 403);
    assert_eq!(read("lib", "library://ledger").await, 200);
    assert_eq!(read("eve", "books://Emma/not-a-number").await, 403);
}
