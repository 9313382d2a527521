//! A question that has not been asked yet, and then is a future.

use std::fmt;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Ask, AskError, Capability};
use crate::item::Context;

/// A question to the client. It is put when it is first polled; several that are awaited together
/// (`tokio::join!`) are put together.
#[must_use = "a question is asked when it is awaited"]
pub struct Question<'a, T>(State<'a, T>);

enum State<'a, T> {
    Unasked(Option<Parts<'a, T>>),
    Asked(BoxFuture<'a, Result<T, AskError>>),
}

struct Parts<'a, T> {
    context: &'a Context,
    needs: Capability,
    key: Option<String>,
    method: &'static str,
    params: Result<Value, AskError>,
    read: Box<Read<'a, T>>,
}

/// Makes an answer of a result, or says what is wrong with it.
type Read<'a, T> = dyn Fn(&Value) -> Result<T, String> + Send + Sync + 'a;

impl<'a, T: 'a> Question<'a, T> {
    pub(super) fn new(
        context: &'a Context,
        needs: Capability,
        method: &'static str,
        params: Result<Value, AskError>,
        read: impl Fn(&Value) -> Result<T, String> + Send + Sync + 'a,
    ) -> Self {
        Self(State::Unasked(Some(Parts {
            context,
            needs,
            key: None,
            method,
            params,
            read: Box::new(read),
        })))
    }

    /// Names the question in the request that carries it (`inputRequests` since 2026-07-28; earlier
    /// revisions have no name for it). Without this the name is made of its words. No two questions
    /// of one call may have the same.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        if let State::Unasked(Some(parts)) = &mut self.0 {
            parts.key = Some(key.into());
        }
        self
    }
}

impl<T> Parts<'_, T> {
    async fn ask(self) -> Result<T, AskError> {
        let params = self.params?;
        let asker = self.context.asker().ok_or(AskError::NoWay)?;
        if !asker.capabilities().has(self.needs) {
            return Err(AskError::NotSupported(self.needs));
        }
        let ask = self.context.masked_ask(Ask {
            key: self.key,
            method: self.method,
            params,
        });
        let fits = |value: &Value| (self.read)(value).map(drop);
        let value = asker.ask(ask, &fits).await?;
        (self.read)(&value).map_err(AskError::Unfit)
    }
}

impl<'a, T: 'a> Future for Question<'a, T> {
    type Output = Result<T, AskError>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        if let State::Unasked(parts) = &mut self.0 {
            let Some(parts) = parts.take() else {
                return Poll::Pending;
            };
            self.0 = State::Asked(Box::pin(parts.ask()));
        }
        match &mut self.0 {
            State::Asked(asked) => asked.as_mut().poll(task),
            State::Unasked(_) => Poll::Pending,
        }
    }
}

impl<T> fmt::Debug for Question<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question")
    }
}
