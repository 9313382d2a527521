//! In place of TLS, in a program without the feature `tls`.

use std::convert::Infallible;
use std::future::{Pending, Ready};

use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::server::graceful::Watcher;

use super::choices::TlsFiles;
use super::listen::Broken;
use crate::error::Problem;
use crate::parts::Clock;
use crate::settings::places;

/// There is none.
#[derive(Clone)]
pub(super) enum Tls {}

impl Tls {
    pub(super) fn open(_: TlsFiles, _: Clock) -> Result<Self, Problem> {
        Err(Problem::new(
            "FM0937",
            "this program was built without TLS",
            "turn on the feature `tls` of `fastmcp`, or let a proxy do it",
        )
        .at(places("tls")))
    }

    pub(super) fn watch(self) -> Pending<()> {
        match self {}
    }

    pub(super) fn serve<I, S>(self, _: I, _: S, _: Watcher) -> Ready<Result<(), Broken>>
    where
        S: hyper::service::Service<Request<Incoming>, Response = Response, Error = Infallible>,
    {
        match self {}
    }
}
