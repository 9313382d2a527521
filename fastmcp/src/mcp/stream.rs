//! A call whose client wants progress: JSON if nothing happens before the result, otherwise an
//! event stream with the notices, the result, and its end.
//!
//! The stream owns the call. When the client goes away, hyper drops the body, the body drops the
//! call, and that is its cancellation.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::sync::mpsc::Receiver;

use super::answer;
use crate::item::Notice;

/// Notices that may wait for a slow client.
pub(crate) const CAPACITY: usize = 16;
/// A silent stream says this often that it is alive, so that no proxy gives it up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A running call: its answer, or nothing if the client cancelled it.
pub(crate) type Running = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>>;

/// Answers with what `running` comes to, and with its notices under `token` (JSON text).
pub(crate) async fn answer(
    mut running: Running,
    mut notices: Receiver<Notice>,
    token: String,
) -> Response {
    let mut progress = Progress { token, last: None };
    let mut first = None;
    let mut done = None;
    while first.is_none() && done.is_none() {
        tokio::select! {
            biased;
            Some(notice) = notices.recv() => first = progress.event(&notice),
            answer = &mut running => {
                done = Some(answer);
                // What was told in the same breath as the result still comes before it.
                while first.is_none()
                    && let Ok(notice) = notices.try_recv()
                {
                    first = progress.event(&notice);
                }
            }
        }
    }
    match (first, done) {
        (None, Some(Some(bytes))) => answer::json(StatusCode::OK, bytes),
        (None, _) => answer::empty(StatusCode::ACCEPTED),
        (first, done) => events(Events {
            next: first,
            running: done.is_none().then_some(running),
            answer: done.flatten(),
            notices,
            progress,
        }),
    }
}

fn events(events: Events) -> Response {
    let mut response = answer::empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    headers.insert(unbuffered, HeaderValue::from_static("no"));
    *response.body_mut() = Body::from_stream(stream::unfold(events, |mut events| async {
        let bytes = events.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), events))
    }));
    response
}

/// What is still to be sent.
struct Events {
    next: Option<Bytes>,
    running: Option<Running>,
    answer: Option<Vec<u8>>,
    notices: Receiver<Notice>,
    progress: Progress,
}

impl Events {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.next.take() {
            return Some(bytes);
        }
        while let Some(running) = &mut self.running {
            tokio::select! {
                biased;
                Some(notice) = self.notices.recv() => {
                    if let Some(event) = self.progress.event(&notice) {
                        return Some(event);
                    }
                }
                answer = running => {
                    self.running = None;
                    self.answer = answer;
                }
                () = tokio::time::sleep(KEEP_ALIVE) => return Some(Bytes::from_static(b":\n\n")),
            }
        }
        while let Ok(notice) = self.notices.try_recv() {
            if let Some(event) = self.progress.event(&notice) {
                return Some(event);
            }
        }
        self.answer.take().map(event)
    }
}

/// Turns notices into events.
struct Progress {
    token: String,
    last: Option<f64>,
}

impl Progress {
    /// The event of a notice; none if it does not rise above the one before.
    fn event(&mut self, notice: &Notice) -> Option<Bytes> {
        let Notice::Progress { progress, message } = notice;
        if !progress.is_finite() || self.last.is_some_and(|last| *progress <= last) {
            return None;
        }
        self.last = Some(*progress);
        let message = serde_json::Value::from(message.as_str());
        let text = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":{progress},"total":1,"message":{message}}}}}"#,
            self.token
        );
        Some(event(text.into_bytes()))
    }
}

/// One event. A line break in JSON is white space and would end the field.
fn event(mut json: Vec<u8>) -> Bytes {
    for byte in &mut json {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    let mut bytes = Vec::with_capacity(json.len() + 8);
    bytes.extend_from_slice(b"data: ");
    bytes.append(&mut json);
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

#[cfg(test)]
mod tests {
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
            Some(b"{\n\"done\":1}".to_vec())
        });
        let response = answer(running, notices, "\"t\"".to_owned()).await;
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
            let (_, body) = told(&[0.25, 0.5, 0.75, 1.0], pause).await;
            let events: Vec<_> = body.split_terminator("\n\n").collect();
            for (event, step) in events.iter().zip(["0.25", "0.5", "0.75", "1"]) {
                assert!(event.contains(&format!(r#""progress":{step},"#)), "{body}");
            }
            assert_eq!(events.len(), 5, "{body}");
        }
    }
}
