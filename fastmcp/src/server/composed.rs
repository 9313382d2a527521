//! Which items a server offers, and under which names: the methods that say it, and the words for
//! what cannot be. The design is told in `item/compose.rs`.

use super::Server;
use crate::error::Problem;
use crate::faults;
use crate::item::{CompositionError, Items};

/// So many modules or names are listed; more would hide the fault.
const LISTED: usize = 12;

impl Server {
    /// Offers items below a prefix: a tool or prompt `list_issues` is called `github_list_issues`, a
    /// resource `docs://style` is read as `github+docs://style`. Everything else of an item stays as
    /// it was declared, its access rule above all. See [`Prefix`](crate::item::Prefix) for what a
    /// prefix can be.
    ///
    /// What is mounted is offered where it is mounted, and under its own name no longer.
    /// [`Server::control`], which goes by the names that clients see, comes after this.
    ///
    /// ```
    /// mod github {
    ///     use fastmcp::prelude::*;
    ///
    ///     /// All open issues.
    ///     #[tool]
    ///     fn list_issues() -> &'static str { "none" }
    ///
    ///     /// Delete the repository.
    ///     #[tool(destructive)]
    ///     fn delete_repository() {}
    /// }
    ///
    /// /// Tools for a team.
    /// #[fastmcp::server]
    /// struct Desk;
    ///
    /// # fn main() {
    /// let items = fastmcp::items!(crate::github).except(["delete_repository"]);
    /// let server = Desk.into_server().mount("github", items);
    /// # drop(server);
    /// # }
    /// ```
    #[must_use]
    pub fn mount(mut self, prefix: impl Into<String>, items: Items) -> Self {
        self.composition.mount(prefix, items);
        self
    }

    /// Offers under their own names these items alone, of all that the program links; of further
    /// calls, those as well. For several servers in one process: each says what it offers.
    ///
    /// ```
    /// # use fastmcp::prelude::*;
    /// # mod notes { use fastmcp::prelude::*; /** All. */ #[tool] fn notes() {} }
    /// # mod admin { use fastmcp::prelude::*; /** Stop. */ #[tool] fn stop() {} }
    /// # /// Notes.
    /// # #[server]
    /// # struct Notes;
    /// # fn main() {
    /// let notes = Notes.into_server().only(fastmcp::items!(crate::notes));
    /// let admin = Notes.into_server().only(fastmcp::items!(crate::admin)).bind("127.0.0.1:8001");
    /// # drop((notes, admin));
    /// # }
    /// ```
    #[must_use]
    pub fn only(mut self, items: Items) -> Self {
        self.composition.only(items);
        self
    }

    /// Offers none of these items under its own name.
    #[must_use]
    pub fn except(mut self, items: Items) -> Self {
        self.composition.except(items);
        self
    }

    /// Everything that cannot be in what the server says of its items.
    pub(super) fn composition_problems(&self) -> Vec<Problem> {
        let known = self.control.get();
        let late = known.filter(|(_, names)| *names != self.composition.names());
        let late = late.map(|_| {
            Problem::new(
                "FM0909",
                "the server was given other items after `.control()`, which knows nothing of them",
                "call `.mount(…)`, `.only(…)` and `.except(…)` before `.control()`",
            )
        });
        let errors = self.composition.errors();
        late.into_iter().chain(errors.iter().map(told)).collect()
    }
}

fn told(error: &CompositionError) -> Problem {
    let (code, help) = match error {
        CompositionError::Nowhere { path, modules } => (
            "FM0905",
            match modules[..] {
                [] => "write `#[tool]` on a function there".to_owned(),
                _ => choice(path, modules, "items are in"),
            },
        ),
        CompositionError::NoSuchItem { name, names } => (
            "FM0906",
            format!(
                "{}; a resource goes by its URI",
                choice(name, names, "there are")
            ),
        ),
        CompositionError::Prefix { .. } => (
            "FM0907",
            "begin with a lower case letter, and go on with lower case letters, digits and single \
             `_`: `github`"
                .to_owned(),
        ),
        CompositionError::TooLong { .. } => {
            ("FM0908", "mount it under a shorter prefix".to_owned())
        }
    };
    Problem::new(code, error.to_string(), help)
}

/// What may have been meant.
fn choice(word: &str, words: &[&'static str], there_are: &str) -> String {
    let near = faults::nearest(word, words);
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let listed: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let more = listed.len().saturating_sub(LISTED);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let listed = listed[..listed.len() - more].join(", ");
    format!("{near}{there_are} {listed}{rest}")
}
