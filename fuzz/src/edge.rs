//! Requests as strangers send them, through the router of a server in this process.
//!
//! An input is up to four requests with a line `---` between them: a request line, header lines, an
//! empty line, a body. `$SESSION` stands for the session that an earlier answer opened, and other
//! such words for what the caller knows of its server.
//!
//! Whatever is sent, the answer is no fault of the server: no status of 500 and above, no panic,
//! JSON where it says so, and no way out but to the places it knows.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::{CONTENT_TYPE, HOST, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// The most requests of one input.
const REQUESTS: usize = 4;
/// The most pieces of a body that are read: some streams have no end.
const PIECES: usize = 64;

/// What one server is known by.
pub struct Target {
    /// Its routes.
    pub router: Router,
    /// The host that it answers to.
    pub host: &'static str,
    /// Words of an input, and what stands in their place.
    pub words: Vec<(&'static str, String)>,
    /// Where a browser may be sent: beginnings of addresses.
    pub ways_out: &'static [&'static str],
}

/// An answer, as far as it was read.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Vec<u8>,
}

impl Target {
    /// Sends the requests of `input`, one after the other.
    ///
    /// # Panics
    /// An answer is what no answer may be.
    pub async fn exchange(&self, input: &[u8]) {
        let mut session = String::new();
        for text in split(input, b"\n---\n").into_iter().take(REQUESTS) {
            let Some(request) = self.request(text, &session) else {
                continue;
            };
            let path = request.uri().path().to_owned();
            let answer = self.send(request).await;
            self.check(&path, &answer);
            let opened = answer.headers.get("mcp-session-id");
            if let Some(opened) = opened.and_then(|value| value.to_str().ok()) {
                opened.clone_into(&mut session);
            }
        }
    }

    /// Sends `request` from this computer, and reads what comes at once.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711)));
        request.extensions_mut().insert(peer);
        let headers = request.headers_mut();
        if !headers.contains_key(HOST) {
            headers.insert(HOST, HeaderValue::from_static(self.host));
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (head, mut body) = response.into_parts();
        let mut read = Vec::new();
        for _ in 0..PIECES {
            let piece = tokio::time::timeout(Duration::from_secs(5), body.frame()).await;
            let Ok(Some(Ok(piece))) = piece else {
                break;
            };
            read.extend_from_slice(piece.data_ref().map_or(&[], |data| data));
        }
        Answer {
            status: head.status,
            headers: head.headers,
            body: read,
        }
    }

    /// The request that `text` describes, if a server would ever see it.
    fn request(&self, text: &[u8], session: &str) -> Option<Request<Body>> {
        let text = self.spelled_out(text, session);
        let (head, body) = match text.windows(2).position(|two| two == b"\n\n") {
            Some(at) => (&text[..at], &text[at + 2..]),
            None => (&text[..], &[][..]),
        };
        let mut lines = head.split(|b| *b == b'\n');
        let mut line = lines.next()?.splitn(2, |b| *b == b' ');
        let method = Method::from_bytes(line.next()?).ok()?;
        let uri = Uri::try_from(line.next()?).ok()?;
        let mut request = Request::new(Body::from(body.to_vec()));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        for line in lines {
            let mut halves = line.splitn(2, |b| *b == b':');
            let name = halves.next().map(HeaderName::from_bytes);
            let value = halves
                .next()
                .map(|it| HeaderValue::from_bytes(it.trim_ascii()));
            if let (Some(Ok(name)), Some(Ok(value))) = (name, value) {
                request.headers_mut().append(name, value);
            }
        }
        Some(request)
    }

    fn spelled_out(&self, text: &[u8], session: &str) -> Vec<u8> {
        let own = self
            .words
            .iter()
            .map(|(word, value)| (*word, value.as_str()));
        let mut text = text.to_vec();
        for (word, value) in own.chain([("$SESSION", session)]) {
            let pieces = split(&text, word.as_bytes());
            text = pieces.join(value.as_bytes());
        }
        text
    }

    fn check(&self, path: &str, answer: &Answer) {
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let shown = String::from_utf8_lossy(body);
        assert!(status.as_u16() < 500, "{status} at {path}: {shown}");
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if kind == Some("application/json") {
            let read = serde_json::from_slice::<serde_json::Value>(body);
            assert!(read.is_ok(), "{path}: {shown}");
        }
        if let Some(location) = headers.get(LOCATION) {
            let location = location.to_str().unwrap_or_default();
            let leads_there = |way: &&str| location.starts_with(way);
            assert!(self.ways_out.iter().any(leads_there), "{path}: {location}");
        }
        let is_challenge = *status == StatusCode::UNAUTHORIZED && path == "/mcp";
        assert!(!is_challenge || headers.contains_key(WWW_AUTHENTICATE));
    }
}

/// The pieces of `text` between each `at` in it.
fn split<'a>(text: &'a [u8], at: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(found) = rest.windows(at.len()).position(|window| window == at) {
        pieces.push(&rest[..found]);
        rest = &rest[found + at.len()..];
    }
    pieces.push(rest);
    pieces
}
