mod notes {
    use fastmcp::prelude::*;

    /// All notes.
    #[tool]
    fn list() {}
}

mod admin {
    use fastmcp::prelude::*;

    /// Stop it.
    #[tool]
    fn stop() {}
}

fn main() {
    let _ = fastmcp::items!(crate::notes, crate::admin);
}
