mod notes {
    use fastmcp::prelude::*;

    /// All notes.
    #[tool]
    fn list() {}
}

fn main() {
    let _ = fastmcp::items!(crate::notes).only(["list"]);
}
