use fastmcp::prelude::*;

/// Does something.
#[tool]
async fn count(user: Option<&AuthSession>, days: u32) -> u32 {
    let seen = std::rc::Rc::new(days);
    std::future::ready(user).await;
    *seen
}

fn main() {}
