//! What a server declares that it can do: what it serves, no less and no more.

use serde_json::{Value, json};

use super::revision::Era;

/// Which kinds of items a server has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Offered {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
}

/// `ServerCapabilities` in the schema, as JSON.
pub(crate) fn capabilities(offered: Offered, era: Era) -> Value {
    let mut all = serde_json::Map::new();
    let changes = json!({ "listChanged": true });
    if offered.tools {
        all.insert("tools".to_owned(), changes.clone());
    }
    if offered.prompts {
        all.insert("prompts".to_owned(), changes);
    }
    if offered.resources {
        let resources = json!({ "listChanged": true, "subscribe": true });
        all.insert("resources".to_owned(), resources);
    }
    if era == Era::Legacy {
        all.insert("logging".to_owned(), json!({}));
    }
    Value::Object(all)
}
