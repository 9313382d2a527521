use fastmcp::prelude::*;

#[server(
    auth = custom(
        authorization_endpoint = "https://id.example.com/authorize",
        token_endpoint = "https://id.example.com/token",
    ),
    base_url = "https://notes.example.com",
)]
struct Notes;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Notes.serve().await
}
