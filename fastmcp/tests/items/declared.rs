//! The items that the tests look at.

use std::fmt;

use fastmcp::item::ResourceBody;
use fastmcp::prelude::*;

use crate::Library;

/// How the shelves are sorted.
#[resource(
    uri = "library://order",
    name = "Order of the shelves",
    title = "Order",
    mime_type = "text/markdown",
    size = 9,
    icons = ["https://example.com/i.png"],
    public
)]
fn order() -> &'static str {
    "# By name"
}

/// The logo, as bytes.
#[resource(uri = "library://logo", mime_type = "image/png")]
fn logo() -> Vec<u8> {
    vec![0x89, b'P', b'N', b'G']
}

#[derive(Serialize)]
struct Count {
    books: usize,
}

/// How many books there are.
#[resource(uri = "library://count")]
async fn count(app: &Library, cx: &Context) -> Result<Json<Count>> {
    cx.progress(0.5, "counting").await;
    let books = app.titles.len();
    Ok(Json(Count { books }))
}

/// What only librarians read.
#[resource(uri = "library://ledger", roles = ["librarian"])]
fn ledger(user: &AuthSession) -> String {
    format!("{} may read this", user.subject())
}

/// A page of a book.
#[resource(uri = "books://{title}/{page}{?marked}", scopes = ["books:read"])]
async fn page(
    app: &Library,
    user: Option<&AuthSession>,
    /// Of which book.
    #[arg(complete = titles)]
    title: String,
    #[arg(name = "page")] number: u16,
    marked: Option<bool>,
) -> Result<Option<String>> {
    if number == 0 {
        return Err(ToolError::new("pages are counted from 1"));
    }
    let found = app.titles.contains(&title.as_str());
    let who = user.map_or("nobody", AuthSession::subject);
    Ok(found.then(|| format!("{who}: {title}, page {number}, {marked:?}")))
}

async fn titles(typing: &Completing<'_>) -> Result<Vec<&'static str>> {
    let library = typing.state::<Library>();
    let library = library.ok_or_else(|| ToolError::new("no library"))?;
    Ok(library.titles.clone())
}

/// Everything below a folder, in two parts.
#[resource(uri = "shelf://{+path}")]
fn shelf(path: String) -> Vec<ResourceContents> {
    vec![
        ResourceContents::text(format!("shelf://{path}/a"), "a"),
        ResourceContents::blob(format!("shelf://{path}/b"), [255]).with_mime_type("image/png"),
    ]
}

/// A body as it is.
#[resource(uri = "raw://{kind}")]
fn raw(kind: Kind) -> ResourceBody {
    match kind {
        Kind::Poem => ResourceBody::Text("roses".to_owned()),
        Kind::ShortStory => ResourceBody::blob([1]),
    }
}

#[derive(Deserialize, JsonSchema, Debug)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Poem,
    ShortStory,
}

/// Ask for a recommendation.
#[prompt(title = "Recommend", public)]
fn recommend(
    /// What kind of text.
    kind: Kind,
    #[arg(default = 3, description = "How many.")] count: u8,
    #[arg(complete = ["English", "Esperanto", "German"])] language: Option<String>,
) -> String {
    format!("Recommend {count} of {kind:?} in {language:?}")
}

/// A talk of two.
#[prompt(name = "small.talk", scopes = ["books:read"])]
async fn talk(
    user: &AuthSession,
    #[arg(complete = colleagues)] with: String,
    loud: bool,
) -> Vec<PromptMessage> {
    vec![
        PromptMessage::user(format!("I am {}, hello {with}", user.subject())),
        PromptMessage::assistant(Content::image([u8::from(loud)], "image/png")),
    ]
}

fn colleagues(typing: &Completing<'_>) -> [String; 2] {
    let user = typing.session().map_or("nobody", AuthSession::subject);
    let loud = typing.argument("loud").unwrap_or("unknown");
    [format!("{user}'s colleague"), format!("loud: {loud}")]
}

struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed on Sundays")
    }
}

/// What fails.
#[prompt(roles = ["librarian"])]
fn fails(quietly: Option<bool>) -> Result<PromptMessage, Closed> {
    if quietly == Some(true) {
        return Ok(PromptMessage::user("shh"));
    }
    Err(Closed)
}
