mod notes {
    use fastmcp::prelude::*;

    /// All notes.
    #[tool]
    fn list() {}
}

fn main() {
    let _ = fastmcp::items!("notes", crate::notes, crate::notes);
}
