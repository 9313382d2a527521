//! What answers the requests of a connection: the router, and beside it a short way for the one
//! request that a server is there for.
//!
//! A POST to the MCP endpoint needs no route to be looked up, and none of what is noted on a request
//! for the layers and extractors of others. Where the program put no layer of its own around the
//! server, nobody can tell the two ways apart but by a clock.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Method;
use hyper::body::Incoming;
use tower::Service as _;

use super::headers;
use crate::mcp::Endpoint;

/// What answers the requests of a connection. Clones are the same.
#[derive(Clone)]
pub(super) struct Front {
    router: Router,
    short: Option<Arc<Short>>,
}

/// The short way.
pub(super) struct Short {
    pub(super) endpoint: Endpoint,
    /// The path of the endpoint, from the root.
    pub(super) path: String,
    /// Whether answers tell browsers to insist on https.
    pub(super) strict: bool,
}

impl Front {
    pub(super) fn new(router: Router, short: Option<Short>) -> Self {
        let short = short.map(Arc::new);
        Self { router, short }
    }

    /// Boxed, so that a connection at rest does not keep the room of an answer.
    pub(super) fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> BoxFuture<'static, Response> {
        let mut request = request.map(Body::new);
        if let Some(short) = self.short.as_ref().filter(|short| short.leads(&request)) {
            let strict = short.strict;
            let answer = short.endpoint.answer(request);
            return Box::pin(async move {
                let mut response = answer.await;
                if strict {
                    headers::add_strict(&mut response);
                }
                response
            });
        }
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut router = self.router.clone();
        Box::pin(async move {
            let Ok(response) = router.call(request).await;
            response
        })
    }
}

impl Short {
    fn leads(&self, request: &Request) -> bool {
        request.method() == Method::POST && request.uri().path() == self.path
    }
}
