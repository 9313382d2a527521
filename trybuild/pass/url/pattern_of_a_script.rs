use fastmcp::prelude::*;

#[server(auth = google, allowed_redirect_uri_patterns = ["cursor://anysphere.cursor-mcp/*"])]
struct Notes;

fn main() {}
