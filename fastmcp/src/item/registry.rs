//! All entries of the program: sorted, unique, immutable.

use std::fmt;

use super::{Control, ToolEntry};

/// The tools that a server offers.
#[derive(Clone, Debug)]
pub struct Registry {
    tools: Vec<&'static ToolEntry>,
    control: Control,
}

/// Two tools of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateTool {
    /// The name.
    pub name: &'static str,
    /// `file:line` of both.
    pub locations: [&'static str; 2],
}

impl fmt::Display for DuplicateTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.locations;
        write!(
            f,
            "two tools are named `{}`: {first} and {second}",
            self.name
        )
    }
}

impl Registry {
    /// Every tool that the program links, sorted by name.
    ///
    /// # Errors
    /// [`DuplicateTool`] if two have the same name.
    pub fn collect() -> Result<Self, DuplicateTool> {
        Self::of(inventory::iter::<ToolEntry>().collect())
    }

    /// The name of every tool that the program links.
    pub(crate) fn names() -> Vec<&'static str> {
        inventory::iter::<ToolEntry>()
            .map(|tool| tool.name)
            .collect()
    }

    /// The given tools, sorted by name.
    ///
    /// # Errors
    /// [`DuplicateTool`] if two have the same name.
    pub fn of(mut tools: Vec<&'static ToolEntry>) -> Result<Self, DuplicateTool> {
        tools.sort_by_key(|tool| tool.name);
        let pair = tools.windows(2).find(|pair| pair[0].name == pair[1].name);
        if let Some(pair) = pair {
            return Err(DuplicateTool {
                name: pair[0].name,
                locations: [pair[0].location, pair[1].location],
            });
        }
        let names = tools.iter().map(|tool| tool.name).collect();
        let control = Control::new(names, vec![], vec![]);
        Ok(Self { tools, control })
    }

    /// The same entries, switched by `control`, which must be made of their names.
    #[must_use]
    pub fn with_control(mut self, control: Control) -> Self {
        self.control = control;
        self
    }

    /// What turns the entries on and off.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The tool of this name, unless it is turned off.
    pub fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        let found = self.tools.binary_search_by_key(&name, |tool| tool.name);
        let found = found.ok().filter(|_| self.control.is_tool_enabled(name));
        found.map(|index| self.tools[index])
    }

    /// All tools, also those that are turned off, sorted by name.
    pub fn tools(&self) -> &[&'static ToolEntry] {
        &self.tools
    }
}
