//! A POST: its media types, its body, and the messages in it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::answer::{self, Refused, RpcError};
use super::call_rights::{CallRights, FRESH};
use super::edge::Edge;
use super::exchange::{Caller, Put, Reply, check_modern, era};
use super::frame::{self, Frame, FrameError, Message};
use super::media::{self, Accepted};
use super::modern::{VERSION, single};
use super::params::Params;
use super::revision::{Era, MODERN};
use super::session::Session;
use super::wanted::Wanted;
use super::{live, stream};
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::trace::Sender;

/// A body must have arrived after this long.
const BODY_TIME: Duration = Duration::from_secs(30);
/// When to come again for what is out of reach, in seconds.
const SOON: HeaderValue = HeaderValue::from_static("3");
/// More than this is not set aside on the word of a header.
const RESERVE: usize = 16 * 1024;

impl Edge {
    /// Answers a POST of `user`. Who is not signed in, and must be, may still use an item that
    /// is declared `public`; anything else they send, well-formed or not, is answered by the
    /// challenge that starts a login.
    pub(crate) async fn post(
        self: &Arc<Self>,
        headers: &HeaderMap,
        body: Body,
        user: Option<AuthSession>,
    ) -> Response {
        let stranger = user.is_none() && self.demands_sign_in();
        let accepted = media::accepted(headers);
        let body = match self.posted(headers, accepted, body).await {
            Err(_) if stranger => return self.refuse(&Refusal::SignIn, None),
            Err(refused) => return refused.into_response(),
            Ok(body) => body,
        };
        if stranger && !self.is_public_call(&body) {
            return self.refuse(&Refusal::SignIn, None);
        }
        let caller = Caller {
            user,
            session: None,
            takes_events: accepted.is_none_or(|accepted| accepted.events),
            trace: Sender::of(headers),
        };
        self.message(caller, headers, &body).await
    }

    /// The body of a POST whose media types are the right ones.
    async fn posted(
        &self,
        headers: &HeaderMap,
        accepted: Option<Accepted>,
        body: Body,
    ) -> Result<String, Refused> {
        if !media::sends_json(headers) {
            let message = "Content-Type must be application/json";
            return Err(answer::refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
        }
        if accepted.is_some_and(|accepted| !accepted.json) {
            let message = "Accept must list application/json and text/event-stream";
            return Err(answer::refuse(StatusCode::NOT_ACCEPTABLE, message).into());
        }
        self.read(headers, body).await
    }

    fn is_public_call(&self, body: &str) -> bool {
        match frame::parse(body) {
            Ok(Message::One(Frame::Request { method, params, .. })) => {
                let wanted = self.wanted(&method, &params);
                wanted.is_some_and(Wanted::is_public)
            }
            _ => false,
        }
    }

    async fn message(
        self: &Arc<Self>,
        caller: Caller,
        headers: &HeaderMap,
        body: &str,
    ) -> Response {
        let version = match single(headers, &VERSION) {
            Ok(version) => version,
            Err(error) => return bad_request(&error),
        };
        let frame = match frame::parse(body) {
            Ok(Message::One(frame)) => frame,
            Ok(Message::Batch(items)) => {
                // Boxed, so that one message does not carry the room of many with it.
                return Box::pin(self.batch(caller, headers, version, &items)).await;
            }
            Err(error) => return not_a_message(&error),
        };
        match frame {
            Frame::Request { id, method, params } => match era(&method, version, &params) {
                Era::Modern => self.modern(&caller, headers, (id, &method), &params).await,
                Era::Legacy if method == "initialize" => self.initialize(&caller, id, body),
                Era::Legacy => self.legacy(caller, headers, (id, &method), &params).await,
            },
            Frame::Notification { method, params } => match era(&method, version, &params) {
                Era::Modern => modern_notification(version),
                Era::Legacy => self.notified(&caller, headers, &method, &params),
            },
            Frame::Response { id, outcome } => self.responded(&caller, headers, (id, outcome)),
        }
    }

    async fn modern(
        self: &Arc<Self>,
        caller: &Caller,
        headers: &HeaderMap,
        (id, method): (&str, &str),
        params: &Params<'_>,
    ) -> Response {
        let began = Instant::now();
        let reply = match check_modern(self.capabilities, headers, method, params) {
            Ok(()) => {
                self.answer(caller, Put::modern(headers), (id, method), params)
                    .await
            }
            Err(error) => error.into(),
        };
        let rights = |looked| CallRights::new(self, headers, caller.user.as_ref(), looked);
        self.respond(reply, id, Era::Modern, began, rights).await
    }

    async fn legacy(
        self: &Arc<Self>,
        mut caller: Caller,
        headers: &HeaderMap,
        (id, method): (&str, &str),
        params: &Params<'_>,
    ) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Ok(session) => caller.session = session.map(|(_, session)| session),
            Err(refused) => return refused.into_response(),
        }
        let began = Instant::now();
        let reply = self
            .answer(&caller, Put::LEGACY, (id, method), params)
            .await;
        let rights = |looked| CallRights::new(self, headers, caller.user.as_ref(), looked);
        self.respond(reply, id, Era::Legacy, began, rights).await
    }

    async fn respond(
        self: &Arc<Self>,
        reply: Reply,
        id: &str,
        era: Era,
        began: Instant,
        rights: impl Fn(Instant) -> CallRights,
    ) -> Response {
        let is_late = matches!(reply, Reply::Done(_) | Reply::Ended(_)) && began.elapsed() >= FRESH;
        let revoked = || self.refuse(&Refusal::InvalidToken, Some(id));
        if is_late && rights(began).are_revoked().await {
            return revoked();
        }
        match reply {
            Reply::Done(bytes) => answer::json(StatusCode::OK, bytes),
            Reply::Ended(ended) => answer::json(ended.status, ended.bytes),
            Reply::Cancelled => answer::empty(StatusCode::ACCEPTED),
            Reply::Error(error) => {
                let status = error.status(era);
                let mut response = answer::json(status, error.to_bytes(Some(id)));
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    response.headers_mut().insert(RETRY_AFTER, SOON);
                }
                response
            }
            Reply::Refused(refusal) => self.refuse(&refusal, Some(id)),
            Reply::Running {
                running,
                notices,
                token,
                session,
            } => {
                let session = session.map(|session| (self, session));
                let answer = stream::answer(running, notices, token, rights(began), session);
                answer.await.unwrap_or_else(revoked)
            }
            Reply::Stream(response) => *response,
        }
    }

    fn notified(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        method: &str,
        params: &Params<'_>,
    ) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Err(refused) => refused.into_response(),
            Ok(named) => {
                if let Some((_, session)) = named {
                    heard(&session, method, params);
                }
                answer::empty(StatusCode::ACCEPTED)
            }
        }
    }

    fn responded(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        (id, outcome): (&str, Result<&RawValue, &RawValue>),
    ) -> Response {
        match self.named_session(headers, caller.user.as_ref()) {
            Err(refused) => refused.into_response(),
            Ok(Some((_, session))) => {
                // An answer to a question that is over is taken and comes to nothing.
                live::answered(&session, id, outcome);
                answer::empty(StatusCode::ACCEPTED)
            }
            Ok(None) => bad_request(&RpcError::invalid_request(
                "nothing was asked of this client",
            )),
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
        let mut collected = pin!(collect(body, bytes, self.max_body));
        // Mostly it came with its head, and then no timer is needed.
        let bytes = if let Some(bytes) = collected.as_mut().now_or_never() {
            bytes?
        } else {
            let read = tokio::time::timeout(BODY_TIME, collected).await;
            let late = "the body took too long";
            read.map_err(|_| answer::refuse(StatusCode::REQUEST_TIMEOUT, late))??
        };
        String::from_utf8(bytes).map_err(|_| bad_request(&RpcError::parse()).into())
    }
}

/// Does what a notification of a session's client asks for.
pub(crate) fn heard(session: &Session, method: &str, params: &Params<'_>) {
    // Any other changes nothing.
    if method == "notifications/cancelled"
        && let Some(id) = params.request_id
    {
        session.cancel(id.get());
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

pub(crate) fn bad_request(error: &RpcError) -> Response {
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
