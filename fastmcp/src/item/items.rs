//! Which items: those of some modules, all of them or by name.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::Entry;

/// The state that items borrow.
pub(super) type State = Arc<dyn Any + Send + Sync>;

/// The items of some modules and of all modules below them, made by [`items!`](crate::items).
///
/// It is offered by [`Server::mount`](crate::server::Server::mount),
/// [`Server::only`](crate::server::Server::only) or
/// [`Server::except`](crate::server::Server::except). A library gives its own away as a constant,
/// and so is certain to be linked where that is used:
///
/// ```
/// /// Tools for an issue tracker.
/// pub const ITEMS: fastmcp::item::Items = fastmcp::items!();
/// ```
#[derive(Clone)]
pub struct Items {
    /// Where the macro stood, and the path that it was given.
    places: &'static [(&'static str, &'static str)],
    only: Option<Vec<String>>,
    except: Vec<String>,
    pub(super) state: Option<State>,
}

/// Names of items: any list of texts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of names [FM0810]",
    label = "not a list",
    note = "write a list, of one name as well: `[\"list_issues\"]`"
)]
pub trait ItemNames {
    /// The names.
    fn into_names(self) -> Vec<String>;
}

#[diagnostic::do_not_recommend]
impl<N: Into<String>, L: IntoIterator<Item = N>> ItemNames for L {
    fn into_names(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

/// The items ([`Items`](crate::item::Items)) of modules or crates, and of all modules below them;
/// without a path, those of the module that it stands in.
///
/// A path that leads nowhere does not build; one that leads to a module without an item stops the
/// start. A module is known by the path at which it was written, not by one at which it is exported
/// again, and a crate by its own name.
///
/// ```
/// mod github {
///     use fastmcp::prelude::*;
///
///     /// All open issues.
///     #[tool]
///     fn list_issues() -> &'static str { "none" }
/// }
///
/// # fn main() {
/// let all = fastmcp::items!(crate);
/// let some = fastmcp::items!(crate::github).only(["list_issues"]);
/// # let _ = (all, some);
/// # }
/// ```
#[macro_export]
macro_rules! items {
    () => {
        $crate::item::Items::of(&[(::core::module_path!(), "self")])
    };
    ($($($segment:ident)::+),+ $(,)?) => {{
        $crate::__private::items_fit!($($($segment)::+),+);
        $(
            const _: () = {
                // To be refused here where there is no such module.
                #[allow(unused_imports, clippy::wildcard_imports)]
                use $($segment)::+::*;
            };
        )+
        $crate::item::Items::of(&[
            $((::core::module_path!(), ::core::stringify!($($segment)::+))),+
        ])
    }};
    ($($wrong:tt)+) => {{
        $crate::__private::items_fit!($($wrong)+);
        $crate::item::Items::of(&[])
    }};
}

/// Says that items can borrow a type beside the server, which
/// [`Items::with`](crate::item::Items::with) lends to them: for libraries, which know no server.
/// Whoever offers such an item and lends nothing is refused at start.
#[macro_export]
macro_rules! state {
    ($state:ty) => {
        impl $crate::item::Borrowed for $state {
            const NEEDS_CALLER: bool = false;

            fn borrow<'a>(call: &$crate::item::Call<'a>) -> ::core::option::Option<&'a Self> {
                call.app.downcast_ref::<Self>()
            }

            fn accepts(
                app: &(dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync),
            ) -> bool {
                app.is::<Self>()
            }
        }
    };
}

impl Items {
    #[doc(hidden)]
    pub const fn of(places: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            places,
            only: None,
            except: Vec::new(),
            state: None,
        }
    }

    /// Of these items just those of the given names: a tool's or prompt's name, a resource's URI,
    /// each as it was declared. A name that none of them has stops the start.
    #[must_use]
    pub fn only(mut self, names: impl ItemNames) -> Self {
        self.only.get_or_insert_default().extend(names.into_names());
        self
    }

    /// Of these items all but those of the given names; see [`Items::only`].
    #[must_use]
    pub fn except(mut self, names: impl ItemNames) -> Self {
        self.except.extend(names.into_names());
        self
    }

    /// Lends `state` to those of these items that borrow its type, which [`state!`](crate::state)
    /// makes known; all others borrow the server.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// How a tracker is reached.
    /// struct Tracker { token: String }
    ///
    /// fastmcp::state!(Tracker);
    ///
    /// /// How long the token is.
    /// #[tool]
    /// fn token_length(tracker: &Tracker) -> usize { tracker.token.len() }
    ///
    /// # fn main() {
    /// let items = fastmcp::items!().with(Tracker { token: "…".to_owned() });
    /// # let _ = items;
    /// # }
    /// ```
    #[must_use]
    pub fn with(mut self, state: impl Any + Send + Sync) -> Self {
        self.state = Some(Arc::new(state));
        self
    }

    /// Whether an item is among them.
    pub(super) fn has<E: Entry>(&self, entry: &E) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == entry.id());
        self.reaches(entry.module())
            && self.only.as_deref().is_none_or(named)
            && !named(&self.except)
    }

    /// Whether a module is one of theirs.
    pub(super) fn reaches(&self, module: &str) -> bool {
        let mut places = self.places.iter();
        places.any(|place| leads_to(*place, module))
    }

    /// Paths that lead to none of `modules`, as they were written.
    pub(super) fn leading_nowhere<'a>(
        &'a self,
        modules: &'a [&'static str],
    ) -> impl Iterator<Item = String> + 'a {
        let lost = self.places.iter().filter(|place| {
            let mut modules = modules.iter();
            !modules.any(|module| leads_to(**place, module))
        });
        lost.map(|(here, path)| match *path {
            "self" => (*here).to_owned(),
            path => without_spaces(path),
        })
    }

    /// The names that were given.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let only = self.only.iter().flatten();
        only.chain(&self.except).map(String::as_str)
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("places", &self.places)
            .field("only", &self.only)
            .field("except", &self.except)
            .field("has_state", &self.state.is_some())
            .finish()
    }
}

/// Whether `path`, written in the module `here`, is `module` or one above it.
fn leads_to((here, path): (&str, &str), module: &str) -> bool {
    let path = without_spaces(path);
    let mut segments = path.split("::").peekable();
    let mut above: Vec<&str> = here.split("::").collect();
    let mut is_relative = false;
    while let Some(word @ ("crate" | "self" | "super")) = segments.peek().copied() {
        segments.next();
        match word {
            "crate" => above.truncate(1),
            "super" => drop(above.pop()),
            _ => {}
        }
        is_relative = true;
    }
    let rest: Vec<&str> = segments.collect();
    let is_above = |parts: &[&str]| {
        let mut words = module.split("::");
        parts.iter().all(|part| words.next() == Some(part))
    };
    // The compiler refuses a name that is a module and a crate at once.
    is_above(&[above, rest.clone()].concat()) || (!is_relative && is_above(&rest))
}

fn without_spaces(path: &str) -> String {
    path.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_module_and_those_below() {
        for (here, path, module, leads) in [
            ("app::main", "crate", "app", true),
            ("app::main", "crate", "app::github::issues", true),
            ("app::main", "crate", "apple", false),
            ("app::main", "crate :: github", "app::github", true),
            ("app::main", "crate::github", "app::github::issues", true),
            ("app::main", "crate::github", "app::github_old", false),
            ("app::main", "crate::github", "app", false),
            ("app::main", "self::github", "app::main::github", true),
            ("app::a::b", "super::super::c", "app::c::d", true),
            ("app::main", "super::main", "app::main", true),
            ("app::main", "github", "app::main::github", true),
            ("app::main", "github", "github::issues", true),
            ("app::main", "github", "app::github", false),
            ("app::main", "self", "app::main", true),
            ("app::main", "self", "app", false),
        ] {
            assert_eq!(leads_to((here, path), module), leads, "{path} {module}");
        }
    }

    #[test]
    fn a_path_can_be_written_in_every_form() {
        let here = crate::items!();
        assert!(here.reaches("fastmcp::item::items::tests"));
        assert!(!here.reaches("fastmcp::item::items"));
        let several = crate::items!(super, crate::auth, tracing);
        for module in ["fastmcp::item::items", "fastmcp::auth::access", "tracing"] {
            assert!(several.reaches(module), "{module}");
        }
        let nowhere = several.leading_nowhere(&["fastmcp::auth"]);
        assert_eq!(nowhere.collect::<Vec<_>>(), ["super", "tracing"]);
    }
}
