//! One round of a call: what is answered, what is asked, and the runner that ends it.
//!
//! A question that has no answer stays pending. When the call gives way, [`Round::run`] looks
//! whether there are such; if so it drops the call and answers with all of them, so questions that
//! are awaited together travel together.

use std::collections::{BTreeMap, HashSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use futures_util::future::BoxFuture;
use futures_util::task::AtomicWaker;
use serde_json::{Map, Value, json};

use super::digest::digest;
use super::state::{Answer, State};
use crate::item::{Ask, AskError, Asker, Capabilities, Fits};

/// Most questions of one call, so that a tool that asks in a loop comes to an end.
const QUESTIONS: usize = 64;

/// The answers and questions of one request.
pub(super) struct Round {
    capabilities: Capabilities,
    runner: AtomicWaker,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// From earlier rounds, and those of this one that fitted.
    answered: BTreeMap<String, Answer>,
    /// What this request brought, and what it may answer.
    given: Map<String, Value>,
    given_to: Option<BTreeMap<String, String>>,
    /// The keys of this run.
    keys: HashSet<String>,
    open: BTreeMap<String, Open>,
    used_given: bool,
    over: bool,
    waiting: Vec<Waker>,
}

/// A question without an answer.
struct Open {
    digest: String,
    request: Value,
}

/// The questions that ended a round.
#[derive(Debug)]
pub(super) struct Asks {
    /// `InputRequests` in the schema.
    pub(super) requests: Map<String, Value>,
    pub(super) open: BTreeMap<String, String>,
    pub(super) answered: BTreeMap<String, Answer>,
}

/// How a round ended.
pub(super) enum Ran<T> {
    /// The call came to its end.
    Done(T),
    /// It asks.
    Asks(Asks),
}

impl Round {
    /// Without a state nothing was asked yet, so an answer may be to any question under its key.
    pub(super) fn new(
        capabilities: Capabilities,
        state: Option<State>,
        given: Map<String, Value>,
    ) -> Self {
        let (answered, given_to) = match state {
            Some(state) => (state.answered, Some(state.open)),
            None => (BTreeMap::new(), None),
        };
        let inner = Inner {
            answered,
            given,
            given_to,
            ..Inner::default()
        };
        Self {
            capabilities,
            runner: AtomicWaker::new(),
            inner: Mutex::new(inner),
        }
    }

    /// Runs `call`, which asks through this round, to its end or its questions.
    pub(super) async fn run<T>(&self, call: impl Future<Output = T>) -> Ran<T> {
        let mut call = pin!(call);
        let ran = poll_fn(|task| {
            self.runner.register(task.waker());
            if let Poll::Ready(done) = call.as_mut().poll(task) {
                return Poll::Ready(Ran::Done(done));
            }
            match self.asks() {
                Some(asks) => Poll::Ready(Ran::Asks(asks)),
                None => Poll::Pending,
            }
        });
        let ran = ran.await;
        self.close();
        ran
    }

    /// Whether the call got an answer that it did not have in an earlier round.
    pub(super) fn used_given(&self) -> bool {
        self.lock().used_given
    }

    /// No more is asked. Tasks that a tool spawned and that wait for an answer learn of it.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.over = true;
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
    }

    fn asks(&self) -> Option<Asks> {
        let mut inner = self.lock();
        if inner.open.is_empty() {
            return None;
        }
        let open = std::mem::take(&mut inner.open);
        let digests = open
            .iter()
            .map(|(key, open)| (key.clone(), open.digest.clone()));
        Some(Asks {
            open: digests.collect(),
            answered: std::mem::take(&mut inner.answered),
            requests: open
                .into_iter()
                .map(|(key, open)| (key, open.request))
                .collect(),
        })
    }

    /// The answer to a question, if there is one that fits; otherwise the question is open.
    fn seat(&self, ask: Ask, fits: &Fits<'_>) -> Result<Option<Value>, AskError> {
        let digest = digest(ask.method, &ask.params);
        let mut inner = self.lock();
        if inner.over {
            return Err(AskError::Over);
        }
        if inner.keys.len() == QUESTIONS {
            return Err(AskError::TooMany(QUESTIONS));
        }
        let key = inner.key(ask.key, ask.method, &digest)?;
        if let Some(value) = inner.answer(&key, &digest, fits) {
            return Ok(Some(value));
        }
        let request = json!({ "method": ask.method, "params": ask.params });
        inner.open.insert(key, Open { digest, request });
        drop(inner);
        self.runner.wake();
        Ok(None)
    }

    async fn until_over(&self) {
        poll_fn(|task| {
            let mut inner = self.lock();
            if inner.over {
                return Poll::Ready(());
            }
            if !inner
                .waiting
                .iter()
                .any(|waker| waker.will_wake(task.waker()))
            {
                inner.waiting.push(task.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The key of a question. One that the tool did not name is named by its words, whatever order
    /// the questions come in; the same words again are numbered.
    fn key(
        &mut self,
        chosen: Option<String>,
        method: &str,
        digest: &str,
    ) -> Result<String, AskError> {
        let key = chosen.unwrap_or_else(|| {
            let word = method.split('/').next().unwrap_or(method);
            let name = format!("{word}-{}", &digest[..12]);
            let numbered = (2..).map(|number| format!("{name}-{number}"));
            let mut names = std::iter::once(name.clone()).chain(numbered);
            names.find(|name| !self.keys.contains(name)).unwrap_or(name)
        });
        if self.keys.insert(key.clone()) {
            Ok(key)
        } else {
            Err(AskError::SameKey(key))
        }
    }

    fn answer(&mut self, key: &str, digest: &str, fits: &Fits<'_>) -> Option<Value> {
        let earlier = self
            .answered
            .get(key)
            .filter(|answer| answer.digest == digest);
        if let Some(answer) = earlier.filter(|answer| fits(&answer.value).is_ok()) {
            return Some(answer.value.clone());
        }
        let asked = self.given_to.as_ref().map(|asked| asked.get(key));
        if asked.is_some_and(|asked| asked.is_none_or(|asked| asked != digest)) {
            return None;
        }
        let value = self
            .given
            .get(key)
            .filter(|value| fits(value).is_ok())?
            .clone();
        let answer = Answer {
            digest: digest.to_owned(),
            value: value.clone(),
        };
        self.answered.insert(key.to_owned(), answer);
        self.used_given = true;
        Some(value)
    }
}

impl Asker for Round {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
        Box::pin(async move {
            if let Some(value) = self.seat(ask, fits)? {
                return Ok(value);
            }
            self.until_over().await;
            Err(AskError::Over)
        })
    }
}
