//! A library of items, as another crate would give them away.

#![allow(clippy::needless_pass_by_value, reason = "items own their arguments")]

use fastmcp::item::Items;

/// Everything that this library offers.
pub const ITEMS: Items = fastmcp::items!();

/// What its items borrow: the address of the tracker.
#[derive(Debug)]
pub struct Tracker(pub String);

fastmcp::state!(Tracker);

pub mod issues {
    //! Issues.

    use fastmcp::item::{Completing, Content};
    use fastmcp::prelude::*;

    use super::Tracker;

    /// All open issues.
    #[tool]
    fn list_issues(tracker: &Tracker) -> String {
        format!("{}/1", tracker.0)
    }

    /// Close an issue for good.
    #[tool(roles = ["admin"])]
    fn close_issue(tracker: &Tracker, number: u32) -> String {
        format!("closed {}/{number}", tracker.0)
    }

    /// One issue.
    #[resource(uri = "issues://{number}")]
    fn issue(tracker: &Tracker, #[arg(complete = numbers)] number: u32) -> String {
        format!("{}/{number}", tracker.0)
    }

    /// Where to read more.
    #[tool]
    fn links() -> Vec<Content> {
        let uris = ["issues://3", "docs://style", "https://t.test/3"];
        let link = |uri: &str| Content::resource_link(uri, uri);
        uris.map(link).to_vec()
    }

    /// Take the style away.
    #[tool]
    fn hide_style(cx: &Context) -> Result<String> {
        cx.control().disable_resource("docs://style")?;
        Ok(cx.control().is_resource_enabled("docs://style").to_string())
    }

    fn numbers(typing: &Completing<'_>) -> Vec<String> {
        let known = typing.state::<Tracker>().is_some();
        vec![if known {
            "17".to_owned()
        } else {
            "lost".to_owned()
        }]
    }
}

pub mod words {
    //! What needs no tracker.

    use fastmcp::prelude::*;

    /// How issues are written.
    #[resource(uri = "docs://style")]
    fn style() -> &'static str {
        "One issue, one fault."
    }

    /// Ask for a triage.
    #[prompt]
    fn triage(issue: String) -> String {
        format!("How grave is this? {issue}")
    }
}
