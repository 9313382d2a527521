use fastmcp::prelude::*;

#[server]
struct Notes(std::cell::RefCell<Vec<String>>);

/// Does something.
#[tool]
fn read(app: &Notes) -> usize {
    app.0.borrow().len()
}

fn main() {}
