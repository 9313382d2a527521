//! A proxy that judges what passes, for clients that are not ours.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::schema::judged;

/// A port of this machine that leads to a server; it ends with this value.
pub struct Proxy {
    port: u16,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Before the server at that port.
    pub async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let client = reqwest::Client::builder().no_proxy();
        let client = client.build().expect("an HTTP client");
        let pass = move |request: Request| forward(client.clone(), server, request);
        let router = judged(Router::new().fallback(pass));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { port, task }
    }

    /// A path of the server, by way of this.
    pub fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(client: reqwest::Client, server: u16, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a whole body");
    let path = head.uri.path_and_query().expect("a path");
    let sent = client
        .request(head.method, format!("http://127.0.0.1:{server}{path}"))
        .headers(head.headers)
        .body(body);
    let answer = sent.send().await.expect("the server answers");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let chunks = stream::unfold(answer, |mut answer| async {
        let chunk = answer.chunk().await.transpose()?;
        Some((chunk, answer))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
