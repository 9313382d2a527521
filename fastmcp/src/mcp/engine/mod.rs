//! The official SDK as a private engine: the only folder that knows `rmcp`.
//!
//! It serves standard input and output, where one peer speaks in either era for as long as the
//! process lives. No type of `rmcp` leaves this folder.

mod handler;
mod items;
mod news;
mod peer;

use std::io;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::ServiceExt as _;

use self::handler::Handler;
use super::ServerInfo;
use super::ask::Rounds;
use super::dispatch::Dispatcher;
use super::list::Lists;

/// What serves a peer.
pub(crate) struct Engine {
    handler: Handler,
}

impl Engine {
    /// An engine that lists and calls through the same gate as the edge.
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        lists: Arc<Lists>,
        rounds: Rounds,
        info: &ServerInfo,
    ) -> Self {
        Self {
            handler: Handler::new(dispatcher, lists, rounds, info),
        }
    }

    /// Serves one client on standard input and output until it goes away.
    pub(crate) fn stdio(&self) -> BoxFuture<'static, io::Result<()>> {
        let handler = self.handler.clone();
        Box::pin(async move {
            let running = Box::pin(handler.serve(rmcp::transport::stdio())).await;
            let running = running.map_err(io::Error::other)?;
            running.waiting().await.map_err(io::Error::other)?;
            Ok(())
        })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}
