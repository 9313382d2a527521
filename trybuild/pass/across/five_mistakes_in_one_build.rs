use fastmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Period;

#[server(auth = google, roles = ["admin"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admin"])]
fn purge() {}

/// Who is calling.
#[tool(requires_auth)]
fn whoami(user: &AuthSession) -> String { user.subject().to_owned() }

/// Delete old notes.
#[tool]
fn forget(_period: Period) {}

/// Count.
#[tool(read_only)]
fn count() -> u64 { 0 }

/// The time.
#[tool]
fn now() -> u64 { 0 }

fn main() {}
