//! `tools/list`: what the caller may call, in a fixed order.
//!
//! Each tool is described once, at start. A list is filtered by the same verdict that a call
//! would get, and its bytes are made once for each set of visible tools (a bounded cache), since
//! most callers of a server see one of a few sets.

use std::sync::Arc;

use bytes::Bytes;
use moka::sync::Cache;
use serde::Serialize;

use super::dispatch::Dispatcher;
use super::revision::Era;
use crate::auth::{AuthSession, Rule, Verdict};
use crate::item::{Annotations, Schema, ToolEntry};

/// How many different sets of visible tools are kept.
const SETS: u64 = 256;

/// How long a client may keep a list that everyone gets, and one of its own, while it does not
/// hear that the list changed. Tools change seldom; rights may change at any time.
const PUBLIC_TTL_MS: u32 = 300_000;
const PRIVATE_TTL_MS: u32 = 60_000;

/// The described tools and the lists made of them.
#[derive(Debug)]
pub(crate) struct Lists {
    tools: Vec<String>,
    hints: String,
    made: Cache<(Era, Visible), Bytes>,
}

/// One bit a tool, in the registry's order.
type Visible = Arc<[u64]>;

impl Lists {
    /// Describes the tools. `server_info` is JSON; `auth` says whether callers are told apart and
    /// `anonymous` whether anyone may list.
    pub(crate) fn new(
        dispatcher: &Dispatcher,
        server_info: &str,
        auth: bool,
        anonymous: bool,
    ) -> Self {
        let everyone = dispatcher
            .tools()
            .iter()
            .all(|entry| matches!(dispatcher.rule(entry), Rule::Public));
        let (scope, ttl) = if auth && !(anonymous && everyone) {
            ("private", PRIVATE_TTL_MS)
        } else {
            ("public", PUBLIC_TTL_MS)
        };
        Self {
            tools: dispatcher
                .tools()
                .iter()
                .map(|entry| describe(entry))
                .collect(),
            hints: format!(
                r#","resultType":"complete","ttlMs":{ttl},"cacheScope":"{scope}","_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}"#
            ),
            made: Cache::new(SETS),
        }
    }

    /// The result of `tools/list` for `session`, as JSON.
    pub(crate) async fn result(
        &self,
        dispatcher: &Dispatcher,
        session: Option<&AuthSession>,
        era: Era,
    ) -> Bytes {
        let visible = visible(dispatcher, session).await;
        let key = (era, visible);
        if let Some(bytes) = self.made.get(&key) {
            return bytes;
        }
        let bytes = self.make(&key.1, era);
        self.made.insert(key, bytes.clone());
        bytes
    }

    fn make(&self, visible: &[u64], era: Era) -> Bytes {
        let shown: Vec<&str> = self
            .tools
            .iter()
            .enumerate()
            .filter(|(index, _)| visible[index / 64] & (1 << (index % 64)) != 0)
            .map(|(_, tool)| tool.as_str())
            .collect();
        let hints = match era {
            Era::Legacy => "",
            Era::Modern => &self.hints,
        };
        Bytes::from(format!(r#"{{"tools":[{}]{hints}}}"#, shown.join(",")))
    }
}

async fn visible(dispatcher: &Dispatcher, session: Option<&AuthSession>) -> Visible {
    let tools = dispatcher.tools();
    let mut bits = vec![0_u64; tools.len().div_ceil(64)];
    for (index, entry) in tools.iter().enumerate() {
        let is_on = dispatcher.control().is_tool_enabled(entry.name);
        if is_on && dispatcher.judge(entry, session).await == Verdict::Allowed {
            bits[index / 64] |= 1 << (index % 64);
        }
    }
    bits.into()
}

/// `Tool` in the MCP schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    description: &'a str,
    input_schema: Schema,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon<'a>>,
}

#[derive(Serialize)]
struct Icon<'a> {
    src: &'a str,
}

fn describe(entry: &ToolEntry) -> String {
    let hints = entry.annotations;
    let any_hint = [
        hints.read_only,
        hints.destructive,
        hints.idempotent,
        hints.open_world,
    ]
    .iter()
    .any(Option::is_some);
    let mut input_schema = (entry.input_schema)();
    // The schema of MCP wants an object here, whatever a generator left out.
    input_schema
        .entry("type")
        .or_insert_with(|| "object".into());
    let tool = Tool {
        name: entry.name,
        title: entry.title,
        description: entry.description,
        input_schema,
        output_schema: (entry.output_schema)(),
        annotations: any_hint.then_some(hints),
        icons: entry.icons.iter().map(|src| Icon { src }).collect(),
    };
    serde_json::to_string(&tool).unwrap_or_default()
}
