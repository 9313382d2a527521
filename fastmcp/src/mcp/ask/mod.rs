//! A call asks its client.
//!
//! **Handshake era** (`wire`): a request on the stream of the call, and the client's answer as a
//! POST to its session. Ids are unguessable, answered once, and known to the session alone; a call
//! that ends takes its questions back.
//!
//! **2026-07-28** (basic/patterns/mrtr): the call ends with its open questions and a sealed
//! `requestState`, and the client makes it again with the answers. Nothing is kept here between the
//! rounds, so any node with the same keys goes on. A *conversation* is a call with its rounds:
//!
//! ```text
//!            ask                     state + answers, first to come
//! (no id) ────────► open, id in state ───────────────────────────► running
//!                     ▲                                           │ │ │
//!                     │ asks again, or was cut off                │ │ │ cut off after an answer
//!                     │ before it used an answer                  │ │ │ was used, or node died
//!                     └───────────────────────────────────────────┘ │ ▼
//!                                                         completed └► spent
//! ```
//!
//! - *Running* and *spent* are one record under the conversation's id ([`Once`]): made if absent,
//!   taken away on the way back to *open*, and otherwise there until every state of the
//!   conversation has expired. So of several requests with states of one conversation one runs at a
//!   time, and none after one has completed: a tool never gets behind its last question twice. Any
//!   other is told -32602.
//! - A step at the record is done to its end, even if the request that takes it is cut off. If the
//!   memory does not answer the client is told 503 and nothing goes on: whether the record is there
//!   nobody knows.
//! - An answer of the server that was lost between rounds costs nothing: the same state and answers
//!   lead to the same questions again. If the lost answer was the last one the conversation is spent
//!   and the client must make the call anew, as after any call whose answer was lost.
//! - A state is sealed (AES-256-GCM) for its server, caller, method, name and arguments, and expires. It
//!   holds the answers so far and digests of the questions that are open. An answer counts only for
//!   the question that was asked under its key, word for word, and only if it fits; any other
//!   question is asked (again).
//! - Answers without a state are those of a first round, from a client that knows the keys of the
//!   questions: they count as if they had been asked for, and the call is like any new one.

mod digest;
mod once;
mod round;
mod rounds;
mod state;
mod table;
mod wire;

pub use self::once::{Once, Unreachable};
use self::round::{Asks, Ran, Round};
pub use self::rounds::Rounds;
pub(crate) use self::rounds::{Attempt, InputRequired};
pub(crate) use self::state::Origin;
pub(crate) use self::table::Questions;
pub(crate) use self::wire::{PATIENCE, Wire};
