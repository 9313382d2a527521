use fastmcp::prelude::*;

#[server(
    auth = custom(token_endpoint = "https://id.example.com/token", client_secret = "s3cr3t"),
    base_url = "http://notes.example.com",
)]
struct Notes;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Notes.serve().await
}
