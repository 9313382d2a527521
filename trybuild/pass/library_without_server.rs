//! A library of items has no server; what it asks for is checked when one starts.

use fastmcp::prelude::*;

mod deeper {
    use fastmcp::prelude::*;

    /// Delete every note.
    #[tool(requires_auth, roles = ["admin"], scopes = ["notes:write"])]
    pub fn purge(user: &AuthSession) -> String {
        user.subject().to_owned()
    }
}

/// Delete one note.
#[tool(access = role("admin"))]
fn delete(user: &AuthSession, id: u64) -> Result<String> {
    Ok(format!("{} {id} {}", user.subject(), deeper::purge(user)))
}

/// The notes of a year.
#[resource(uri = "notes://{year}", roles = ["admin"])]
fn year(year: u16) -> String {
    year.to_string()
}

fn main() {}
