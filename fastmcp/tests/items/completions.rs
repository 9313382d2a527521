//! What is suggested while a value is typed, and to whom.

use serde_json::{Value, json};

use crate::caller::{error, result, status};

async fn prompt(user: &str, name: &str, argument: &str, value: &str, known: Value) -> Value {
    let params = json!({
        "ref": { "type": "ref/prompt", "name": name },
        "argument": { "name": argument, "value": value },
        "context": { "arguments": known },
    });
    let result = result(user, "completion/complete", params).await;
    result["completion"]["values"].clone()
}

fn template(uri: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": uri },
        "argument": { "name": argument, "value": value },
    })
}

#[tokio::test]
async fn a_list_suggests_what_fits() {
    let suggested = prompt("", "recommend", "language", "e", json!({})).await;
    assert_eq!(suggested, json!(["English", "Esperanto", "German"]));
    let suggested = prompt("", "recommend", "language", "ES", json!({})).await;
    assert_eq!(suggested, json!(["Esperanto"]));
}

#[tokio::test]
async fn an_enum_suggests_its_own_values_and_a_number_none() {
    let suggested = prompt("", "recommend", "kind", "short", json!({})).await;
    assert_eq!(suggested, json!(["short-story"]));
    let suggested = prompt("", "recommend", "count", "", json!({})).await;
    assert_eq!(suggested, json!([]));
    let params = template("raw://{kind}", "kind", "p");
    let found = result("eve", "completion/complete", params).await;
    assert_eq!(found["completion"]["values"][0], "poem");
}

#[tokio::test]
async fn a_function_knows_who_types_and_what_was_given() {
    let known = json!({ "loud": "true" });
    let suggested = prompt("ada", "small.talk", "with", "", known).await;
    assert_eq!(suggested, json!(["ada's colleague", "loud: true"]));
}

#[tokio::test]
async fn a_function_may_wait_fail_and_look_at_the_state() {
    let uri = "books://{title}/{page}{?marked}";
    let found = result("ada", "completion/complete", template(uri, "title", "m")).await;
    let completion = &found["completion"];
    assert_eq!(completion["values"], json!(["Middlemarch", "Emma"]));
    assert_eq!(completion["total"], 2);
    assert_eq!(completion["hasMore"], false);
}

#[tokio::test]
async fn who_may_not_use_the_item_gets_no_suggestion_for_it() {
    let uri = "books://{title}/{page}{?marked}";
    for (user, expected) in [("eve", 403), ("", 401)] {
        let asked = template(uri, "title", "");
        assert_eq!(status(user, "completion/complete", asked).await, expected);
    }
    let unknown = template("books://{other}", "title", "");
    assert_ne!(error("ada", "completion/complete", unknown).await.0, 0);
}
