mod notes {
    pub mod old {
        use fastmcp::prelude::*;

        /// Old notes.
        #[tool]
        fn list() {}
    }
}

fn main() {
    let _ = fastmcp::items!(crate::{notes::old});
}
