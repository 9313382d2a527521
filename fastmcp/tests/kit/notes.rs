//! The server under test.

use fastmcp::item::{LogLevel, Sampling};
use fastmcp::prelude::*;

/// Who is signed in, with the beginning of the provider's token.
#[tool(requires_auth)]
async fn whoami(user: &AuthSession) -> Result<String> {
    let token = user.access_token().await?;
    // As a whole it would be masked.
    let token = token.expose();
    let hint = token.get(..12).unwrap_or(token);
    Ok(format!("{} {hint}", user.subject()))
}

/// Who is signed in.
#[tool(requires_auth)]
fn name(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// One claim of the caller.
#[tool(requires_auth)]
fn claim(user: &AuthSession, of: String) -> String {
    user.claims()
        .get(&of)
        .map_or_else(String::new, ToString::to_string)
}

/// Delete every note older than `days`.
#[tool(roles = ["admin"], destructive)]
fn purge(app: &super::Notes, days: u32) -> String {
    format!("{} of {days} days deleted", app.what)
}

/// Write a note.
#[tool(scopes = ["notes:write"])]
fn write(text: String) -> Result<Json<Written>> {
    if text.is_empty() {
        return Err(ToolError::new("a note needs words"));
    }
    Ok(Json(Written { length: text.len() }))
}

/// What was written.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub(crate) struct Written {
    pub(crate) length: usize,
}

/// Say hello to anybody.
#[tool(public)]
fn hello() -> &'static str {
    "hello"
}

/// Notes of a region.
#[tool]
fn region(#[arg(header = "Region")] region: String) -> String {
    region
}

/// Works in steps.
#[tool]
async fn work(cx: &Context) -> &'static str {
    cx.progress_of(1.0, 2.0, "half").await;
    cx.info("half way").await;
    cx.progress_of(2.0, 2.0, "done").await;
    cx.log(LogLevel::Warning, "tired").await;
    "worked"
}

#[derive(Deserialize, JsonSchema)]
struct Table {
    seats: u32,
}

/// Book a table.
#[tool]
async fn book(cx: &Context) -> Result<String> {
    let Some(table) = cx.elicit::<Table>("For how many?").await?.accepted() else {
        return Ok("no table".to_owned());
    };
    let words = cx
        .sample(Sampling::new("A welcome.").max_tokens(60))
        .await?;
    let roots = cx.roots().await?;
    Ok(format!(
        "{} seats, {}, {}",
        table.seats,
        words.text(),
        roots[0].uri
    ))
}

/// How we write.
#[resource(uri = "docs://style")]
fn style() -> &'static str {
    "Short words."
}

/// A picture.
#[resource(uri = "docs://picture", mime_type = "image/png", roles = ["admin"])]
fn picture() -> Vec<u8> {
    vec![1, 2, 3]
}

/// One note of a person.
#[resource(uri = "notes://{owner}/{id}")]
fn note(#[arg(complete = ["ada", "bob"])] owner: String, id: u32) -> Option<String> {
    (id == 1).then(|| format!("{owner}'s note"))
}

/// Ask for a review.
#[prompt]
fn review(diff: String, #[arg(complete = ["go", "rust"])] language: Option<String>) -> String {
    format!("Review this {}: {diff}", language.unwrap_or_default())
}
