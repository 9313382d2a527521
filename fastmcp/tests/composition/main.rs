//! Items of modules and of a library, mounted and picked: what clients then see and can do.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "items own their arguments, and may fail"
)]

mod asked;
mod offered;
mod refused;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests from outside"
)]
#[path = "../../../tests/src/schema/mod.rs"]
mod schema;

use fastmcp::prelude::*;

/// What everybody borrows.
#[server]
struct Desk;

mod notes {
    use fastmcp::prelude::*;

    use super::Desk;

    /// All notes.
    #[tool]
    fn notes(_desk: &Desk) -> &'static str {
        "two notes"
    }

    pub(super) mod old {
        use fastmcp::prelude::*;

        /// Notes of yesterday.
        #[tool(name = "old.notes")]
        fn old_notes() -> &'static str {
            "one note"
        }
    }
}

mod admin {
    use fastmcp::prelude::*;

    /// Stop it.
    #[tool]
    fn stop(cx: &Context) -> Result<()> {
        cx.control().disable_tool("notes")?;
        Ok(())
    }
}

mod twin {
    use fastmcp::prelude::*;

    /// All notes, again.
    #[tool(name = "notes")]
    fn notes_again() -> &'static str {
        "three notes"
    }
}
