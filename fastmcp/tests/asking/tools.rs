//! The tools of the conformance suite that ask, and some of our own.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use fastmcp::item::{Capability, LogLevel, Sampling};
use fastmcp::prelude::*;
use serde_json::{Value, json};

/// How often the code before and behind the question of `transfer` ran, by its `run`.
pub(crate) static RUNS: LazyLock<Mutex<HashMap<String, (usize, usize)>>> =
    LazyLock::new(Mutex::default);

fn name() -> Value {
    json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] })
}

/// Ask for a name under a key of its own.
#[tool]
async fn test_input_required_result_elicitation(cx: &Context) -> Result<String> {
    let asked = cx.elicit_schema("What is your name?", name());
    let answer = asked.key("user_name").await?.required()?;
    Ok(format!(
        "Hello, {}!",
        answer["name"].as_str().unwrap_or_default()
    ))
}

/// Ask the model.
#[tool]
async fn test_input_required_result_sampling(cx: &Context) -> Result<String> {
    let question = Sampling::new("What is the capital of France?").max_tokens(100);
    Ok(cx.sample(question).await?.text())
}

/// Ask for the roots.
#[tool]
async fn test_input_required_result_list_roots(cx: &Context) -> Result<String> {
    let roots = cx.roots().await?;
    Ok(roots.into_iter().map(|root| root.uri).collect())
}

/// Ask three things at once.
#[tool]
async fn test_input_required_result_multiple_inputs(cx: &Context) -> Result<String> {
    let name = cx
        .elicit_schema("What is your name?", name())
        .key("user_name");
    let greeting = cx.sample(Sampling::new("A greeting, please.").max_tokens(50));
    let (name, greeting, roots) = tokio::join!(name, greeting, cx.roots());
    let (name, greeting, roots) = (name?.required()?, greeting?.text(), roots?.len());
    Ok(format!("{greeting} {} {roots}", name["name"]))
}

/// Ask, and ask again.
#[tool]
async fn test_input_required_result_multi_round(cx: &Context) -> Result<String> {
    let name = cx
        .elicit_schema("Step 1: your name?", name())
        .await?
        .required()?;
    let colour = json!({ "type": "object", "properties": { "color": { "type": "string" } } });
    let colour = cx
        .elicit_schema("Step 2: your colour?", colour)
        .await?
        .required()?;
    Ok(format!("{} {}", name["name"], json!(colour)["color"]))
}

/// Ask only what the client can be asked.
#[tool]
async fn test_input_required_result_capabilities(cx: &Context) -> Result<String> {
    if cx.client_can(Capability::Elicitation) {
        cx.elicit_schema("Your name?", name()).await?;
    }
    if cx.client_can(Capability::Sampling) {
        return Ok(cx.sample("A greeting, please.").await?.text());
    }
    Ok("nobody to ask".to_owned())
}

/// Needs the client's model.
#[tool]
async fn test_missing_capability(cx: &Context) -> Result<String> {
    Ok(cx.sample("Anything.").await?.text())
}

/// The legacy form of a question.
#[tool]
async fn test_elicitation(cx: &Context, message: String) -> Result<String> {
    let schema = json!({ "type": "object", "properties": {
        "username": { "type": "string" }, "email": { "type": "string" }
    }, "required": ["username", "email"] });
    let answer = cx.elicit_schema(message, schema).await?;
    Ok(format!("{answer:?}"))
}

/// The legacy form of a question to the model.
#[tool]
async fn test_sampling(cx: &Context, prompt: String) -> Result<String> {
    Ok(cx
        .sample(Sampling::new(prompt).max_tokens(100))
        .await?
        .text())
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Status {
    #[default]
    Active,
    Inactive,
    Pending,
}

fn john() -> String {
    "John Doe".to_owned()
}

fn years() -> i32 {
    30
}

fn score() -> f64 {
    95.5
}

fn yes() -> bool {
    true
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("active")
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Person {
    #[serde(default = "john")]
    name: String,
    #[serde(default = "years")]
    age: i32,
    #[serde(default = "score")]
    score: f64,
    #[serde(default)]
    status: Status,
    #[serde(default = "yes")]
    verified: bool,
}

/// Defaults of a form.
#[tool]
async fn test_elicitation_sep1034_defaults(cx: &Context) -> Result<String> {
    let person: Person = cx.elicit("Your details?").await?.required()?;
    let Person {
        name,
        age,
        score,
        status,
        verified,
    } = person;
    Ok(format!("{name} {age} {score} {status:?} {verified}"))
}

/// Choices of every form.
#[tool]
async fn test_elicitation_sep1330_enums(cx: &Context) -> Result<String> {
    let titled = json!([{ "const": "a", "title": "A" }, { "const": "b", "title": "B" }]);
    let schema = json!({ "type": "object", "properties": {
        "untitledSingle": { "type": "string", "enum": ["a", "b"] },
        "titledSingle": { "type": "string", "oneOf": titled },
        "legacyEnum": { "type": "string", "enum": ["a", "b"], "enumNames": ["A", "B"] },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": ["a", "b"] } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled } }
    } });
    Ok(format!("{:?}", cx.elicit_schema("Choose.", schema).await?))
}

/// A page to open.
#[tool]
async fn connect(cx: &Context) -> Result<String> {
    let opened = cx
        .elicit_url("Connect your account.", "https://s.test/connect")
        .await?;
    Ok(format!("{opened:?}"))
}

/// A form that is none.
#[tool]
async fn crooked(cx: &Context) -> Result<String> {
    cx.elicit::<Vec<String>>("Impossible.").await?;
    Ok("asked".to_owned())
}

/// Two questions of one name.
#[tool]
async fn twins(cx: &Context) -> Result<String> {
    let (one, two) = tokio::join!(
        cx.elicit_schema("One?", name()).key("k"),
        cx.elicit_schema("Two?", name()).key("k")
    );
    one?;
    two?;
    Ok("asked".to_owned())
}

/// The same question again and again.
#[tool]
async fn thrice(cx: &Context) -> Result<String> {
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(cx.elicit_schema("Next?", name()).await?.required()?["name"].clone());
    }
    Ok(Value::from(names).to_string())
}

/// Asks without an end.
#[tool]
async fn endless(cx: &Context) -> Result<String> {
    let every = (0..1000).map(|n| cx.elicit_schema(format!("{n}?"), name()));
    let answers = futures_util::future::join_all(every).await;
    let error = answers.into_iter().find_map(std::result::Result::err);
    Err(error.map_or_else(|| ToolError::new("all answered"), ToolError::show))
}

/// Does something once the person agrees.
#[tool]
async fn transfer(cx: &Context, run: String) -> Result<String> {
    RUNS.lock().unwrap().entry(run.clone()).or_default().0 += 1;
    let schema = json!({ "type": "object", "properties": { "sure": { "type": "boolean" } } });
    let sure = cx.elicit_schema("Sure?", schema).key("sure").await?;
    if run.starts_with("slow") {
        cx.progress(0.5, "on it").await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    RUNS.lock().unwrap().entry(run).or_default().1 += 1;
    Ok(format!("{sure:?}"))
}

/// Asks from a task of its own.
#[tool]
async fn spawned(cx: &Context, run: String) -> Result<String> {
    let other = cx.clone();
    let task = tokio::spawn(async move {
        let answer = other.elicit_schema("Sure?", name()).key("sure").await;
        if answer.is_err() {
            RUNS.lock().unwrap().entry(run).or_default().1 += 1;
        }
        answer
    });
    Ok(format!("{:?}", task.await.map_err(ToolError::show)??))
}

/// Writes into the log.
#[tool]
async fn test_tool_with_logging(cx: &Context) -> String {
    cx.debug("detail").await;
    for step in ["started", "working", "finished"] {
        cx.info(step).await;
    }
    cx.log(LogLevel::Error, json!({ "lost": 3 })).await;
    cx.deadline().map_or("no hurry", |_| "hurry").to_owned()
}

/// Tells how far it is.
#[tool(timeout = "5s")]
async fn test_tool_with_progress(cx: &Context) -> String {
    for done in [0.0, 50.0, 100.0] {
        cx.progress_of(done, 100.0, "working").await;
    }
    cx.progress_of(101.0, None, "more").await;
    cx.deadline().map_or("no hurry", |_| "hurry").to_owned()
}
