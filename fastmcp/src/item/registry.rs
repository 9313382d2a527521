//! All entries of a server: sorted, unique, immutable.

use std::any::Any;
use std::collections::HashMap;

use serde_json::Value;

use super::compose::{Composition, Offered};
use super::mounted::Mounts;
use super::registry_error::{RegistryError, Twins};
use super::{Control, Entry, Prefix, PromptEntry, ResourceEntry, ToolEntry};
use crate::auth::Rule;
use crate::spec::UriTemplate;

/// The tools, resources and prompts that a server offers.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    tools: Vec<&'static ToolEntry>,
    resources: Vec<&'static ResourceEntry>,
    templates: Vec<&'static ResourceEntry>,
    /// Parsed, in the order in which they are tried.
    matchers: Vec<(UriTemplate, &'static ResourceEntry)>,
    prompts: Vec<&'static PromptEntry>,
    mounts: Mounts,
    control: Control,
}

impl Registry {
    /// Everything that the program links, sorted.
    ///
    /// # Errors
    /// Two entries of one kind claim the same name or the same URIs, or a template is no good.
    pub fn collect() -> Result<Self, RegistryError> {
        Self::composed(&Composition::default())
    }

    /// What a server offers that says this, sorted; see [`Composition::errors`] for what it leaves
    /// out.
    ///
    /// # Errors
    /// Two entries of one kind claim the same name or the same URIs, or a template is no good.
    pub fn composed(composition: &Composition) -> Result<Self, RegistryError> {
        let Offered {
            tools,
            resources,
            prompts,
            mounts,
        } = composition.offered();
        let registry = Self::of(tools)?.with_resources(resources)?;
        Ok(Self {
            mounts,
            ..registry.with_prompts(prompts)?
        })
    }

    /// The state that the entry borrows, unless that is the server.
    pub(crate) fn state<E: Entry>(&self, entry: &'static E) -> Option<&(dyn Any + Send + Sync)> {
        self.mounts.state(entry)
    }

    /// What the entry is called by begins with this.
    pub(crate) fn prefix<E: Entry>(&self, entry: &'static E) -> Option<&Prefix> {
        self.mounts.prefix(entry)
    }

    /// Whether a resource answers to the URI, or a template does, turned off or not.
    pub(super) fn has_resource(&self, uri: &str) -> bool {
        let mut matchers = self.matchers.iter();
        find(&self.resources, uri).is_some()
            || matchers.any(|(template, _)| template.matches(uri).is_some())
    }

    /// The given tools, sorted by name.
    ///
    /// # Errors
    /// Two have the same name.
    pub fn of(mut tools: Vec<&'static ToolEntry>) -> Result<Self, RegistryError> {
        sort(&mut tools).map_err(RegistryError::SameTool)?;
        Ok(Self {
            tools,
            ..Self::default()
        }
        .switched())
    }

    /// The same with these resources and templates, sorted by URI.
    ///
    /// # Errors
    /// Two have the same URI or match the same URIs, or a template is no good.
    pub fn with_resources(
        mut self,
        entries: Vec<&'static ResourceEntry>,
    ) -> Result<Self, RegistryError> {
        let with_braces = |entry: &&ResourceEntry| entry.uri.contains(['{', '}']);
        let (mut templates, mut resources): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|entry| entry.is_template() || with_braces(entry));
        sort(&mut resources).map_err(RegistryError::SameResource)?;
        sort(&mut templates).map_err(RegistryError::SameTemplate)?;
        for entry in &resources {
            parsed(entry)?;
        }
        let matchers = templates.iter().map(|entry| Ok((parsed(entry)?, *entry)));
        let mut matchers = matchers.collect::<Result<Vec<_>, _>>()?;
        let mut shapes = HashMap::new();
        for (template, entry) in &matchers {
            if let Some(first) = shapes.insert(template.shape(), *entry) {
                return Err(RegistryError::SameTemplate(twins(first, *entry)));
            }
        }
        matchers.sort_by(|(a, _), (b, _)| a.precedence().cmp(&b.precedence()));
        self.resources = resources;
        self.templates = templates;
        self.matchers = matchers;
        Ok(self.switched())
    }

    /// The same with these prompts, sorted by name.
    ///
    /// # Errors
    /// Two have the same name.
    pub fn with_prompts(
        mut self,
        mut prompts: Vec<&'static PromptEntry>,
    ) -> Result<Self, RegistryError> {
        sort(&mut prompts).map_err(RegistryError::SamePrompt)?;
        self.prompts = prompts;
        Ok(self.switched())
    }

    /// The same entries with a control of their own.
    fn switched(mut self) -> Self {
        let resources = self.resources.iter().chain(&self.templates);
        self.control = Control::new(
            self.tools.iter().map(|entry| entry.name).collect(),
            self.prompts.iter().map(|entry| entry.name).collect(),
            resources.map(|entry| entry.uri).collect(),
        );
        self
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

    /// The entry, unless it is turned off.
    fn on<E: Entry>(&self, entry: Option<&'static E>) -> Option<&'static E> {
        entry.filter(|entry| self.control.is_on(*entry))
    }

    /// The rules of all entries.
    pub fn rules(&self) -> impl Iterator<Item = Rule> {
        let tools = self.tools.iter().map(|entry| entry.rule);
        let resources = self.resources.iter().chain(&self.templates);
        let prompts = self.prompts.iter().map(|entry| entry.rule);
        tools
            .chain(resources.map(|entry| entry.rule))
            .chain(prompts)
    }

    /// The tool of this name, unless it is turned off.
    pub fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.on(find(&self.tools, name))
    }

    /// All tools, sorted by name.
    pub fn tools(&self) -> &[&'static ToolEntry] {
        &self.tools
    }

    /// The resource of this URI, or the most special template that matches it, with the variables
    /// as an object of texts in JSON. What is turned off is not there, and hands its URIs to no
    /// other entry, whose rule may ask for less.
    pub fn resource(&self, uri: &str) -> Option<(&'static ResourceEntry, Option<String>)> {
        if let Some(entry) = find(&self.resources, uri) {
            return Some((self.on(Some(entry))?, None));
        }
        let mut matchers = self.matchers.iter();
        let (entry, variables) =
            matchers.find_map(|(template, entry)| Some((*entry, template.matches(uri)?)))?;
        let entry = self.on(Some(entry))?;
        let variables: serde_json::Map<_, _> = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
        Some((entry, Some(Value::from(variables).to_string())))
    }

    /// All resources that are no templates, sorted by URI.
    pub fn resources(&self) -> &[&'static ResourceEntry] {
        &self.resources
    }

    /// The template that is written like this, unless it is turned off.
    pub fn template(&self, uri: &str) -> Option<&'static ResourceEntry> {
        self.on(find(&self.templates, uri))
    }

    /// All templates, sorted by URI.
    pub fn templates(&self) -> &[&'static ResourceEntry] {
        &self.templates
    }

    /// The prompt of this name, unless it is turned off.
    pub fn prompt(&self, name: &str) -> Option<&'static PromptEntry> {
        self.on(find(&self.prompts, name))
    }

    /// All prompts, sorted by name.
    pub fn prompts(&self) -> &[&'static PromptEntry] {
        &self.prompts
    }
}

/// Sorts by id; gives the first two of one id.
fn sort<E: Entry>(entries: &mut [&'static E]) -> Result<(), Twins> {
    entries.sort_by_key(|entry| entry.id());
    let twin = entries.windows(2).find(|pair| pair[0].id() == pair[1].id());
    twin.map_or(Ok(()), |pair| Err(twins(pair[0], pair[1])))
}

fn twins<E: Entry>(first: &E, second: &E) -> Twins {
    Twins {
        claim: first.id(),
        locations: [first.location(), second.location()],
    }
}

fn find<E: Entry>(entries: &[&'static E], id: &str) -> Option<&'static E> {
    let found = entries.binary_search_by_key(&id, |entry| entry.id());
    found.ok().map(|index| entries[index])
}

fn parsed(entry: &ResourceEntry) -> Result<UriTemplate, RegistryError> {
    let (uri, location) = (entry.uri, entry.location);
    let template = UriTemplate::parse(uri).map_err(|error| RegistryError::Template {
        uri,
        location,
        error,
    })?;
    let known = |name: &str| entry.variables.iter().any(|variable| variable.name == name);
    let every = template.variables().all(known);
    if every && template.variables().count() == entry.variables.len() {
        Ok(template)
    } else {
        Err(RegistryError::Variables { uri, location })
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
