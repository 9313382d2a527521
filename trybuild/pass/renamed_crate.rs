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

fn is_ann(user: &AuthSession) -> bool {
    user.subject() == "ann"
}

/// Notes.
#[server(crate = renamed, auth = dev, roles = ["admin"])]
struct Notes(String);

fn main() {
    let _server = Notes(String::new()).into_server();
}
