use fastmcp::prelude::*;

struct Period;

#[server(auth = google, roles = ["admin"])]
struct Notes;

/// Delete every note.
#[tool(roles = ["admn"])]
fn purge() {}

/// Who is calling.
#[tool]
fn whoami(user: &AuthSession) -> String { user.subject().to_owned() }

/// Delete old notes.
#[tool]
fn forget(_period: Period) {}

/// Count.
#[tool(readonly)]
fn count() -> std::time::Duration { std::time::Duration::ZERO }

/// The time.
#[tool]
fn now() -> std::time::Duration { std::time::Duration::ZERO }

fn main() {}
