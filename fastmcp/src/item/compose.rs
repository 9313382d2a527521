//! Composition: which of the linked items a server offers, and under which names.
//!
//! Every function with an attribute is known at link time, and a server that says nothing offers
//! all of them. It can say otherwise in three ways, each of which takes a set of [`Items`]:
//!
//! | on the server | what it does |
//! |---|---|
//! | `mount("github", items!(crate::github))` | offers them as `github_…`, and under no other name unless they are mounted twice |
//! | `only(items!(crate::notes))` | of what is not mounted, offers these alone |
//! | `except(items!(crate::admin))` | of what is not mounted, offers all but these |
//!
//! So an item is offered where it is mounted, and under its own name only if it is mounted nowhere.
//! Several servers in one process each say for themselves. How names are made is told at [`Prefix`].
//!
//! What is mounted differs from its item by its name alone, and by the state that it may be lent. Rule, schemas, time limit and completion
//! are the item's; everything that goes by a name (lists, calls, `Control`, the audit log) goes by
//! the name that clients see. An entry is therefore copied with its new name when a server starts
//! (`mounted.rs`). Its function knows nothing of that, and speaks of its neighbours by the names that
//! it knows: URIs of the same mount in what it gives get their prefix on the way out, and
//! `cx.control()` looks for a name in the mount first (`inside.rs`).
//!
//! The rest can be got wrong, and stops the start, all of it at once: a set without an item, a name
//! that nothing has, a prefix that none can be, a name that gets too long, and two items of one name
//! (told with both places by the [`Registry`](super::Registry)).

use std::fmt;

use super::items::Items;
use super::mounted::{self, Mounts};
use super::{Entry, Prefix, PromptEntry, ResourceEntry, ToolEntry};

/// The longest name of a tool or prompt (SEP-986).
const LONGEST: usize = 128;

/// What a server says about the items that it offers.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    mounts: Vec<(String, Items)>,
    only: Vec<Items>,
    except: Vec<Items>,
}

/// The entries that a server offers.
#[derive(Debug, Default)]
pub(super) struct Offered {
    pub(super) tools: Vec<&'static ToolEntry>,
    pub(super) resources: Vec<&'static ResourceEntry>,
    pub(super) prompts: Vec<&'static PromptEntry>,
    pub(super) mounts: Mounts,
}

/// Why a server cannot offer what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompositionError {
    /// A set has no item, because a path leads to none.
    Nowhere {
        /// The path as it was written.
        path: String,
        /// The modules that have items.
        modules: Vec<&'static str>,
    },
    /// A set names an item that it has not.
    NoSuchItem {
        /// The name as it was written.
        name: String,
        /// The names in those modules.
        names: Vec<&'static str>,
    },
    /// A prefix that no name can begin with.
    Prefix {
        /// The prefix.
        prefix: String,
    },
    /// A name that gets too long.
    TooLong {
        /// The name with its prefix.
        name: &'static str,
        /// `file:line` of its function.
        location: &'static str,
    },
}

impl Composition {
    /// Offers these below a prefix.
    pub fn mount(&mut self, prefix: impl Into<String>, items: Items) {
        self.mounts.push((prefix.into(), items));
    }

    /// Offers under their own names these alone, and those of further calls.
    pub fn only(&mut self, items: Items) {
        self.only.push(items);
    }

    /// Offers none of these under its own name.
    pub fn except(&mut self, items: Items) {
        self.except.push(items);
    }

    /// Everything that is wrong with it.
    pub fn errors(&self) -> Vec<CompositionError> {
        let known = Known::linked();
        let sets = self.mounts.iter().map(|(_, items)| items);
        let sets = sets.chain(&self.only).chain(&self.except);
        let mut errors: Vec<_> = sets.flat_map(|items| known.errors(items)).collect();
        let odd = self.mounts.iter().map(|(prefix, _)| prefix);
        let odd = odd.filter(|prefix| Prefix::parse(prefix).is_none());
        errors.extend(odd.map(|prefix| CompositionError::Prefix {
            prefix: prefix.clone(),
        }));
        let offered = self.offered();
        errors.extend(too_long(&offered.tools));
        errors.extend(too_long(&offered.prompts));
        errors
    }

    /// What tools, prompts and resources are called that are offered, each sorted.
    pub(crate) fn names(&self) -> [Vec<&'static str>; 3] {
        fn ids<E: Entry>(entries: &[&'static E]) -> Vec<&'static str> {
            let mut ids: Vec<_> = entries.iter().map(|entry| entry.id()).collect();
            ids.sort_unstable();
            ids
        }
        let offered = self.offered();
        [
            ids(&offered.tools),
            ids(&offered.prompts),
            ids(&offered.resources),
        ]
    }

    /// What is offered; what is wrong is left out.
    pub(super) fn offered(&self) -> Offered {
        let mut mounts = Mounts::default();
        Offered {
            tools: self.chosen(inventory::iter::<ToolEntry>(), &mut mounts),
            resources: self.chosen(inventory::iter::<ResourceEntry>(), &mut mounts),
            prompts: self.chosen(inventory::iter::<PromptEntry>(), &mut mounts),
            mounts,
        }
    }

    fn chosen<E: Entry>(
        &self,
        all: impl IntoIterator<Item = &'static E>,
        known: &mut Mounts,
    ) -> Vec<&'static E> {
        let mut chosen = Vec::new();
        for entry in all {
            let mounts = self.mounts.iter().filter(|(_, items)| items.has(entry));
            let mut is_mounted = false;
            for (prefix, items) in mounts {
                is_mounted = true;
                if let Some(prefix) = Prefix::parse(prefix) {
                    let entry = mounted::below(entry, &prefix);
                    // Twice at one place is once.
                    if known.is_new(entry) {
                        known.add(entry, Some(prefix), items.state.as_ref());
                        chosen.push(entry);
                    }
                }
            }
            let mut only = self.only.iter();
            let only = only.find(|items| items.has(entry));
            let is_kept = self.only.is_empty() || only.is_some();
            if !is_mounted && is_kept && !self.except.iter().any(|items| items.has(entry)) {
                known.add(entry, None, only.and_then(|items| items.state.as_ref()));
                chosen.push(entry);
            }
        }
        chosen
    }
}

/// Modules and names of everything that is linked.
struct Known {
    /// Module and name of each item.
    items: Vec<(&'static str, &'static str)>,
    modules: Vec<&'static str>,
}

impl Known {
    fn linked() -> Self {
        fn each<E: Entry>(
            entries: impl IntoIterator<Item = &'static E>,
        ) -> impl Iterator<Item = (&'static str, &'static str)> {
            entries.into_iter().map(|it| (it.module(), it.id()))
        }
        let tools = each(inventory::iter::<ToolEntry>());
        let resources = each(inventory::iter::<ResourceEntry>());
        let prompts = each(inventory::iter::<PromptEntry>());
        let items: Vec<_> = tools.chain(resources).chain(prompts).collect();
        let mut modules: Vec<_> = items.iter().map(|(module, _)| *module).collect();
        modules.sort_unstable();
        modules.dedup();
        Self { items, modules }
    }

    fn errors(&self, items: &Items) -> Vec<CompositionError> {
        let nowhere = items.leading_nowhere(&self.modules);
        let nowhere: Vec<_> = nowhere
            .map(|path| CompositionError::Nowhere {
                path,
                modules: self.modules.clone(),
            })
            .collect();
        if !nowhere.is_empty() {
            return nowhere;
        }
        let there = self.items.iter();
        let there = there.filter(|(module, _)| items.reaches(module));
        let names: Vec<_> = there.map(|(_, name)| *name).collect();
        let unknown = items.names().filter(|name| !names.contains(name));
        unknown
            .map(|name| CompositionError::NoSuchItem {
                name: name.to_owned(),
                names: names.clone(),
            })
            .collect()
    }
}

fn too_long<E: Entry>(entries: &[&'static E]) -> impl Iterator<Item = CompositionError> {
    let long = entries.iter().filter(|entry| entry.id().len() > LONGEST);
    long.map(|entry| CompositionError::TooLong {
        name: entry.id(),
        location: entry.location(),
    })
}

impl fmt::Display for CompositionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere { path, .. } => write!(f, "no item is in `{path}`"),
            Self::NoSuchItem { name, .. } => write!(f, "none of these items is called `{name}`"),
            Self::Prefix { prefix } => write!(f, "`{prefix}` is no prefix of names"),
            Self::TooLong { name, location } => write!(
                f,
                "the name `{name}` ({location}) is longer than {LONGEST} characters"
            ),
        }
    }
}

impl std::error::Error for CompositionError {}
