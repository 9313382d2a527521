use fastmcp::prelude::*;

/// Does something.
#[tool]
async fn count(note: std::rc::Rc<str>) -> usize {
    std::future::ready(()).await;
    note.len()
}

fn main() {}
