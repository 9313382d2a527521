//! Resources, prompts and completion over the pipe.

use serde_json::{Value, json};

use super::{Client, meta};
use crate::auth::Rule;
use crate::item::{
    Completer, IntoPrompt as _, IntoResource as _, PromptEntry, PromptOutcome, ReadOutcome,
    Registry, ResourceEntry, Slots, Variable,
};

const NOTE: ResourceEntry = ResourceEntry {
    uri: "notes://all",
    name: "note",
    title: None,
    description: "For tests.",
    mime_type: Some("text/markdown"),
    size: None,
    icons: &[],
    variables: &[],
    rule: Rule::Public,
    timeout: None,
    plain: true,
    location: "here",
    module: "tests",
    accepts_app: |_| true,
    read: |call| {
        let text = call.arguments.unwrap_or("all").to_owned();
        Box::pin(async { text.into_resource() })
    },
};

const TEMPLATE: ResourceEntry = ResourceEntry {
    uri: "notes://{owner}/{id}",
    variables: &[
        Variable {
            name: "owner",
            description: "",
            required: || true,
            made_of_parts: || None,
            complete: Some(Completer::Values(&["ada", "bob"])),
        },
        Variable {
            name: "id",
            description: "",
            required: || true,
            made_of_parts: || None,
            complete: None,
        },
    ],
    ..NOTE
};

const SECRET: ResourceEntry = ResourceEntry {
    uri: "notes://secret",
    rule: Rule::SignedIn,
    ..NOTE
};

const PROMPT: PromptEntry = PromptEntry {
    name: "review",
    title: None,
    description: "Asks for a review.",
    icons: &[],
    arguments: &[Variable {
        name: "diff",
        description: "",
        required: || true,
        made_of_parts: || None,
        complete: None,
    }],
    rule: Rule::Public,
    timeout: None,
    plain: true,
    location: "here",
    module: "tests",
    accepts_app: |_| true,
    get: |call| {
        Box::pin(async move {
            let slots = Slots::read(call.arguments, &["diff"]);
            match slots.and_then(|slots| slots.decode_text::<String>(0)) {
                Ok(diff) => diff.into_prompt(),
                Err(error) => error.into(),
            }
        })
    },
};

fn client() -> Client {
    let registry = Registry::default().with_resources(vec![&NOTE, &TEMPLATE, &SECRET]);
    let registry = registry.unwrap().with_prompts(vec![&PROMPT]).unwrap();
    Client::of(registry)
}

#[tokio::test]
async fn a_legacy_peer_reads_prompts_and_completes() {
    let mut client = client();
    let answer = client.greet().await;
    let offered = json!({
        "completions": {},
        "prompts": { "listChanged": true },
        "resources": { "listChanged": true, "subscribe": true },
    });
    assert_eq!(answer["result"]["capabilities"], offered);
    assert_eq!(
        client.ask("tools/list", json!({})).await["error"]["code"],
        -32601
    );

    let list = client.ask("resources/list", json!({})).await;
    let resources = list["result"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 1, "{list}");
    assert_eq!(resources[0]["uri"], "notes://all");
    let list = client.ask("resources/templates/list", json!({})).await;
    let template = &list["result"]["resourceTemplates"][0]["uriTemplate"];
    assert_eq!(template, "notes://{owner}/{id}");
    let list = client.ask("prompts/list", json!({})).await;
    assert_eq!(list["result"]["prompts"][0]["arguments"][0]["name"], "diff");

    let read = client
        .ask("resources/read", json!({ "uri": "notes://ada/7" }))
        .await;
    let contents = &read["result"]["contents"][0];
    assert_eq!(contents["uri"], "notes://ada/7");
    assert_eq!(contents["mimeType"], "text/markdown");
    let text: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, json!({ "owner": "ada", "id": "7" }));
    assert!(read["result"].get("resultType").is_none(), "{read}");
    let refused = client
        .ask("resources/read", json!({ "uri": "notes://secret" }))
        .await;
    assert_eq!(refused["error"]["code"], 401);
    let unknown = client
        .ask("resources/read", json!({ "uri": "notes://nope" }))
        .await;
    assert_eq!(unknown["error"]["code"], -32002);
    assert_eq!(unknown["error"]["data"]["uri"], "notes://nope");

    let asked = json!({ "name": "review", "arguments": { "diff": "a-b" } });
    let got = client.ask("prompts/get", asked).await;
    let message = json!({ "role": "user", "content": { "type": "text", "text": "a-b" } });
    assert_eq!(got["result"]["messages"], json!([message]));
    let missing = client.ask("prompts/get", json!({ "name": "review" })).await;
    assert_eq!(missing["error"]["code"], -32602);
    assert_eq!(missing["error"]["message"], "argument `diff` is missing");

    let asked = json!({
        "ref": { "type": "ref/resource", "uri": "notes://{owner}/{id}" },
        "argument": { "name": "owner", "value": "b" }
    });
    let completed = client.ask("completion/complete", asked).await;
    let expected = json!({ "values": ["bob"], "total": 1, "hasMore": false });
    assert_eq!(completed["result"]["completion"], expected);
}

#[tokio::test]
async fn a_modern_peer_gets_results_with_hints() {
    let mut client = client();
    let asked = json!({ "uri": "notes://all", "_meta": meta() });
    let read = client.ask("resources/read", asked).await;
    let result = &read["result"];
    assert_eq!(result["resultType"], "complete", "{read}");
    assert_eq!(
        (&result["ttlMs"], &result["cacheScope"]),
        (&json!(0), &json!("private"))
    );
    let asked = json!({ "uri": "notes://nope", "_meta": meta() });
    let unknown = client.ask("resources/read", asked).await;
    assert_eq!(unknown["error"]["code"], -32602);
    assert_eq!(unknown["error"]["data"]["uri"], "notes://nope");
    let asked = json!({ "name": "review", "arguments": { "diff": "a" }, "_meta": meta() });
    let got = client.ask("prompts/get", asked).await;
    assert_eq!(got["result"]["resultType"], "complete");
}

const ASKING_NOTE: ResourceEntry = ResourceEntry {
    uri: "notes://asking",
    plain: false,
    read: |call| {
        Box::pin(async move {
            match call.context.elicit_url("Sign.", "https://s.test/").await {
                Ok(_) => "signed".into_resource(),
                Err(error) => ReadOutcome::Failed(error.into()),
            }
        })
    },
    ..NOTE
};

const ASKING_PROMPT: PromptEntry = PromptEntry {
    plain: false,
    arguments: &[],
    get: |call| {
        Box::pin(async move {
            match call.context.elicit_url("Sign.", "https://s.test/").await {
                Ok(_) => "signed".into_prompt(),
                Err(error) => PromptOutcome::Failed(error.into()),
            }
        })
    },
    ..PROMPT
};

#[tokio::test]
async fn a_modern_peer_is_told_what_it_lacks() {
    let registry = Registry::default().with_resources(vec![&ASKING_NOTE]);
    let registry = registry.unwrap().with_prompts(vec![&ASKING_PROMPT]);
    let mut client = Client::of(registry.unwrap());
    let required = json!({ "elicitation": { "url": {} } });
    let asked = json!({ "uri": "notes://asking", "_meta": meta() });
    let error = client.ask("resources/read", asked).await["error"].take();
    let data = json!({ "requiredCapabilities": required, "uri": "notes://asking" });
    assert_eq!((&error["code"], &error["data"]), (&json!(-32021), &data));
    let asked = json!({ "name": "review", "_meta": meta() });
    let error = client.ask("prompts/get", asked).await["error"].take();
    let data = json!({ "requiredCapabilities": required });
    assert_eq!((&error["code"], &error["data"]), (&json!(-32021), &data));
}

#[tokio::test]
async fn an_address_that_is_too_long_is_not_watched() {
    let mut client = client();
    client.greet().await;
    let long = format!("notes://{}/7", "a".repeat(8192));
    let refused = client
        .ask("resources/subscribe", json!({ "uri": long }))
        .await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    let watched = client
        .ask("resources/subscribe", json!({ "uri": "notes://ada/7" }))
        .await;
    assert_eq!(watched["result"], json!({}), "{watched}");
}
