//! Batches, which 2025-03-26 had and no other revision.
//!
//! They are answered one by one and without streams; the clients that send them are few.

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::value::RawValue;

use super::answer::{self, RpcError};
use super::edge::Edge;
use super::exchange::{Caller, Put, Reply};
use super::frame::{self, Frame, FrameError};
use super::http::{bad_request, heard};
use super::live;
use super::revision::has_batches;
use crate::guard::Refusal;

impl Edge {
    /// Answers a batch one by one. If the gate refuses one call, none is made: a challenge
    /// concerns the whole HTTP request.
    pub(crate) async fn batch(
        self: &Arc<Self>,
        mut caller: Caller,
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
        if let Some((refusal, id)) = self.refused_call(&caller, &frames).await {
            return self.refuse(&refusal, Some(id));
        }
        let mut answers = Vec::new();
        for frame in frames {
            answers.extend(self.batched(&caller, frame).await);
        }
        if answers.is_empty() {
            return answer::empty(StatusCode::ACCEPTED);
        }
        let mut body = b"[".to_vec();
        body.extend(answers.join(&b','));
        body.push(b']');
        answer::json(StatusCode::OK, body)
    }

    /// The first call that the gate refuses, and its id.
    async fn refused_call<'a>(
        &self,
        caller: &Caller,
        frames: &[Result<Frame<'a>, FrameError>],
    ) -> Option<(Refusal, &'a str)> {
        for frame in frames.iter().flatten() {
            if let Frame::Request { id, method, params } = frame
                && let Some(wanted) = self.wanted(method, params)
                && let Some(refusal) = self.refusal(wanted, caller.user.as_ref()).await
            {
                return Some((refusal, id));
            }
        }
        None
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
            Ok(Frame::Notification { method, params }) => {
                if let Some(session) = &caller.session {
                    heard(session, &method, &params);
                }
                return None;
            }
            Ok(Frame::Response { id, outcome }) => {
                if let Some(session) = &caller.session {
                    live::answered(session, id, outcome);
                }
                return None;
            }
        };
        match self
            .answer(caller, Put::LEGACY, (id, &method), &params)
            .await
        {
            Reply::Done(bytes) => Some(bytes),
            Reply::Cancelled | Reply::Stream(_) => None,
            Reply::Error(error) => Some(error.to_bytes(Some(id))),
            Reply::Refused(refusal) => {
                let error = RpcError::refused(refusal.status(), refusal.message());
                Some(error.to_bytes(Some(id)))
            }
            Reply::Ended(ended) => Some(ended.bytes),
            Reply::Running { running, .. } => running.await.map(|ended| ended.bytes),
        }
    }
}
