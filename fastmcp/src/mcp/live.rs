//! A call that borrows a `Context`: it can tell how it goes, ask, and be told of its end.
//!
//! Any kind of call runs through here, be it of a tool, a prompt or a resource: whoever has cleared
//! it says what it is called and hands over the future.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use super::answer::{self, RpcError};
use super::ask::{Attempt, InputRequired, Wire};
use super::edge::Edge;
use super::exchange::{Caller, Reply, unless_cancelled};
use super::frame::{is_id, text};
use super::params::{Meta, Params};
use super::revision::Era;
use super::rights::stopped;
use super::session::{Session, UnderWay};
use super::stream::{CAPACITY, Ended};
use crate::item::{AskError, Asker, Cancellation, Capabilities, Context, LogLevel, NoticeSink};

/// A call that may speak to its client.
pub(crate) struct Live<'a> {
    /// `tools/call`, `prompts/get` or `resources/read`: what may ask (2026-07-28 patterns/mrtr).
    pub(crate) method: &'static str,
    /// The name or the address that it is for.
    pub(crate) target: &'a str,
    /// Its arguments as JSON.
    pub(crate) arguments: Option<&'a str>,
    /// After this long it is given up; whoever runs it sees to that.
    pub(crate) timeout: Option<Duration>,
    /// What it runs in.
    pub(crate) span: Span,
}

impl Edge {
    /// Runs `call`, which gives the bytes of its whole answer.
    pub(crate) async fn live<F>(
        self: &Arc<Self>,
        live: Live<'_>,
        caller: &Caller,
        era: Era,
        (id, params): (&str, &Params<'_>),
        under_way: Option<UnderWay>,
        call: impl FnOnce(Context) -> F,
    ) -> Reply
    where
        F: Future<Output = Result<Vec<u8>, RpcError>> + Send + 'static,
    {
        let meta = &params.meta;
        let log_level = match log_level(caller, era, meta) {
            Ok(level) => level,
            Err(error) => return error.into(),
        };
        let token = meta.progress_token.filter(|token| is_id(token));
        let session = caller.session.as_ref().filter(|_| era == Era::Legacy);
        let speaks = token.is_some() || log_level.is_some() || session.is_some();
        let channel = (speaks && caller.takes_events).then(|| NoticeSink::channel(CAPACITY));
        let (sink, notices) = channel.unzip();
        let attempt = match era {
            Era::Legacy => None,
            Era::Modern => match self.attempt(&live, caller, params).await {
                Ok(attempt) => Some(attempt),
                Err(error) => return error.into(),
            },
        };
        let asker: Option<Arc<dyn Asker>> = match &attempt {
            Some(attempt) => Some(attempt.asker()),
            None => session
                .zip(sink.clone())
                .map(|(session, sink)| Arc::new(self.wire(session, sink)) as _),
        };
        let (guard, cancellation) = Cancellation::new();
        let mut context = Context::new(sink)
            .with_request_id(id)
            .with_session(caller.user.clone())
            .with_control(self.dispatcher.control().clone())
            .with_asker(asker)
            .with_log_level(log_level)
            .with_deadline(live.timeout.map(|limit| Instant::now() + limit))
            .with_cancellation(cancellation);
        if token.is_none() {
            context = context.without_progress();
        }
        // Boxed once, for all that pass it on.
        let call = Box::pin(call(context));
        let (edge, id) = (Arc::clone(self), id.to_owned());
        let mut over = self.over.subscribe();
        let running = async move {
            let run = pin!(async {
                match attempt {
                    None => call.await,
                    Some(attempt) => edge.asked(attempt, &id, call).await,
                }
            });
            let run = pin!(async {
                tokio::select! {
                    result = run => result,
                    () = stopped(&mut over) => Err(RpcError::unavailable("the server stops")),
                }
            });
            let result = unless_cancelled(under_way, run).await?;
            guard.finished();
            Some(Ended::of(result, era, &id))
        };
        let running = running.instrument(live.span);
        Reply::Running {
            running: Box::pin(running),
            notices,
            token: token.map(|token| token.get().to_owned()),
            session: session.cloned(),
        }
    }

    /// The round that a call of 2026-07-28 begins.
    pub(crate) async fn attempt(
        &self,
        live: &Live<'_>,
        caller: &Caller,
        params: &Params<'_>,
    ) -> Result<Attempt, RpcError> {
        let capabilities = declared(params);
        let origin = self.rounds.origin(
            caller.user.as_ref(),
            live.method,
            live.target,
            live.arguments,
        );
        let brought = (params.request_state, params.input_responses);
        let parts = self.dispatcher.parts();
        self.rounds
            .begin(parts, origin, capabilities, brought)
            .await
    }

    fn wire(&self, session: &Session, sink: NoticeSink) -> Wire {
        Wire {
            capabilities: session.capabilities(),
            questions: Arc::clone(session.questions()),
            sink,
            random: self.dispatcher.parts().random.clone(),
        }
    }

    /// `InputRequiredResult` in the schema.
    pub(crate) fn input_required(&self, asks: &InputRequired) -> Vec<u8> {
        let InputRequired { requests, state } = asks;
        let (requests, info) = (json!(requests), &self.server_info);
        format!(
            r#"{{"resultType":"input_required","inputRequests":{requests},"requestState":"{state}","_meta":{{"io.modelcontextprotocol/serverInfo":{info}}}}}"#
        )
        .into_bytes()
    }

    /// What a round comes to: the call's own answer, or its questions.
    async fn asked(
        &self,
        attempt: Attempt,
        id: &str,
        call: impl Future<Output = Result<Vec<u8>, RpcError>>,
    ) -> Result<Vec<u8>, RpcError> {
        match attempt.run(call).await? {
            Ok(answered) => answered,
            Err(asks) => Ok(answer::success(id, &self.input_required(&asks))),
        }
    }
}

/// What the client of a request declared with it.
pub(crate) fn declared(params: &Params<'_>) -> Capabilities {
    let declared = params.meta.client_capabilities.map(RawValue::get);
    let declared = declared.and_then(|text| serde_json::from_str(text).ok());
    Capabilities::of(&declared.unwrap_or(Value::Null))
}

impl Ended {
    pub(super) fn of(result: Result<Vec<u8>, RpcError>, era: Era, id: &str) -> Self {
        match result {
            Ok(bytes) => Self {
                status: http::StatusCode::OK,
                bytes,
            },
            Err(error) => Self {
                status: error.status(era),
                bytes: error.to_bytes(Some(id)),
            },
        }
    }
}

/// Hands the client's answer to the question of this id; tells whether there is one.
pub(crate) fn answered(session: &Session, id: &str, outcome: Result<&RawValue, &RawValue>) -> bool {
    #[derive(Deserialize)]
    struct Refused {
        #[serde(default)]
        code: i64,
        #[serde(default)]
        message: String,
    }
    let Ok(id) = serde_json::from_str::<String>(id) else {
        return false;
    };
    let unread = |error: serde_json::Error| AskError::Unfit(error.to_string());
    let returned = match outcome {
        Ok(result) => serde_json::from_str(result.get()).map_err(unread),
        Err(error) => Err(serde_json::from_str(error.get()).map_or_else(
            unread,
            |Refused { code, message }| AskError::Refused { code, message },
        )),
    };
    session.questions().answer(&id, returned)
}

/// Which messages the client wants in its log.
fn log_level(caller: &Caller, era: Era, meta: &Meta<'_>) -> Result<Option<LogLevel>, RpcError> {
    match (era, meta.log_level) {
        (Era::Legacy, _) => {
            let session = caller.session.as_ref();
            Ok(Some(session.map_or(LogLevel::Info, |it| it.log_level())))
        }
        (Era::Modern, None) => Ok(None),
        (Era::Modern, Some(raw)) => {
            let level = text(raw).and_then(|name| LogLevel::from_name(&name));
            let unknown = "io.modelcontextprotocol/logLevel is none of the log levels";
            level
                .map(Some)
                .ok_or_else(|| RpcError::invalid_params(unknown))
        }
    }
}
