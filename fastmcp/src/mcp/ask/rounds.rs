//! From a request to its round and from a round to the next request.

use std::fmt;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::once::Local;
use super::state::{LIFE, State};
use super::{Asks, Once, Origin, Ran, Round, Unreachable};
use crate::auth::AuthSession;
use crate::item::{Asker, Capabilities};
use crate::keys::Keys;
use crate::mcp::answer::RpcError;
use crate::parts::Parts;

/// What multi-round calls need: the keys that seal their state, and a memory of those that are
/// over. Nodes that share both serve the rounds of one call in any order of nodes.
#[derive(Clone)]
pub struct Rounds {
    keys: Keys,
    once: Arc<dyn Once>,
    server: Arc<str>,
}

impl Rounds {
    /// With these keys and this memory.
    pub fn new(keys: Keys, once: Arc<dyn Once>) -> Self {
        let server = Arc::from("");
        Self { keys, once, server }
    }

    /// The same for this server: others may have the same keys and memory, and their states are
    /// none of its own.
    pub(crate) fn of_server(self, server: &str) -> Self {
        let server = Arc::from(server);
        Self { server, ..self }
    }

    /// A request of `method` for `target` (a name or an address) with these arguments (JSON).
    pub(crate) fn origin(
        &self,
        user: Option<&AuthSession>,
        method: &str,
        target: &str,
        arguments: Option<&str>,
    ) -> Origin {
        Origin::new(&self.server, user, method, target, arguments)
    }

    /// With these keys, and a memory that ends with the process.
    pub fn remembered_here(keys: Keys, parts: &Parts) -> Self {
        Self::new(keys, Arc::new(Local::new(parts.clock.clone())))
    }

    /// With keys and a memory that end with the process.
    pub fn of_process(parts: &Parts) -> Self {
        Self::remembered_here(Keys::ephemeral(&parts.random), parts)
    }

    /// What a request brings from the round before, checked; a conversation that goes on is
    /// *running* from here.
    pub(crate) async fn begin(
        &self,
        parts: &Parts,
        origin: Origin,
        capabilities: Capabilities,
        (state, responses): (Option<&RawValue>, Option<&RawValue>),
    ) -> Result<Attempt, RpcError> {
        let given = given(responses)?;
        let state = match state.map(RawValue::get) {
            None | Some("null") => None,
            Some(text) => {
                let text: Option<String> = serde_json::from_str(text).ok();
                let now = parts.clock.now();
                let opened = text.and_then(|text| State::open(&text, &origin, &self.keys, now));
                Some(opened.ok_or_else(|| {
                    RpcError::invalid_params(
                        "`requestState` is not good for this request, or has expired; make the call anew without it",
                    )
                })?)
            }
        };
        let id = state.as_ref().map(|state| state.id);
        let attempt = Attempt {
            round: Arc::new(Round::new(capabilities, state, given)),
            rounds: self.clone(),
            parts: parts.clone(),
            origin,
            entered: None,
        };
        match id {
            None => Ok(attempt),
            Some(id) => to_the_end(attempt.enter(id)).await,
        }
    }
}

impl fmt::Debug for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rounds")
    }
}

/// Does one step at the memory, whether or not its caller waits for it: half a step would leave a
/// record that belongs to nobody, and a second one to mend it might take away another request's.
async fn to_the_end<T: Send + 'static>(
    step: impl Future<Output = Result<T, RpcError>> + Send + 'static,
) -> Result<T, RpcError> {
    let done = tokio::spawn(step).await;
    done.unwrap_or_else(|_| Err(RpcError::unavailable(Unreachable.to_string())))
}

/// `inputResponses`, whose values are judged by the questions.
fn given(responses: Option<&RawValue>) -> Result<Map<String, Value>, RpcError> {
    match responses.map(RawValue::get) {
        None | Some("null") => Ok(Map::new()),
        Some(text) => serde_json::from_str(text)
            .map_err(|_| RpcError::invalid_params("`inputResponses` must be an object")),
    }
}

/// A round that has begun. Dropped before it has run, it opens the conversation again, unless an
/// answer was used: what the tool did with it nobody knows.
pub(crate) struct Attempt {
    round: Arc<Round>,
    rounds: Rounds,
    parts: Parts,
    origin: Origin,
    entered: Option<[u8; 32]>,
}

/// What a client is sent to ask it.
#[derive(Debug)]
pub(crate) struct InputRequired {
    /// `InputRequests` in the schema.
    pub(crate) requests: Map<String, Value>,
    /// `requestState`.
    pub(crate) state: String,
}

impl Attempt {
    /// The same, *running*. One that nobody waits for any more opens its conversation again.
    async fn enter(mut self, id: [u8; 32]) -> Result<Self, RpcError> {
        // Twice the life of a state: one that is made at the end of this round expires sooner.
        let until = self.parts.clock.now() + 2 * LIFE;
        match self.rounds.once.enter(id, until).await {
            Ok(true) => {
                self.entered = Some(id);
                Ok(self)
            }
            Ok(false) => Err(RpcError::invalid_params(
                "`requestState` is in use or was used up by a call that completed; make the call anew without it",
            )),
            Err(error) => Err(RpcError::unavailable(error.to_string())),
        }
    }

    /// Through which the call asks.
    pub(crate) fn asker(&self) -> Arc<dyn Asker> {
        Arc::clone(&self.round) as _
    }

    /// Runs the call to its end or its questions.
    ///
    /// # Errors
    /// The answers so far do not fit into a state, or the memory is out of reach.
    pub(crate) async fn run<T>(
        mut self,
        call: impl Future<Output = T>,
    ) -> Result<Result<T, InputRequired>, RpcError> {
        let ran = self.round.run(call).await;
        self.ran(ran).await
    }

    /// The same, unless `left` comes first: then the call goes on elsewhere, and is over here with
    /// [`Attempt::spend`].
    pub(crate) async fn run_unless<T>(
        &mut self,
        call: impl Future<Output = T>,
        left: impl Future<Output = ()>,
    ) -> Result<Option<Result<T, InputRequired>>, RpcError> {
        let ran = tokio::select! {
            biased;
            ran = self.round.run(call) => ran,
            () = left => return Ok(None),
        };
        self.ran(ran).await.map(Some)
    }

    /// The conversation is over.
    pub(crate) fn spend(mut self) {
        self.entered = None;
    }

    async fn ran<T>(&mut self, ran: Ran<T>) -> Result<Result<T, InputRequired>, RpcError> {
        match ran {
            Ran::Done(done) => {
                // Spent.
                self.entered = None;
                Ok(Ok(done))
            }
            Ran::Asks(asks) => self.ask(asks).await.map(Err),
        }
    }

    async fn ask(&mut self, asks: Asks) -> Result<InputRequired, RpcError> {
        let id = match self.entered.take() {
            Some(id) => {
                let once = Arc::clone(&self.rounds.once);
                // Without its answer nobody knows whether the conversation is open: going on under
                // another name might make two of one.
                to_the_end(async move {
                    let left = once.leave(id).await;
                    left.map_err(|error| RpcError::unavailable(error.to_string()))
                })
                .await?;
                id
            }
            None => self.origin.new_id(&self.parts.random),
        };
        let state = State {
            id,
            until: self.parts.clock.now() + LIFE,
            answered: asks.answered,
            open: asks.open,
        };
        let sealed = state.seal(&self.origin, &self.rounds.keys, &self.parts.random);
        let state = sealed.ok_or_else(|| {
            RpcError::invalid_params("the answers of this call are too large together")
        })?;
        Ok(InputRequired {
            requests: asks.requests,
            state,
        })
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.round.close();
        let Some(id) = self.entered.take().filter(|_| !self.round.used_given()) else {
            return;
        };
        let once = Arc::clone(&self.rounds.once);
        // Without a runtime the process is ending; the record expires by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = once.leave(id).await {
                    tracing::debug!(%error, "a call that was cut off stays shut until its state expires");
                }
            });
        }
    }
}
