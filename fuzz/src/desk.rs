//! The server that requests are sent to: something of everything.

use fastmcp::prelude::*;

/// A server with something of everything.
#[server(auth = dev(allow_release), anonymous, roles = ["admin"], scopes = ["notes:write"])]
pub(crate) struct Desk;

/// What a note is about.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Urgent { days: u32 },
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Note {
    title: String,
    kind: Option<Kind>,
    tags: Vec<String>,
}

/// Repeats a note.
#[tool]
fn repeat(note: Note, times: Option<u8>) -> Json<Vec<Note>> {
    let copy = |_| Note {
        title: note.title.clone(),
        kind: None,
        tags: note.tags.clone(),
    };
    Json((0..times.unwrap_or(1)).map(copy).collect())
}

/// Adds numbers.
#[tool(read_only)]
fn add(a: f64, b: i64, #[arg(header = "Region")] region: Option<String>) -> String {
    format!("{}{}", a + b as f64, region.unwrap_or_default())
}

/// Who is signed in.
#[tool(requires_auth)]
fn whoami(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// For admins.
#[tool(roles = ["admin"], scopes = ["notes:write"])]
fn purge(days: u32) -> String {
    format!("{days}")
}

/// The name of a person.
#[derive(Deserialize, JsonSchema)]
struct Name {
    name: String,
}

/// Asks, and tells how far it is.
#[tool]
async fn ask(cx: &Context) -> Result<String> {
    cx.progress(0.5, "asking").await;
    let asked = cx.elicit::<Name>("What is your name?").key("name").await?;
    Ok(asked.accepted().map(|it| it.name).unwrap_or_default())
}

/// The rules of the house.
#[resource(uri = "desk://rules")]
fn rules() -> &'static str {
    "Short words."
}

/// One page of a book.
#[resource(uri = "desk://{title}/{+path}{?page,size}")]
fn page(title: String, path: String, page: Option<u32>, size: Option<u8>) -> Option<String> {
    (page != Some(0)).then(|| format!("{title} {path} {size:?}"))
}

/// Asks for a review.
#[prompt]
fn review(diff: String, #[arg(complete = ["go", "rust"])] language: Option<String>) -> String {
    format!("{diff} {}", language.unwrap_or_default())
}
