//! A server put together of groups of tools, with a route of its own behind the same sign-in.

use axum::routing::get;
use fastmcp::auth::Rule;
use fastmcp::{items, prelude::*};

/// Tools for code; in a crate of their own they would look the same.
mod code {
    use fastmcp::prelude::*;

    /// Open issues.
    #[tool(read_only)]
    fn list_issues() -> &'static str {
        "It is slow."
    }

    /// Delete the whole repository.
    #[tool(roles = ["admin"], destructive)]
    fn delete_repository() -> &'static str {
        "It is gone."
    }
}

/// Tools for letters.
mod mail {
    use fastmcp::prelude::*;

    /// How many letters wait.
    #[tool(read_only)]
    fn unread() -> u32 {
        3
    }
}

/// The desk of a small team.
#[server(auth = dev(allow_release), roles = ["admin"])]
struct Desk;

async fn export(user: AuthSession) -> String {
    format!("everything of {}", user.subject())
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Desk.into_server()
        // `code_list_issues`, for everybody who signs in; nobody is offered the other one.
        .mount("code", items!(crate::code).only(["list_issues"]))
        .mount("mail", items!(crate::mail))
        .except(items!(crate::code))
        .route("/export", Rule::Role("admin"), get(export))
        .serve()
        .await
}
