//! A POST: its media types, its body, and the messages in it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::value::RawValue;

use super::answer::{self, Refused, RpcError};
use super::edge::Edge;
use super::engine::SESSION_ID;
use super::exchange::{Caller, Reply, check_modern, era};
use super::frame::{self, Frame, FrameError, Message, Params};
use super::media;
use super::modern::{VERSION, single};
use super::revision::{Era, MODERN, has_batches};
use super::stream;
use crate::auth::AuthSession;

/// A body must have arrived after this long.
const BODY_TIME: Duration = Duration::from_secs(30);
/// More than this is not set aside on the word of a header.
const RESERVE: usize = 16 * 1024;

impl Edge {
    /// Answers a POST of `user`.
    pub(crate) async fn post(
        self: &Arc<Self>,
        headers: &HeaderMap,
        body: Body,
        user: Option<AuthSession>,
    ) -> Response {
        if !media::sends_json(headers) {
            let message = "Content-Type must be application/json";
            return answer::refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        }
        let accepted = media::accepted(headers);
        if accepted.is_some_and(|accepted| !accepted.json) {
            let message = "Accept must list application/json and text/event-stream";
            return answer::refuse(StatusCode::NOT_ACCEPTABLE, message);
        }
        let body = match self.read(headers, body).await {
            Ok(body) => body,
            Err(refused) => return refused.into_response(),
        };
        let mut caller = Caller {
            user,
            session: None,
            takes_events: accepted.is_none_or(|accepted| accepted.events),
        };
        let version = match single(headers, &VERSION) {
            Ok(version) => version,
            Err(error) => return bad_request(&error),
        };
        match frame::parse(&body) {
            Err(error) => not_a_message(&error),
            Ok(Message::Batch(items)) => self.batch(&mut caller, headers, version, &items).await,
            Ok(Message::One(Frame::Request { id, method, params })) => {
                match era(&method, version, &params) {
                    Era::Modern => self.modern(&caller, headers, (id, &method), &params).await,
                    Era::Legacy if method == "initialize" => self.initialize(&caller, &body).await,
                    Era::Legacy => {
                        self.legacy(&mut caller, headers, (id, &method), &params)
                            .await
                    }
                }
            }
            Ok(Message::One(Frame::Notification { method, params })) => {
                match era(&method, version, &params) {
                    Era::Modern => modern_notification(version),
                    Era::Legacy => {
                        self.notified(&caller, headers, (&method, &params), &body)
                            .await
                    }
                }
            }
            Ok(Message::One(Frame::Response)) => self.responded(&caller, headers, &body).await,
        }
    }

    async fn modern(
        self: &Arc<Self>,
        caller: &Caller,
        headers: &HeaderMap,
        (id, method): (&str, &str),
        params: &Params<'_>,
    ) -> Response {
        let reply = match check_modern(headers, method, params) {
            Ok(()) => self.answer(caller, Era::Modern, (id, method), params).await,
            Err(error) => error.into(),
        };
        self.respond(reply, id, Era::Modern).await
    }

    async fn legacy(
        self: &Arc<Self>,
        caller: &mut Caller,
        headers: &HeaderMap,
        (id, method): (&str, &str),
        params: &Params<'_>,
    ) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Ok(session) => caller.session = session.map(|(_, session)| session),
            Err(refused) => return refused.into_response(),
        }
        let reply = self.answer(caller, Era::Legacy, (id, method), params).await;
        self.respond(reply, id, Era::Legacy).await
    }

    async fn respond(&self, reply: Reply, id: &str, era: Era) -> Response {
        match reply {
            Reply::Done(bytes) => answer::json(StatusCode::OK, bytes),
            Reply::Cancelled => answer::empty(StatusCode::ACCEPTED),
            Reply::Error(error) => answer::json(error.status(era), error.to_bytes(Some(id))),
            Reply::Refused(refusal) => self.refuse(&refusal, Some(id)),
            Reply::Running {
                running,
                notices,
                token,
            } => stream::answer(running, notices, token).await,
        }
    }

    async fn initialize(&self, caller: &Caller, body: &str) -> Response {
        let user = caller.user.as_ref();
        let opened = self.engine.initialize(body.to_owned(), user).await;
        let mut response = answer::json(opened.status, opened.answer);
        if let Some(id) = opened.session_id
            && let Ok(value) = HeaderValue::from_str(&id)
        {
            self.sessions.insert(id, user);
            response.headers_mut().insert(SESSION_ID, value);
        }
        response
    }

    async fn notified(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        (method, params): (&str, &Params<'_>),
        body: &str,
    ) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Err(refused) => refused.into_response(),
            // Without a session there is nothing that a notification could change.
            Ok(None) => answer::empty(StatusCode::ACCEPTED),
            Ok(Some((_, session))) if method == "notifications/cancelled" => {
                if let Some(id) = params.request_id {
                    session.cancel(id.get());
                }
                answer::empty(StatusCode::ACCEPTED)
            }
            Ok(Some((id, _))) => answer::empty(self.engine.accept(id, body.to_owned()).await),
        }
    }

    async fn responded(&self, caller: &Caller, headers: &HeaderMap, body: &str) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Err(refused) => refused.into_response(),
            Ok(Some((id, _))) => answer::empty(self.engine.accept(id, body.to_owned()).await),
            Ok(None) => bad_request(&RpcError::invalid_request(
                "nothing was asked of this client",
            )),
        }
    }

    /// Answers a batch one by one. If the gate refuses one call, none is made: a challenge
    /// concerns the whole HTTP request.
    async fn batch(
        self: &Arc<Self>,
        caller: &mut Caller,
        headers: &HeaderMap,
        version: Option<&str>,
        items: &[&RawValue],
    ) -> Response {
        if !has_batches(version) {
            return bad_request(&RpcError::invalid_request("this revision has no batches"));
        }
        match self.named_session(headers, caller.user.as_ref()) {
            Ok(session) => caller.session = session.map(|(_, session)| session),
            Err(refused) => return refused.into_response(),
        }
        caller.takes_events = false;
        let frames: Vec<_> = items
            .iter()
            .map(|item| frame::parse_one(item.get()))
            .collect();
        for frame in frames.iter().flatten() {
            if let Frame::Request { id, method, params } = frame
                && method == "tools/call"
                && let Ok(entry) = self.named(params)
                && let Err(refusal) = self.dispatcher.clear(entry, caller.user.as_ref()).await
            {
                return self.refuse(&refusal, Some(id));
            }
        }
        let mut answers = Vec::new();
        for frame in frames {
            answers.extend(self.batched(caller, frame).await);
        }
        if answers.is_empty() {
            return answer::empty(StatusCode::ACCEPTED);
        }
        let mut body = b"[".to_vec();
        body.extend(answers.join(&b','));
        body.push(b']');
        answer::json(StatusCode::OK, body)
    }

    async fn batched(
        self: &Arc<Self>,
        caller: &Caller,
        frame: Result<Frame<'_>, FrameError>,
    ) -> Option<Vec<u8>> {
        let (id, method, params) = match frame {
            Err(FrameError::NotJson) => return Some(RpcError::parse().to_bytes(None)),
            Err(FrameError::NotAMessage { id, problem }) => {
                return Some(RpcError::invalid_request(problem).to_bytes(id.as_deref()));
            }
            Ok(Frame::Request { id, method, params }) => (id, method, params),
            Ok(Frame::Notification { .. } | Frame::Response) => return None,
        };
        match self
            .answer(caller, Era::Legacy, (id, &method), &params)
            .await
        {
            Reply::Done(bytes) => Some(bytes),
            Reply::Cancelled => None,
            Reply::Error(error) => Some(error.to_bytes(Some(id))),
            Reply::Refused(refusal) => {
                let error = RpcError::refused(refusal.status(), refusal.message());
                Some(error.to_bytes(Some(id)))
            }
            Reply::Running { running, .. } => running.await,
        }
    }

    /// The body as text, capped in size and time.
    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<String, Refused> {
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > self.max_body) {
            return Err(too_large().into());
        }
        let bytes = Vec::with_capacity(announced.unwrap_or(512).min(RESERVE));
        let read = tokio::time::timeout(BODY_TIME, collect(body, bytes, self.max_body)).await;
        let late = "the body took too long";
        let bytes =
            read.map_err(|_| answer::refuse(StatusCode::REQUEST_TIMEOUT, late))??;
        String::from_utf8(bytes).map_err(|_| bad_request(&RpcError::parse()).into())
    }
}

async fn collect(mut body: Body, mut bytes: Vec<u8>, most: usize) -> Result<Vec<u8>, Refused> {
    while let Some(frame) = body.frame().await {
        let broken = "the body broke off";
        let frame = frame.map_err(|_| answer::refuse(StatusCode::BAD_REQUEST, broken))?;
        if let Some(data) = frame.data_ref() {
            if data.len() > most - bytes.len() {
                return Err(too_large().into());
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

fn too_large() -> Response {
    answer::refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
}

fn bad_request(error: &RpcError) -> Response {
    answer::json(StatusCode::BAD_REQUEST, error.to_bytes(None))
}

fn not_a_message(error: &FrameError) -> Response {
    match error {
        FrameError::NotJson => bad_request(&RpcError::parse()),
        FrameError::NotAMessage { id, problem } => {
            let error = RpcError::invalid_request(problem);
            answer::json(StatusCode::BAD_REQUEST, error.to_bytes(id.as_deref()))
        }
    }
}

/// The modern era knows no notification that this server would act on.
fn modern_notification(version: Option<&str>) -> Response {
    match version {
        Some(version) if version != MODERN => bad_request(&RpcError::unsupported_version(version)),
        _ => answer::empty(StatusCode::ACCEPTED),
    }
}
