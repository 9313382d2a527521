//! Sign-in with Microsoft Entra; set `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`, `AZURE_TENANT_ID`.

use fastmcp::prelude::*;

/// Who is signed in: tenant and object id, which nobody can choose.
#[tool(requires_auth, read_only)]
fn whoami(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// Approve a request. For the app role `approver` of the registration in Entra.
#[tool(roles = ["approver"])]
fn approve(request: u64) -> String {
    format!("request {request} is approved")
}

/// A server for one organisation.
#[server(auth = azure, roles = ["approver"])]
struct Requests;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Requests.serve().await
}
