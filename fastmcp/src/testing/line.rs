//! How a request reaches the server: by a function call, or over HTTP.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::Error;
use crate::mcp;

/// The way to one server.
#[derive(Clone)]
pub(super) enum Line {
    /// To the endpoint's own handler, under the host that it answers to.
    Inside { router: Router, host: String },
    /// To an address.
    Http { http: reqwest::Client, url: String },
}

/// A response whose body is still on its way.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    body: Coming,
}

enum Coming {
    Inside(Body),
    Http(reqwest::Response),
}

impl Line {
    pub(super) async fn send(
        &self,
        method: Method,
        headers: &[(HeaderName, String)],
        body: String,
    ) -> Result<Response, Error> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(Error::broken)?;
            map.append(name.clone(), value);
        }
        match self {
            Self::Inside { router, host } => {
                map.insert(
                    http::header::HOST,
                    HeaderValue::from_str(host).map_err(Error::broken)?,
                );
                let mut request = Request::new(Body::from(body));
                *request.method_mut() = method;
                *request.uri_mut() = mcp::PATH.parse().map_err(Error::broken)?;
                *request.headers_mut() = map;
                let sent = router.clone().oneshot(request).await;
                let (parts, body) = sent.map_err(Error::broken)?.into_parts();
                Ok(Response {
                    status: parts.status.as_u16(),
                    headers: parts.headers,
                    body: Coming::Inside(body),
                })
            }
            Self::Http { http, url } => {
                let request = http.request(method, url).headers(map).body(body);
                let response = request.send().await.map_err(Error::broken)?;
                Ok(Response {
                    status: response.status().as_u16(),
                    headers: response.headers().clone(),
                    body: Coming::Http(response),
                })
            }
        }
    }
}

impl Response {
    /// A header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether its body is a stream of events.
    pub(super) fn is_stream(&self) -> bool {
        let kind = self.header("content-type");
        kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
    }

    /// The next piece of the body.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.body {
            Coming::Http(response) => response.chunk().await.map_err(Error::broken),
            Coming::Inside(body) => loop {
                let Some(frame) = body.frame().await else {
                    return Ok(None);
                };
                if let Ok(data) = frame.map_err(Error::broken)?.into_data() {
                    return Ok(Some(data));
                }
            },
        }
    }

    /// The whole body.
    pub(super) async fn whole(&mut self) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }
}
