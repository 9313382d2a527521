use fastmcp::prelude::*;

/// Ask for a review.
#[prompt(scopes = ["code:reed"])]
fn review() -> String { "Review this.".to_owned() }

#[server(auth = google, scopes = ["code:read"])]
struct Docs;

fn main() {}
