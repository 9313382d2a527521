//! A call that may speak to its client: JSON if nothing happens before the result, otherwise an
//! event stream with the notices (progress, log, questions), the result, and its end.
//!
//! The stream owns the call. When the client goes away, hyper drops the body, the body drops the
//! call, and that is its cancellation; but the stream of a session belongs to that (`streams`).

use std::pin::Pin;
use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use tokio::sync::mpsc::Receiver;

use super::answer;
use super::call_rights::CallRights;
use super::edge::Edge;
use super::event::{self, KEEP_ALIVE, event};
use super::session::Session;
use crate::item::Notice;

/// Notices that may wait for a slow client.
pub(crate) const CAPACITY: usize = 16;

/// A running call: its answer, or nothing if the client cancelled it.
pub(crate) type Running = Pin<Box<dyn Future<Output = Option<Ended>> + Send>>;

/// The answer of a call, and the HTTP status that it has by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: StatusCode,
    pub(crate) bytes: Vec<u8>,
}

/// What a stream does next.
pub(crate) enum Step {
    /// Sends this.
    Event(Bytes),
    /// Nothing happened for [`KEEP_ALIVE`].
    Silence,
    /// Ends its connection, if its client can come back.
    Close,
}

/// Answers with what `running` comes to, and with its notices; progress under `token` (JSON text).
/// In a `session` the call goes on without its connection, but never once its token is taken back:
/// then there is no answer, if nothing was told yet.
pub(crate) async fn answer(
    mut running: Running,
    mut notices: Option<Receiver<Notice>>,
    token: Option<String>,
    mut rights: CallRights,
    session: Option<(&Arc<Edge>, Arc<Session>)>,
) -> Option<Response> {
    let mut progress = Progress { token, last: None };
    let mut first = None;
    let mut done = None;
    while first.is_none() && done.is_none() {
        tokio::select! {
            biased;
            Some(notice) = heard(&mut notices) => first = progress.step(&notice, session.is_some()),
            () = rights.revoked() => return None,
            answer = &mut running => {
                done = Some(answer);
                // What was told in the same breath as the result still comes before it.
                while first.is_none()
                    && let Some(notice) = waiting(&mut notices)
                {
                    first = progress.step(&notice, false);
                }
            }
        }
    }
    if rights.are_revoked().await {
        return None;
    }
    Some(match (first, done) {
        (None, Some(Some(ended))) => answer::json(ended.status, ended.bytes),
        (None, _) => answer::empty(StatusCode::ACCEPTED),
        (first, done) => events(
            Events {
                next: first,
                running: done.is_none().then_some(running),
                answer: done.flatten(),
                notices,
                progress,
                rights,
            },
            session,
        ),
    })
}

fn events(events: Events, session: Option<(&Arc<Edge>, Arc<Session>)>) -> Response {
    match session {
        Some((edge, session)) => {
            let kept = session.keep(edge, events);
            kept.unwrap_or_else(|events| bound(*events))
        }
        None => bound(events),
    }
}

/// The stream of a call that ends with its connection.
fn bound(events: Events) -> Response {
    event::response(stream::unfold(events, |mut events| async {
        loop {
            match events.next().await? {
                Step::Event(bytes) => return Some((bytes, events)),
                Step::Silence => return Some((event::COMMENT, events)),
                Step::Close => {}
            }
        }
    }))
}

/// What is still to be sent.
pub(crate) struct Events {
    next: Option<Step>,
    running: Option<Running>,
    answer: Option<Ended>,
    notices: Option<Receiver<Notice>>,
    progress: Progress,
    rights: CallRights,
}

impl Events {
    /// What comes next; nothing after the token of the call was taken back.
    pub(crate) async fn next(&mut self) -> Option<Step> {
        if let Some(step) = self.next.take() {
            return Some(step);
        }
        let step = self.step().await?;
        if !matches!(step, Step::Silence) && self.rights.are_revoked().await {
            self.running = None;
            return None;
        }
        Some(step)
    }

    async fn step(&mut self) -> Option<Step> {
        while let Some(running) = &mut self.running {
            tokio::select! {
                biased;
                Some(notice) = heard(&mut self.notices) => {
                    if let Some(step) = self.progress.step(&notice, true) {
                        return Some(step);
                    }
                }
                answer = running => {
                    self.running = None;
                    self.answer = answer;
                }
                () = self.rights.revoked() => {
                    self.running = None;
                    return None;
                }
                () = tokio::time::sleep(KEEP_ALIVE) => return Some(Step::Silence),
            }
        }
        while let Some(notice) = waiting(&mut self.notices) {
            if let Some(step) = self.progress.step(&notice, false) {
                return Some(step);
            }
        }
        self.answer
            .take()
            .map(|ended| Step::Event(event(ended.bytes)))
    }
}

/// The next notice, where there can be one.
async fn heard(notices: &mut Option<Receiver<Notice>>) -> Option<Notice> {
    notices.as_mut()?.recv().await
}

/// One that is there already.
fn waiting(notices: &mut Option<Receiver<Notice>>) -> Option<Notice> {
    notices.as_mut()?.try_recv().ok()
}

/// Turns notices into events.
struct Progress {
    token: Option<String>,
    last: Option<f64>,
}

impl Progress {
    /// What a notice amounts to, if anything; `may_close` says whether a connection may end.
    fn step(&mut self, notice: &Notice, may_close: bool) -> Option<Step> {
        match notice {
            Notice::Progress {
                progress,
                total,
                message,
            } => self.event(*progress, *total, message).map(Step::Event),
            Notice::Log { level, data } => {
                let text = format!(
                    r#"{{"jsonrpc":"2.0","method":"notifications/message","params":{{"level":"{level}","data":{data}}}}}"#
                );
                Some(Step::Event(event(text.into_bytes())))
            }
            Notice::Message(message) => Some(Step::Event(event(message.to_string().into_bytes()))),
            Notice::CloseStream => may_close.then_some(Step::Close),
        }
    }

    /// The event of progress; none if it does not rise above the one before.
    fn event(&mut self, progress: f64, total: Option<f64>, message: &str) -> Option<Bytes> {
        let token = self.token.as_ref()?;
        if !progress.is_finite() || self.last.is_some_and(|last| progress <= last) {
            return None;
        }
        self.last = Some(progress);
        let message = serde_json::Value::from(message);
        let total = total.filter(|total| total.is_finite());
        let total = total.map_or_else(String::new, |total| format!(r#""total":{total},"#));
        let text = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":{progress},{total}"message":{message}}}}}"#,
        );
        Some(event(text.into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::to_bytes;

    use super::*;
    use crate::item::{Context, NoticeSink};

    async fn told(steps: &'static [f64], pause: bool) -> (String, String) {
        let (sink, notices) = NoticeSink::channel(CAPACITY);
        let cx = Context::new(Some(sink));
        let running: Running = Box::pin(async move {
            for step in steps {
                cx.progress(*step, "a \"step\"").await;
                if pause {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            Some(Ended {
                status: StatusCode::OK,
                bytes: b"{\n\"done\":1}".to_vec(),
            })
        });
        let token = Some("\"t\"".to_owned());
        let rights = CallRights::default();
        let response = answer(running, Some(notices), token, rights, None).await;
        let response = response.unwrap();
        let kind = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn silence_is_json_and_notices_are_events() {
        assert_eq!(told(&[], true).await.0, "application/json");
        for pause in [true, false] {
            let (kind, body) = told(&[0.25, 0.25, f64::NAN, 0.1, 1.0], pause).await;
            assert_eq!(kind, "text/event-stream");
            let events: Vec<_> = body.split_terminator("\n\n").collect();
            assert_eq!(events.len(), 3, "{body}");
            assert!(events[0].contains(
                r#""progressToken":"t","progress":0.25,"total":1,"message":"a \"step\"""#
            ));
            assert!(events[1].contains(r#""progress":1,"#));
            assert_eq!(events[2], "data: { \"done\":1}");
        }
    }
}
