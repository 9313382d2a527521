//! What a task is, and how it may change (MCP extension `io.modelcontextprotocol/tasks`, SEP-2663).
//!
//! A task is a call that goes on after its answer: the client holds an id and asks how it stands.
//! It is one record, the same for every node; what is below is pure, and `ledger/task.rs` makes each
//! [`Step`] one compare-and-set.
//!
//! ```text
//!                      the call asks
//!             ┌─────────────────────────────┐
//!             │                             ▼
//! begun ──► working                   input_required
//!             ▲                             │
//!             └─────────────────────────────┘
//!                 every question answered
//!
//! from both:  the call's result, a failed tool's too ──► completed
//!             a JSON-RPC error, or its node is gone  ──► failed
//!             `tasks/cancel`, or its login ended     ──► cancelled
//! ```
//!
//! - A task is `input_required` while a question is open, and that is no state of its own: it cannot
//!   come apart from the questions.
//! - What is over stays as it is: no step changes it, whichever of two comes first.
//! - The node that runs a task holds it by a *lease*, and says so again before it ends. A task whose
//!   lease is over is `failed` for whoever looks ([`Step::Lapse`]), and the node that comes too late
//!   finds it over: so no task is `working` for ever, and none has two ends.
//! - A question has a key that no other of the task ever has. An answer counts once, for a question
//!   that is open; it waits in the record for the node that runs the task.
//! - A task is kept for an hour after its last step; it never expires while it runs.
//!
//! Who may see a task is not in the record: it lies under an id that is made of its owner too
//! (`mcp/tasks/place.rs`), so to anybody else it is one that never was.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::parts::UnixSeconds;

/// How long a task is kept after its last step.
const KEPT: UnixSeconds = 60 * 60;
/// How long the word of a node counts that it runs a task.
pub(crate) const LEASE: UnixSeconds = 60;

/// A task as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    tool: String,
    state: State,
    message: Option<String>,
    created_at: UnixSeconds,
    updated_at: UnixSeconds,
    expires_at: UnixSeconds,
    lease_until: UnixSeconds,
    revision: u64,
    open: BTreeMap<String, Value>,
    answers: BTreeMap<String, Value>,
}

/// How far a task is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum State {
    /// It runs, or waits for answers.
    Working,
    /// It ended with this result, as the call itself would have had it.
    Completed(Box<RawValue>),
    /// It ended with this JSON-RPC error.
    Failed(Value),
    /// It was stopped.
    Cancelled,
}

/// What happens to a task.
#[derive(Clone, Debug)]
pub enum Step {
    /// The node that runs it is there, and this has happened.
    Alive(Happened),
    /// The client answers.
    Answer(Map<String, Value>),
    /// The call ended.
    End(State),
    /// It is stopped; the text says why.
    Cancel(&'static str),
    /// Nobody runs it any more, if its lease is over.
    Lapse,
}

/// What has happened in a call since it was last told.
#[derive(Clone, Debug, Default)]
pub struct Happened {
    /// What it is doing.
    pub message: Option<String>,
    /// Questions, by their keys.
    pub asked: BTreeMap<String, Value>,
    /// Keys of questions that it has done with.
    pub settled: Vec<String>,
}

impl Happened {
    /// Whether there is nothing to tell.
    pub fn is_nothing(&self) -> bool {
        self.message.is_none() && self.asked.is_empty() && self.settled.is_empty()
    }
}

/// What a step did to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Nothing.
    Not,
    /// Something that its client cannot see.
    Within,
    /// Something that its client can see.
    Seen,
}

/// Where tasks are kept, shared by every node of a server.
pub trait Memory: Send + Sync + 'static {
    /// Keeps a new task under `id`, durable when it returns; tells whether there was none.
    fn begin<'a>(
        &'a self,
        id: &'a [u8; 32],
        task: &'a Task,
    ) -> BoxFuture<'a, Result<bool, Unreachable>>;

    /// The task under `id`, if it has not expired.
    fn find<'a>(&'a self, id: &'a [u8; 32]) -> BoxFuture<'a, Result<Option<Task>, Unreachable>>;

    /// Takes a step, one compare-and-set; gives the task as it is then, and what was moved.
    fn step<'a>(
        &'a self,
        id: &'a [u8; 32],
        step: &'a Step,
    ) -> BoxFuture<'a, Result<Option<(Task, Moved)>, Unreachable>>;
}

/// The memory is out of reach: nothing is known, try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tasks cannot be looked up at the moment; try again")
    }
}

impl std::error::Error for Unreachable {}

impl Task {
    /// A task of `tool` that begins now, and may run for `timeout` if that is known.
    pub fn new(tool: &str, timeout: Option<Duration>, now: UnixSeconds) -> Self {
        let runs = timeout.map_or(0, |timeout| timeout.as_secs());
        Self {
            tool: tool.to_owned(),
            state: State::Working,
            message: None,
            created_at: now,
            updated_at: now,
            expires_at: now.saturating_add(runs).saturating_add(KEPT),
            lease_until: now + LEASE,
            revision: 0,
            open: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    /// The tool that runs.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// How far it is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// `TaskStatus` in the schema.
    pub fn status(&self) -> &'static str {
        match &self.state {
            State::Working if self.open.is_empty() => "working",
            State::Working => "input_required",
            State::Completed(_) => "completed",
            State::Failed(_) => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// What it is doing, or why it ended.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// When it began.
    pub fn created_at(&self) -> UnixSeconds {
        self.created_at
    }

    /// When its client could last see a change.
    pub fn updated_at(&self) -> UnixSeconds {
        self.updated_at
    }

    /// From this second on it is gone.
    pub fn expires_at(&self) -> UnixSeconds {
        self.expires_at
    }

    /// Until when the node that runs it is taken at its word.
    pub fn lease_until(&self) -> UnixSeconds {
        self.lease_until
    }

    /// Another one after each change that its client can see.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The questions that wait for an answer, by their keys.
    pub fn open(&self) -> &BTreeMap<String, Value> {
        &self.open
    }

    /// Answers that the call has not taken yet.
    pub fn answers(&self) -> &BTreeMap<String, Value> {
        &self.answers
    }

    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, State::Working)
    }

    /// Whether nobody runs it any more.
    pub fn is_lapsed(&self, now: UnixSeconds) -> bool {
        !self.is_over() && self.lease_until <= now
    }

    /// Takes a step.
    pub fn step(&mut self, step: &Step, now: UnixSeconds) -> Moved {
        if self.is_over() {
            return Moved::Not;
        }
        let moved = match step {
            Step::Alive(happened) => self.alive(happened, now),
            Step::Answer(answers) => self.answer(answers),
            Step::End(state) => self.end(state.clone(), message_of(state), now),
            Step::Cancel(why) => self.end(State::Cancelled, Some((*why).to_owned()), now),
            Step::Lapse if self.is_lapsed(now) => {
                let error = json!({ "code": -32603, "message": GONE });
                self.end(State::Failed(error), Some(GONE.to_owned()), now)
            }
            Step::Lapse => Moved::Not,
        };
        if moved == Moved::Seen {
            self.updated_at = now;
            self.revision += 1;
        }
        moved
    }

    fn alive(&mut self, happened: &Happened, now: UnixSeconds) -> Moved {
        self.lease_until = now + LEASE;
        if self.expires_at < now + KEPT / 2 {
            self.expires_at = now + KEPT;
        }
        let before = (self.open.len(), self.message.clone());
        for key in &happened.settled {
            self.open.remove(key);
            self.answers.remove(key);
        }
        let asks = !happened.asked.is_empty();
        self.open.extend(happened.asked.clone());
        if let Some(message) = &happened.message {
            self.message = Some(message.clone());
        }
        if asks || before != (self.open.len(), self.message.clone()) {
            Moved::Seen
        } else {
            Moved::Within
        }
    }

    fn answer(&mut self, answers: &Map<String, Value>) -> Moved {
        let mut moved = Moved::Not;
        for (key, value) in answers {
            if self.open.remove(key).is_some() {
                self.answers.insert(key.clone(), value.clone());
                moved = Moved::Seen;
            }
        }
        moved
    }

    fn end(&mut self, state: State, message: Option<String>, now: UnixSeconds) -> Moved {
        self.state = state;
        self.message = message;
        self.open.clear();
        self.answers.clear();
        self.expires_at = self.expires_at.max(now + KEPT);
        Moved::Seen
    }
}

const GONE: &str = "the server that ran this task is gone";

/// What `statusMessage` says of an end.
fn message_of(state: &State) -> Option<String> {
    match state {
        State::Failed(error) => error["message"].as_str().map(str::to_owned),
        _ => None,
    }
}
