//! What a server lets clients read, and prompts that it offers them.

use fastmcp::prelude::*;

/// How we write.
#[resource(uri = "docs://style", mime_type = "text/markdown")]
fn style() -> &'static str {
    "# Style\n\nShort words, short sentences."
}

/// The note of somebody, for who is signed in.
#[resource(uri = "notes://{owner}/{id}", requires_auth)]
fn note(user: &AuthSession, #[arg(complete = owners)] owner: String, id: u32) -> Option<String> {
    let found = id == 1 && owner == user.subject();
    found.then(|| owner + "'s first note.")
}

/// Whose notes there are: whoever types, their own.
fn owners(typing: &Completing<'_>) -> Option<String> {
    typing.session().map(|user| user.subject().to_owned())
}

/// Ask for a review of a change.
#[prompt]
fn review(
    diff: String,
    #[arg(complete = ["go", "rust"])] language: Option<String>,
) -> [PromptMessage; 2] {
    let ask = format!("Review this {} change:", language.unwrap_or_default());
    [PromptMessage::user(ask), PromptMessage::user(diff)]
}

/// Documents to read.
#[server(auth = dev(allow_release), anonymous)]
struct Documents;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Documents.serve().await
}
