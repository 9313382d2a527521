//! The lists: what the caller may use, in a fixed order.
//!
//! Each item is described once, at start. A list is filtered by the same verdict that a use would
//! get, and its bytes are made once for each set of visible items (a bounded cache), since most
//! callers of a server see one of a few sets.

use std::sync::Arc;

use bytes::Bytes;
use moka::sync::Cache;

use super::describe;
use super::dispatch::Dispatcher;
use super::revision::Era;
use crate::auth::{AuthSession, Rule, Verdict};
use crate::item::Entry;

/// How many different sets of visible items are kept, for each list.
const SETS: u64 = 256;

/// How long a client may keep a list that everyone gets, and one of its own, while it does not
/// hear that the list changed. Items change seldom; rights may change at any time.
const PUBLIC_TTL_MS: u32 = 300_000;
const PRIVATE_TTL_MS: u32 = 60_000;

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `tools/list`.
    Tools,
    /// `resources/list`.
    Resources,
    /// `resources/templates/list`.
    Templates,
    /// `prompts/list`.
    Prompts,
}

impl Kind {
    /// The list that the method asks for.
    pub(crate) fn of(method: &str) -> Option<Self> {
        match method {
            "tools/list" => Some(Self::Tools),
            "resources/list" => Some(Self::Resources),
            "resources/templates/list" => Some(Self::Templates),
            "prompts/list" => Some(Self::Prompts),
            _ => None,
        }
    }
}

/// The described items and the lists made of them.
#[derive(Debug)]
pub(crate) struct Lists {
    tools: List,
    resources: List,
    templates: List,
    prompts: List,
}

/// One list.
#[derive(Debug)]
struct List {
    key: &'static str,
    items: Vec<String>,
    hints: String,
    made: Cache<(Era, Visible), Bytes>,
}

/// One bit an item, in the registry's order.
type Visible = Arc<[u64]>;

/// How callers are told apart.
#[derive(Clone, Copy)]
struct Audience<'a> {
    server_info: &'a str,
    auth: bool,
    anonymous: bool,
}

impl Lists {
    /// Describes the items. `server_info` is JSON; `auth` says whether callers are told apart and
    /// `anonymous` whether anyone may list.
    pub(crate) fn new(
        dispatcher: &Dispatcher,
        server_info: &str,
        auth: bool,
        anonymous: bool,
    ) -> Self {
        let registry = dispatcher.registry();
        let whom = Audience {
            server_info,
            auth,
            anonymous,
        };
        let (resources, templates) = (registry.resources(), registry.templates());
        let tools = List::new("tools", registry.tools(), describe::tool, dispatcher, whom);
        let prompts = registry.prompts();
        Self {
            tools,
            resources: List::new("resources", resources, describe::resource, dispatcher, whom),
            templates: List::new(
                "resourceTemplates",
                templates,
                describe::resource,
                dispatcher,
                whom,
            ),
            prompts: List::new("prompts", prompts, describe::prompt, dispatcher, whom),
        }
    }

    /// The result of a list for `session`, as JSON.
    pub(crate) async fn result(
        &self,
        kind: Kind,
        dispatcher: &Dispatcher,
        session: Option<&AuthSession>,
        era: Era,
    ) -> Bytes {
        let registry = dispatcher.registry();
        let (list, visible) = match kind {
            Kind::Tools => (
                &self.tools,
                visible(dispatcher, registry.tools(), session).await,
            ),
            Kind::Resources => (
                &self.resources,
                visible(dispatcher, registry.resources(), session).await,
            ),
            Kind::Templates => (
                &self.templates,
                visible(dispatcher, registry.templates(), session).await,
            ),
            Kind::Prompts => (
                &self.prompts,
                visible(dispatcher, registry.prompts(), session).await,
            ),
        };
        list.result(visible, era)
    }
}

impl List {
    fn new<E: Entry>(
        key: &'static str,
        entries: &[&'static E],
        describe: fn(&E) -> String,
        dispatcher: &Dispatcher,
        whom: Audience<'_>,
    ) -> Self {
        let everyone = entries
            .iter()
            .all(|entry| matches!(dispatcher.rule(*entry), Rule::Public));
        let (scope, ttl) = if whom.auth && !(whom.anonymous && everyone) {
            ("private", PRIVATE_TTL_MS)
        } else {
            ("public", PUBLIC_TTL_MS)
        };
        let server_info = whom.server_info;
        Self {
            key,
            items: entries.iter().map(|entry| describe(entry)).collect(),
            hints: format!(
                r#","resultType":"complete","ttlMs":{ttl},"cacheScope":"{scope}","_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}"#
            ),
            made: Cache::new(SETS),
        }
    }

    fn result(&self, visible: Visible, era: Era) -> Bytes {
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
            .items
            .iter()
            .enumerate()
            .filter(|(index, _)| visible[index / 64] & (1 << (index % 64)) != 0)
            .map(|(_, item)| item.as_str())
            .collect();
        let hints = match era {
            Era::Legacy => "",
            Era::Modern => &self.hints,
        };
        let (key, shown) = (self.key, shown.join(","));
        Bytes::from(format!(r#"{{"{key}":[{shown}]{hints}}}"#))
    }
}

async fn visible<E: Entry>(
    dispatcher: &Dispatcher,
    entries: &[&'static E],
    session: Option<&AuthSession>,
) -> Visible {
    let mut bits = vec![0_u64; entries.len().div_ceil(64)];
    for (index, entry) in entries.iter().enumerate() {
        let is_on = dispatcher.control().is_on(*entry);
        if is_on && dispatcher.judge(*entry, session).await == Verdict::Allowed {
            bits[index / 64] |= 1 << (index % 64);
        }
    }
    bits.into()
}
