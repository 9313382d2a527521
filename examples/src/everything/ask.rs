//! Questions to the client: its person, its model, and the places it works on.

use fastmcp::item::{Capability, Elicited, Sampling, Schema};
use fastmcp::prelude::*;
use serde_json::json;

/// How the person is called.
#[derive(Deserialize, JsonSchema)]
struct Name {
    /// Your name
    name: String,
}

fn shown(answer: &Elicited<Schema>) -> String {
    format!("Elicitation result: {answer:?}")
}

/// Have the client's model answer a prompt.
#[tool]
async fn test_sampling(cx: &Context, prompt: String) -> Result<String> {
    let answer = cx.sample(Sampling::new(prompt).max_tokens(100)).await?;
    Ok(format!("LLM response: {}", answer.text()))
}

/// Ask the person who they are.
#[tool]
async fn test_elicitation(cx: &Context, message: String) -> Result<String> {
    let form = json!({
        "type": "object",
        "properties": {
            "username": { "type": "string", "description": "User's response" },
            "email": { "type": "string", "description": "User's email address" },
        },
        "required": ["username", "email"],
    });
    Ok(shown(&cx.elicit_schema(message, form).await?))
}

/// Ask with a value in every field.
#[tool]
async fn test_elicitation_sep1034_defaults(cx: &Context) -> Result<String> {
    let form = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "User name", "default": "John Doe" },
            "age": { "type": "integer", "description": "User age", "default": 30 },
            "score": { "type": "number", "description": "User score", "default": 95.5 },
            "status": {
                "type": "string",
                "description": "User status",
                "enum": ["active", "inactive", "pending"],
                "default": "active",
            },
            "verified": { "type": "boolean", "description": "Verification status", "default": true },
        },
        "required": [],
    });
    let asked = cx.elicit_schema(
        "Please review and update the form fields with defaults",
        form,
    );
    Ok(shown(&asked.await?))
}

/// Ask with every kind of choice.
#[tool]
async fn test_elicitation_sep1330_enums(cx: &Context) -> Result<String> {
    let titled = |list: &str| {
        let option = |value: &str, title: &str| json!({ "const": value, "title": title });
        let options = [
            option("value1", "First Option"),
            option("value2", "Second Option"),
            option("value3", "Third Option"),
        ];
        json!({ list: options })
    };
    let mut single = titled("oneOf");
    single["type"] = json!("string");
    let form = json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
            "titledSingle": single,
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": {
                "type": "array",
                "items": { "type": "string", "enum": ["option1", "option2", "option3"] },
            },
            "titledMulti": { "type": "array", "items": titled("anyOf") },
        },
        "required": [],
    });
    Ok(shown(
        &cx.elicit_schema("Please select options", form).await?,
    ))
}

/// Need a model that the client may not have.
#[tool]
async fn test_missing_capability(cx: &Context) -> Result<String> {
    let answer = cx
        .sample(Sampling::new("Say hello").max_tokens(100))
        .await?;
    Ok(answer.text())
}

/// Ask while an event stream would be open.
#[tool]
async fn test_streaming_elicitation(cx: &Context) -> Result<String> {
    let asked = cx
        .elicit::<Name>("What is your name?")
        .key("user_name")
        .await?;
    Ok(greeting(asked))
}

fn greeting(asked: Elicited<Name>) -> String {
    match asked.accepted() {
        Some(Name { name }) => format!("Hello, {name}!"),
        None => "Hello, whoever you are!".to_owned(),
    }
}

/// Ask for a name.
#[tool]
async fn test_input_required_result_elicitation(cx: &Context) -> Result<String> {
    let asked = cx
        .elicit::<Name>("What is your name?")
        .key("user_name")
        .await?;
    Ok(greeting(asked))
}

/// Ask the model.
#[tool]
async fn test_input_required_result_sampling(cx: &Context) -> Result<String> {
    let question = Sampling::new("What is the capital of France?").max_tokens(100);
    Ok(cx.sample(question).key("capital_question").await?.text())
}

/// Ask for the roots.
#[tool]
async fn test_input_required_result_list_roots(cx: &Context) -> Result<String> {
    let roots = cx.roots().key("client_roots").await?;
    Ok(format!("{} roots", roots.len()))
}

async fn confirmed(cx: &Context) -> Result<()> {
    let form = json!({
        "type": "object",
        "properties": { "ok": { "type": "boolean" } },
        "required": ["ok"],
    });
    let asked = cx.elicit_schema("Please confirm", form).key("confirm");
    asked.await?;
    Ok(())
}

/// Ask, and find the call again by what the client brings back.
#[tool]
async fn test_input_required_result_request_state(cx: &Context) -> Result<String> {
    confirmed(cx).await?;
    Ok("state-ok".to_owned())
}

/// Ask three questions at once.
#[tool]
async fn test_input_required_result_multiple_inputs(cx: &Context) -> Result<String> {
    let name = cx.elicit::<Name>("What is your name?").key("user_name");
    let question = Sampling::new("Generate a greeting").max_tokens(50);
    let (name, greeting, roots) = tokio::join!(
        name,
        cx.sample(question).key("greeting"),
        cx.roots().key("client_roots"),
    );
    let (name, greeting, roots) = (self::greeting(name?), greeting?.text(), roots?.len());
    Ok(format!("{name} {greeting} ({roots} roots)"))
}

/// Ask one question after the other.
#[tool]
async fn test_input_required_result_multi_round(cx: &Context) -> Result<String> {
    #[derive(Deserialize, JsonSchema)]
    struct Colour {
        color: String,
    }
    let name = cx
        .elicit::<Name>("Step 1: What is your name?")
        .key("step1")
        .await?;
    let colour = cx.elicit::<Colour>("Step 2: What is your favorite color?");
    let colour = colour.key("step2").await?.accepted().map(|it| it.color);
    Ok(format!("{} {colour:?}", greeting(name)))
}

/// Refuse a call that was tampered with on its way.
#[tool]
async fn test_input_required_result_tampered_state(cx: &Context) -> Result<String> {
    confirmed(cx).await?;
    Ok("nobody touched it".to_owned())
}

/// Ask only what the client can answer.
#[tool]
async fn test_input_required_result_capabilities(cx: &Context) -> Result<String> {
    let mut said = Vec::new();
    if cx.client_can(Capability::Sampling) {
        let question = Sampling::new("Say hello").max_tokens(50);
        said.push(cx.sample(question).key("greeting").await?.text());
    }
    if cx.client_can(Capability::Elicitation) {
        let asked = cx
            .elicit::<Name>("What is your name?")
            .key("user_name")
            .await?;
        said.push(greeting(asked));
    }
    Ok(said.join(" "))
}
