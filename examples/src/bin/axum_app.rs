//! An MCP server beside the routes of an application, one of them behind the same sign-in.

use std::net::SocketAddr;

use axum::{Router, routing::get};
use fastmcp::prelude::*;

/// Add two numbers.
#[tool(requires_auth)]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// The tools of the application.
#[server(auth = dev(allow_release), roles = ["admin"])]
struct App;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    let mut mcp = App.into_server().base_url("http://localhost:8000");
    let admin = mcp.guard(fastmcp::auth::Rule::Role("admin")).await?;
    let app = Router::new()
        .route("/", get(|| async { "open to everybody" }))
        .route("/admin", get(|| async { "for admins" }).layer(admin))
        .merge(mcp.router().await?);
    // `auth = dev` answers this computer alone, so it must know where a request comes from.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}
