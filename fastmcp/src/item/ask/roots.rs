//! The roots that a client works on.

use serde::Deserialize;
use serde_json::Value;

/// A place that the client works on (`Root` in the MCP schema).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Root {
    /// Its address, so far always a `file://` one.
    pub uri: String,
    /// Its name for people.
    #[serde(default)]
    pub name: Option<String>,
}

/// Reads a `ListRootsResult`.
pub(super) fn read(result: &Value) -> Result<Vec<Root>, String> {
    let roots = result.get("roots").ok_or("`roots` is missing")?;
    Vec::deserialize(roots).map_err(|error| format!("`roots`: {error}"))
}
