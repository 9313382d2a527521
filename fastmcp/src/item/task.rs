//! Tools whose calls become tasks (MCP extension `io.modelcontextprotocol/tasks`).

use futures_util::future::BoxFuture;

use super::Context;

/// When a call of a tool becomes a task, for a client that declared the extension with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSupport {
    /// At once; a client that did not declare it waits for the result.
    Optional,
    /// At once; a client that did not declare it is refused (-32021).
    Required,
    /// Where the tool calls [`Context::begin_task`]; before that it asks in the usual rounds.
    OnDemand,
}

/// How one call becomes a task.
pub trait TaskWay: Send + Sync {
    /// Whether it is one.
    fn is_task(&self) -> bool;

    /// Makes it one. Done when it is.
    fn begin(&self) -> BoxFuture<'_, ()>;
}

impl Context {
    /// In a tool with `task = "on_demand"`: from here on the call is a task. Its client gets a handle
    /// instead of waiting, and the tool goes on in the background. Tells whether it is one now: not
    /// where the client cannot hold tasks (it did not declare the extension, or speaks an earlier
    /// revision), and then the tool goes on as any other.
    ///
    /// What is asked before is asked in rounds, and with each round the tool runs again from its
    /// first line; what is asked after turns the task to `input_required`, and the tool waits.
    ///
    /// If there is no room for the task, or it cannot be stored, the call ends here with that error.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// What to copy.
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Which {
    ///     folder: String,
    /// }
    ///
    /// /// Copy a folder.
    /// #[tool(task = "on_demand")]
    /// async fn copy(cx: &Context) -> Result<String> {
    ///     let which: Which = cx.elicit("Which folder?").await?.required()?;
    ///     cx.begin_task().await; // the client need not wait for what follows
    ///     Ok(format!("{} is copied", which.folder))
    /// }
    /// ```
    pub async fn begin_task(&self) -> bool {
        match self.task_way() {
            Some(way) => {
                way.begin().await;
                true
            }
            None => false,
        }
    }

    /// Whether the call is a task by now.
    pub fn is_task(&self) -> bool {
        self.task_way().is_some_and(TaskWay::is_task)
    }
}
