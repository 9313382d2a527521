//! Answers a number of calls and ends: for `valgrind --tool=callgrind`, which counts instructions.
//!
//! `count-calls <which> <calls>`, where `<which>` is `2025-11-25`, `2026-07-28` (authenticated
//! calls of a tool), or `constant` (the yardstick under the same load). The calls come over a
//! connection in memory and one after another, so two runs differ by their calls alone, and the
//! difference of their counts is what a call costs, hyper and axum included.
#![allow(
    clippy::expect_used,
    reason = "a program of the bench speaks to nobody else"
)]

use std::io;
use std::pin::Pin;
use std::task::{Context as Polled, Poll, Waker};

use axum::Router;
use axum::routing::post;
use bench::inside::{Inside, signed_in};
use bench::message::{Era, Question};
use fastmcp::prelude::*;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Repeat a text.
#[tool(requires_auth, read_only)]
fn echo(text: String) -> String {
    text
}

/// A server with a login.
#[server(auth = custom)]
struct SignedIn;

/// A peer that sends the same request each time it has been answered.
struct Peer {
    request: Vec<u8>,
    left: usize,
    answered: bool,
    answers: usize,
    waker: Option<Waker>,
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Polled<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.answered {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if self.left > 0 {
            self.left -= 1;
            self.answered = false;
            buffer.put_slice(&self.request);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Polled<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        assert!(bytes.starts_with(b"HTTP/1.1 200 OK"), "a wrong answer");
        self.answered = true;
        self.answers += 1;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Polled<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Polled<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, which, calls] = arguments.as_slice() else {
        panic!("count-calls <which> <calls>");
    };
    let calls = calls.parse().expect("a number of calls");
    let inside = signed_in(SignedIn.into_server()).await;
    let Inside {
        router: ours,
        token,
        ..
    } = inside.expect("a server that starts");
    let constant = Router::new().route("/mcp", post(async || "a constant"));
    let (router, era) = match which.as_str() {
        "2025-11-25" => (ours, Era::Legacy),
        "2026-07-28" => (ours, Era::Modern),
        _ => (constant, Era::Legacy),
    };
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let mut peer = Peer {
        request: Question::Echo.request("localhost:8000", era, &headers),
        left: calls,
        answered: true,
        answers: 0,
        waker: None,
    };
    let service = TowerToHyperService::new(router);
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(&mut peer), service)
        .await
        .expect("a connection that ends well");
    assert_eq!(peer.answers, calls);
}
