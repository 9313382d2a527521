//! The crate under another name.

extern crate fastmcp as renamed;

use renamed::prelude::*;

/// Who is calling.
#[tool(crate = renamed, access = role("admin") || is_ann)]
async fn whoami(user: &AuthSession, app: &Notes, text: Option<String>) -> Json<Vec<String>> {
    Json(vec![
        user.subject().to_owned(),
        app.0.clone(),
        text.unwrap_or_default(),
    ])
}

/// A note.
#[resource(crate = renamed, uri = "notes://{id}", access = is_ann)]
async fn note(app: &Notes, #[arg(complete = ids)] id: String) -> Option<String> {
    (id == "1").then(|| app.0.clone())
}

/// Sum up.
#[prompt(crate = renamed)]
fn sum_up(#[arg(complete = ["1"])] id: String) -> PromptMessage {
    PromptMessage::user(id)
}

async fn ids(_: &Completing<'_>) -> [&'static str; 1] {
    std::future::ready(["1"]).await
}

fn is_ann(user: &AuthSession) -> bool {
    user.subject() == "ann"
}

/// Notes.
#[server(crate = renamed, auth = dev, roles = ["admin"])]
struct Notes(String);

fn main() {
    let _server = Notes(String::new()).into_server();
}
