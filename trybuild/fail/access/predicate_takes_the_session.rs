use fastmcp::prelude::*;

mod policy {
    use fastmcp::prelude::*;

    pub async fn is_ann(user: AuthSession) -> bool {
        user.subject() == "ann"
    }
}

/// Does something.
#[tool(access = role("admin") || policy::is_ann)]
fn purge() {}

fn main() {}
