//! A server described: what it offers, to whom, and how it is set up.
//!
//! Made by [`Server::manifest`](crate::server::Server::manifest) of a server that could start, or by
//! `FASTMCP_MANIFEST=text` and `=json`, with which a program prints it instead of serving. As text it
//! is for people, one line an item; as JSON for programs, with schemas, in an order that does not
//! change. No secret is in it: of one that is set, it says so.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// A server described.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Its name for clients.
    pub name: String,
    /// Its name for people, if it has another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The version of its crate.
    pub version: String,
    /// What it tells a model about itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Its MCP endpoint, as clients are given it.
    pub url: String,
    /// How users sign in, if they do.
    pub auth: Option<SignIn>,
    /// Its tools, by name.
    pub tools: Vec<Item>,
    /// Its resources, by URI.
    pub resources: Vec<Item>,
    /// Its templates of resources, by URI.
    pub resource_templates: Vec<Item>,
    /// Its prompts, by name.
    pub prompts: Vec<Item>,
    /// What it answers over HTTP.
    pub endpoints: Vec<Endpoint>,
    /// Its settings in force.
    pub settings: Vec<Setting>,
}

/// How users sign in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SignIn {
    /// The identity provider's name.
    pub provider: String,
    /// Roles that rules may name.
    pub roles: Vec<String>,
    /// Scopes that clients are offered.
    pub scopes: Vec<String>,
    /// Whether strangers may use what asks for nothing.
    pub anonymous: bool,
}

/// One tool, resource, template or prompt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Item {
    /// What it is called by: its name, or its URI.
    pub id: String,
    /// Who may see and use it.
    pub access: Access,
    /// As its list shows it to clients: description, schemas, hints.
    pub listed: Map<String, Value>,
    /// `file:line` of its function.
    pub location: &'static str,
    /// Path of the module of its function.
    pub module: &'static str,
}

/// Who may use something.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Access {
    /// The rule in words: `everyone`, `signed in`, or as the option `access` has it.
    pub rule: String,
    /// Every role that it names.
    pub roles: Vec<&'static str>,
    /// Every scope that it names.
    pub scopes: Vec<&'static str>,
}

/// Something that is answered over HTTP.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Endpoint {
    /// Its path, whole.
    pub path: String,
    /// What it is.
    pub meaning: String,
    /// Who may use it, where that is the server's matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
}

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Setting {
    /// Its name, as in the README.
    pub name: &'static str,
    /// Its value; of a secret, that it is set.
    pub value: String,
    /// Whether nobody chose it.
    pub default: bool,
}

impl Manifest {
    /// The manifest as indented JSON.
    pub fn to_json(&self) -> String {
        // Nothing in it refuses to be serialized.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// Items one line each: what, who may, what for.
impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title.as_ref().unwrap_or(&self.name);
        writeln!(f, "{title} {}", self.version)?;
        writeln!(f, "{}", self.url)?;
        if let Some(line) = first_line(&self.instructions) {
            writeln!(f, "{line}")?;
        }
        match &self.auth {
            None => writeln!(f, "\nNobody signs in.")?,
            Some(auth) => auth.fmt(f)?,
        }
        items(f, "Tools", &self.tools)?;
        items(f, "Resources", &self.resources)?;
        items(f, "Resource templates", &self.resource_templates)?;
        items(f, "Prompts", &self.prompts)?;
        table(f, "Endpoints", self.endpoints.iter().map(Endpoint::row))?;
        let chosen = self.settings.iter().filter(|setting| !setting.default);
        let rows =
            chosen.map(|setting| [setting.name.into(), setting.value.clone(), String::new()]);
        table(f, "Settings that are not the default", rows)
    }
}

impl fmt::Display for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |list: &[String]| match list {
            [] => "none".to_owned(),
            list => list.join(", "),
        };
        writeln!(f, "\nUsers sign in with {}.", self.provider)?;
        writeln!(f, "  roles   {}", or_none(&self.roles))?;
        writeln!(f, "  scopes  {}", or_none(&self.scopes))?;
        if self.anonymous {
            writeln!(f, "  Strangers may use what asks for nothing.")?;
        }
        Ok(())
    }
}

impl Endpoint {
    fn row(&self) -> [String; 3] {
        let access = self.access.as_ref();
        let access = access.map_or_else(String::new, |access| access.rule.clone());
        [self.path.clone(), access, self.meaning.clone()]
    }
}

fn items(f: &mut fmt::Formatter<'_>, heading: &str, items: &[Item]) -> fmt::Result {
    let rows = items.iter().map(|item| {
        let description = item.listed.get("description").and_then(Value::as_str);
        let line = description.and_then(first_line).unwrap_or_default();
        [item.id.clone(), item.access.rule.clone(), line.to_owned()]
    });
    table(f, heading, rows)
}

/// Rows of which all but the last column are aligned; nothing where there is no row.
fn table(
    f: &mut fmt::Formatter<'_>,
    heading: &str,
    rows: impl Iterator<Item = [String; 3]>,
) -> fmt::Result {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{heading}")?;
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    for [one, two, three] in &rows {
        let line = format!("  {one:first$}  {two:second$}  {three}");
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}
