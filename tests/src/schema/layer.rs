//! A reader before everything that a router answers.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use super::{Asked, Reader};

/// The same router; what its MCP endpoint answers is judged while it is read.
pub fn judged(router: Router) -> Router {
    router.layer(from_fn(judge))
}

async fn judge(request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with("/mcp") {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    // The body is noted while the server reads it: read before, it would hide how the server does.
    let noted = Noted::default();
    let request = request.map(|body| {
        let noted = Arc::clone(&noted);
        Body::new(Passing::new(body, Ear::Request(noted)))
    });
    let response = next.run(request).await;
    let sent = noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let reader = Reader::new(Asked::of(&headers, &sent), response.headers());
    response.map(|body| Body::new(Passing::new(body, Ear::Response(Some(reader)))))
}

type Noted = Arc<Mutex<Vec<u8>>>;

/// Who hears what passes.
enum Ear {
    Request(Noted),
    /// Until the answer has come to its end.
    Response(Option<Reader>),
}

/// A body that is heard while it passes.
struct Passing {
    body: Body,
    ear: Ear,
}

impl Passing {
    fn new(body: Body, ear: Ear) -> Self {
        let mut passing = Self { body, ear };
        passing.end_if_over();
        passing
    }

    fn hear(&mut self, data: &[u8]) {
        match &mut self.ear {
            Ear::Request(noted) => {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.extend_from_slice(data);
            }
            Ear::Response(Some(reader)) => drop(reader.push(data)),
            Ear::Response(None) => {}
        }
    }

    /// Who reads a body of a known length does not ask for its end.
    fn end_if_over(&mut self) {
        if self.body.is_end_stream() {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Ear::Response(reader) = &mut self.ear
            && let Some(reader) = reader.take()
        {
            reader.end();
        }
    }
}

impl HttpBody for Passing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(task));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.hear(data);
                }
                self.end_if_over();
            }
            // What broke off has no end to be judged.
            Some(Err(_)) => {}
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
