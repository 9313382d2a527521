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
