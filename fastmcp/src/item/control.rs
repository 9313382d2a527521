//! What may change while a server runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use super::hub::{About, Hub, List, News};
use super::switches::Switches;
use super::{Entry, Prefix};

/// Turns items of a running server on and off, and tells its clients what changed.
///
/// From [`Server::control`](crate::server::Server::control), or in a tool from
/// [`Context::control`](super::Context::control). Clones are the same control.
///
/// Clients hear of it where they asked to: on `subscriptions/listen` (2026-07-28,
/// basic/patterns/subscriptions), and before that on the standing stream of their session. What is
/// announced again before a slow client took it reaches it once.
///
/// Everything here concerns this process. Servers that run on several nodes pass announcements on
/// with [`Control::on_change`] and [`Control::deliver`]; what is turned off is so on one node only.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Write a note.
/// #[tool]
/// async fn write(cx: &Context, text: String) -> String {
///     cx.control().resource_updated("notes://latest");
///     text
/// }
///
/// /// Take no more notes.
/// #[tool]
/// fn close(cx: &Context) -> Result<()> {
///     cx.control().disable_tool("write")?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Default)]
pub struct Control {
    inner: Arc<Inner>,
    /// Of a function that is mounted: where names are looked for first.
    prefix: Option<Prefix>,
}

#[derive(Default)]
struct Inner {
    tools: Switches,
    prompts: Switches,
    resources: Switches,
    hub: Arc<Hub>,
    hooks: RwLock<Vec<Arc<Hook>>>,
}

type Hook = dyn Fn(&Change) + Send + Sync;

/// One announcement, as another node can be told of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// `notifications/tools/list_changed`.
    Tools,
    /// `notifications/prompts/list_changed`.
    Prompts,
    /// `notifications/resources/list_changed`.
    Resources,
    /// `notifications/resources/updated`.
    Resource {
        /// Which one.
        uri: String,
    },
}

/// There is no item of this name to turn on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchItem {
    kind: &'static str,
    name: String,
}

impl fmt::Display for NoSuchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this server has no {} `{}`", self.kind, self.name)
    }
}

impl std::error::Error for NoSuchItem {}

impl Control {
    /// A control over items of these names, all on. Resources go by their URI, and templates by
    /// theirs as it was declared, braces and all.
    pub fn new(
        tools: Vec<&'static str>,
        prompts: Vec<&'static str>,
        resources: Vec<&'static str>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                tools: Switches::new(tools),
                prompts: Switches::new(prompts),
                resources: Switches::new(resources),
                ..Inner::default()
            }),
            prefix: None,
        }
    }

    /// The same control, in the hands of a function that is mounted.
    pub(super) fn inside(&self, prefix: &Prefix) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            prefix: Some(prefix.clone()),
        }
    }

    /// Takes a tool away: at once it is listed to nobody, a call of it is answered like one of a
    /// tool that does not exist, and those who could see it hear that the list changed. Calls
    /// under way go on.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn disable_tool(&self, name: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Tools, name, false)
    }

    /// Gives a tool back.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn enable_tool(&self, name: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Tools, name, true)
    }

    /// Takes a prompt away, as [`Control::disable_tool`] does a tool.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn disable_prompt(&self, name: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Prompts, name, false)
    }

    /// Gives a prompt back.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn enable_prompt(&self, name: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Prompts, name, true)
    }

    /// Takes a resource or a template away, as [`Control::disable_tool`] does a tool. It goes by
    /// the URI that it was declared with: `docs://style`, `notes://{owner}/{id}`.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn disable_resource(&self, uri: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Resources, uri, false)
    }

    /// Gives a resource or a template back.
    ///
    /// # Errors
    /// [`NoSuchItem`].
    pub fn enable_resource(&self, uri: &str) -> Result<(), NoSuchItem> {
        self.turn(List::Resources, uri, true)
    }

    /// Whether the tool of this name is not turned off.
    pub fn is_tool_enabled(&self, name: &str) -> bool {
        self.is_enabled(List::Tools, name)
    }

    /// Whether the prompt of this name is not turned off.
    pub fn is_prompt_enabled(&self, name: &str) -> bool {
        self.is_enabled(List::Prompts, name)
    }

    /// Whether the resource or template that was declared with this URI is not turned off.
    pub fn is_resource_enabled(&self, uri: &str) -> bool {
        self.is_enabled(List::Resources, uri)
    }

    /// Announces that the list of tools changed, for some: by a role that was given or taken, say.
    pub fn tools_changed(&self) {
        self.announce(&Change::Tools);
    }

    /// Announces that the list of prompts changed.
    pub fn prompts_changed(&self) {
        self.announce(&Change::Prompts);
    }

    /// Announces that the list of resources changed.
    pub fn resources_changed(&self) {
        self.announce(&Change::Resources);
    }

    /// Announces that the content of a resource changed, to those who subscribed to this very URI
    /// and may still read it.
    pub fn resource_updated(&self, uri: impl Into<String>) {
        let uri = uri.into();
        // Whether it is one of the mount or not: nobody can have subscribed to what is neither.
        if let Some(prefix) = &self.prefix {
            let uri = prefix.outside(&uri);
            self.announce(&Change::Resource { uri });
        }
        self.announce(&Change::Resource { uri });
    }

    /// Calls `hook` with everything that is announced on this node, to pass it on to others.
    pub fn on_change(&self, hook: impl Fn(&Change) + Send + Sync + 'static) {
        let mut hooks = self
            .inner
            .hooks
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        hooks.push(Arc::new(hook));
    }

    /// Tells the clients of this node, and nobody else, what was announced on another one.
    pub fn deliver(&self, change: &Change) {
        self.inner.hub.announce(&News::from(change));
    }

    /// Whether an entry is not turned off.
    pub(crate) fn is_on<E: Entry>(&self, entry: &E) -> bool {
        let switches = match E::KIND {
            "tool" => &self.inner.tools,
            "prompt" => &self.inner.prompts,
            _ => &self.inner.resources,
        };
        switches.is_on(entry.id())
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.inner.hub
    }

    fn announce(&self, change: &Change) {
        self.deliver(change);
        self.call_hooks(change);
    }

    fn call_hooks(&self, change: &Change) {
        // Not under the lock: a hook may set another one.
        let hooks = self
            .inner
            .hooks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for hook in hooks {
            hook(change);
        }
    }

    fn switches(&self, list: List) -> &Switches {
        match list {
            List::Tools => &self.inner.tools,
            List::Prompts => &self.inner.prompts,
            List::Resources => &self.inner.resources,
        }
    }

    /// The name as those outside of a mount know it, if there is such an item in it.
    fn outside(&self, list: List, name: &str) -> Option<String> {
        let prefix = self.prefix.as_ref()?;
        let outside = match list {
            List::Tools | List::Prompts => prefix.outside_name(name),
            List::Resources => prefix.outside(name),
        };
        self.switches(list).has(&outside).then_some(outside)
    }

    fn is_enabled(&self, list: List, name: &str) -> bool {
        let outside = self.outside(list, name);
        self.switches(list)
            .is_on(outside.as_deref().unwrap_or(name))
    }

    fn turn(&self, list: List, name: &str, on: bool) -> Result<(), NoSuchItem> {
        let (kind, change) = match list {
            List::Tools => ("tool", Change::Tools),
            List::Prompts => ("prompt", Change::Prompts),
            List::Resources => ("resource", Change::Resources),
        };
        let outside = self.outside(list, name);
        let named = outside.as_deref().unwrap_or(name);
        match self.switches(list).turn(named, on) {
            None => Err(NoSuchItem {
                kind,
                name: name.to_owned(),
            }),
            Some((_, false)) => Ok(()),
            Some((name, true)) => {
                let about = About::Items([name].into());
                self.inner.hub.announce(&News::List(list, about));
                self.call_hooks(&change);
                Ok(())
            }
        }
    }
}

impl From<&Change> for News {
    fn from(change: &Change) -> Self {
        match change {
            Change::Tools => Self::List(List::Tools, About::Everything),
            Change::Prompts => Self::List(List::Prompts, About::Everything),
            Change::Resources => Self::List(List::Resources, About::Everything),
            Change::Resource { uri } => Self::Updated(uri.as_str().into()),
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Control")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn an_item_goes_and_comes_back_and_both_are_announced_once() {
        let control = Control::new(vec!["a", "b"], vec!["p"], vec!["r://{x}"]);
        let told = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&told);
        control.on_change(move |change| log.lock().unwrap().push(change.clone()));
        let listener = control.hub().listen(vec![List::Tools, List::Resources]);
        for _ in 0..2 {
            control.disable_tool("a").unwrap();
        }
        assert!(!control.is_tool_enabled("a") && control.is_tool_enabled("b"));
        control.enable_tool("a").unwrap();
        assert!(control.is_tool_enabled("a"));
        control.disable_resource("r://{x}").unwrap();
        assert!(!control.is_resource_enabled("r://{x}"));
        control.deliver(&Change::Tools);
        let expected = [Change::Tools, Change::Tools, Change::Resources];
        assert_eq!(*told.lock().unwrap(), expected);
        let first = listener.next().now_or_never().unwrap();
        assert_eq!(*first.news(), News::List(List::Tools, About::Everything));
    }

    #[test]
    fn what_is_not_there_cannot_be_turned_off() {
        let control = Control::new(vec!["a"], vec![], vec![]);
        let error = control.disable_tool("b").unwrap_err();
        assert_eq!(error.to_string(), "this server has no tool `b`");
        assert!(control.enable_prompt("a").is_err() && control.disable_resource("a").is_err());
    }
}
