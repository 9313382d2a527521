//! All entries of the program: sorted, unique, immutable.

use std::fmt;

use super::ToolEntry;

/// The tools that a server offers.
#[derive(Clone, Debug)]
pub struct Registry {
    tools: Vec<&'static ToolEntry>,
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

    /// The given tools, sorted by name.
    ///
    /// # Errors
    /// [`DuplicateTool`] if two have the same name.
    pub fn of(mut tools: Vec<&'static ToolEntry>) -> Result<Self, DuplicateTool> {
        tools.sort_by_key(|tool| tool.name);
        match tools.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(DuplicateTool {
                name: pair[0].name,
                locations: [pair[0].location, pair[1].location],
            }),
            None => Ok(Self { tools }),
        }
    }

    /// The tool of this name.
    pub fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        let found = self.tools.binary_search_by_key(&name, |tool| tool.name);
        found.ok().map(|index| self.tools[index])
    }

    /// All tools, sorted by name.
    pub fn tools(&self) -> &[&'static ToolEntry] {
        &self.tools
    }
}
