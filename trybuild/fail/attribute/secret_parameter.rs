use fastmcp::prelude::*;

#[server(auth = google, extra_authorization_params = [("client_secret", "s3cr3t")])]
struct Notes;

fn main() {}
