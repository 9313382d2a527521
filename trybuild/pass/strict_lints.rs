//! Generated code passes the strictest lints.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    missing_debug_implementations
)]
#![deny(
    unused,
    nonstandard_style,
    future_incompatible,
    rust_2018_idioms,
    let_underscore
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use fastmcp::prelude::*;
use fastmcp::provider::Identity;

/// A period.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
pub struct Period {
    /// How many.
    pub days: u32,
}

/// Everything at once.
///
/// # Errors
/// None.
#[tool(roles = ["admin"], scopes = ["a"], access = is_ann && (is_bob || role("member")), timeout = "1h")]
pub async fn everything(
    user: &AuthSession,
    app: &Notes,
    cx: &Context,
    /// Which period.
    period: Period,
    #[arg(default = 7)] days: u32,
    #[arg(default)] name: String,
    list: Option<Vec<Period>>,
) -> Result<Json<Vec<Period>>> {
    cx.progress(0.5, format!("{user:?} {app:?} {days} {name} {list:?}"))
        .await;
    Ok(Json(vec![period]))
}

/// Nothing at all.
#[tool(public)]
pub const fn nothing(_maybe: Option<&AuthSession>) {}

/// A page of somebody's notes.
///
/// # Errors
/// None.
#[resource(
    uri = "notes://{owner}{/year}{?page}",
    name = "A page",
    title = "Page",
    mime_type = "application/json",
    icons = ["https://example.com/i.png"],
    timeout = "5s",
    roles = ["admin"],
    access = is_ann || is_bob
)]
pub async fn page(
    user: &AuthSession,
    app: &Notes,
    cx: &Context,
    /// Whose.
    #[arg(complete = owners)]
    owner: String,
    #[arg(name = "year")] written: u16,
    #[arg(default = 1)] page: u32,
) -> Result<Option<Json<Period>>, String> {
    cx.progress(0.5, format!("{user:?} {app:?} {owner} {written}"))
        .await;
    Ok((page == 1).then_some(Json(Period { days: page })))
}

/// A picture of a note.
#[resource(uri = "notes://picture", size = 4, public)]
#[must_use]
pub const fn picture() -> &'static [u8] {
    b"note"
}

async fn owners(typing: &Completing<'_>) -> Result<Vec<String>> {
    std::future::ready(()).await;
    Ok(vec![typing.value().to_owned()])
}

fn years(typing: &Completing<'_>) -> Option<&'static str> {
    typing.argument("owner").map(|_| "2026")
}

/// Sum up a year.
#[prompt(name = "notes.sum-up", title = "Sum up", timeout = "1m", requires_auth)]
#[must_use]
pub fn sum_up(
    user: &AuthSession,
    #[arg(description = "Whose.")] owner: Option<String>,
    #[arg(complete = years)] year: u16,
    #[arg(complete = ["short", "long"], default = "short")] length: String,
) -> Vec<PromptMessage> {
    vec![
        PromptMessage::user(owner.unwrap_or(length)),
        PromptMessage::user(format!("{user:?} {year}")),
        PromptMessage::assistant("Which notes?"),
    ]
}

fn is_ann(user: &AuthSession) -> bool {
    user.subject() == "ann"
}

async fn is_bob(user: &AuthSession) -> bool {
    std::future::ready(user.subject() == "bob").await
}

fn roles_of(person: &Identity) -> Vec<&'static str> {
    person
        .verified_email()
        .map_or_else(Vec::new, |_| vec!["admin"])
}

/// Notes for a small team.
#[server(
    auth = google(scopes = ["openid", "email"]),
    roles = ["admin", "member"],
    scopes = ["a"],
    roles_from = roles_of,
    anonymous,
)]
#[derive(Debug)]
pub struct Notes {
    /// How many.
    pub count: u32,
}

fn main() {
    let _server = Notes { count: 0 }.into_server();
}
