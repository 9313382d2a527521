//! One connection that everybody shares, made anew when it breaks; nothing waits without an end.
//!
//! Commands are sent one behind the other over the same connection and answered in that order, so
//! one is enough for a node. What breaks it (the server ends, the network is cut, an answer is
//! overdue, the server became a replica) takes it out of use; the next command makes a new one.
//! While the server cannot be reached, an attempt is made at most every [`PAUSE`]: whoever comes
//! in between is told at once what the last attempt was told.
//!
//! A command is sent once. Whether one that got no answer was carried out cannot be known, and a
//! write that is sent again could meet its own traces.

use std::future::Future;
use std::time::Duration;

use ::redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind, cmd,
};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::source::{Connection, Place, Source, primaries};

/// How long a connection may take to be made, TLS and sign-in included.
const CONNECT: Duration = Duration::from_secs(2);
/// How long an answer may take.
pub(super) const ANSWER: Duration = Duration::from_secs(2);
/// Between two attempts to connect, if the first one failed; and before a node of a cluster is
/// asked again that sent us away.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection to a server, or the way to make one.
pub(super) struct Line {
    source: Source,
    config: AsyncConnectionConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Connection>,
    /// Counts connections, so that only the one that broke is taken out of use.
    number: u64,
    failed: Option<(Instant, RedisError)>,
}

impl Line {
    pub(super) fn new(source: Source) -> Self {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        Self {
            source,
            config,
            state: Mutex::default(),
        }
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.source, Source::Cluster(_))
    }

    /// The servers that records lie on.
    pub(super) async fn places(&self) -> Result<Vec<Place>, RedisError> {
        if !self.is_cluster() {
            return Ok(vec![Place::Any]);
        }
        let mut list = cmd("CLUSTER");
        list.arg("NODES");
        let nodes: String = self.send_to(&Place::Any, &list).await?;
        Ok(primaries(&nodes))
    }

    /// Sends a command about a key, once, and waits for its answer, but not for ever.
    pub(super) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        self.send_to(&Place::Key, command).await
    }

    /// The same, to a place.
    ///
    /// When keys have moved in a cluster, nodes send us away. That is the one answer after which a
    /// command is sent again, for it was certainly not carried out; the client has learned by then
    /// where the keys are. One that is just moving is unavailable until it has moved.
    pub(super) async fn send_to<T: FromRedisValue>(
        &self,
        place: &Place,
        command: &Cmd,
    ) -> Result<T, RedisError> {
        let until = Instant::now() + ANSWER;
        loop {
            let (mut connection, number) = self.connection().await?;
            let result = connection.ask(command, place).await;
            match self.settle(number, result).await {
                Err(error)
                    if self.is_cluster() && error.is_cluster_error() && Instant::now() < until =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    /// Takes the connection out of use if this result says that it is broken.
    async fn settle<T>(&self, number: u64, result: Result<T, RedisError>) -> Result<T, RedisError> {
        // The client of a cluster mends the connection to one node by itself, and the others must
        // not suffer from it.
        let one_node = |error: &RedisError| self.is_cluster() && error.is_io_error();
        if result
            .as_ref()
            .is_err_and(|error| breaks(error) && !one_node(error))
        {
            let mut state = self.state.lock().await;
            if state.number == number {
                state.current = None;
            }
        }
        result
    }

    async fn connection(&self) -> Result<(Connection, u64), RedisError> {
        // Whoever comes while one is being made waits for it here.
        let mut state = self.state.lock().await;
        if let Some(connection) = &state.current {
            return Ok((connection.clone(), state.number));
        }
        if let Some((at, error)) = &state.failed
            && at.elapsed() < PAUSE
        {
            return Err(error.clone());
        }
        // On the heap, for it is large and seldom, and each operation would have room for it.
        let made = within(CONNECT, Box::pin(self.source.connect(&self.config)));
        match made.await {
            Ok(connection) => {
                state.number += 1;
                state.failed = None;
                state.current = Some(connection.clone());
                Ok((connection, state.number))
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}

/// Whether the connection is of no use after this error.
pub(super) fn breaks(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(
            error.kind(),
            // After a failover the new master answers at the same address, but not on this
            // connection.
            ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
        )
        // Before Redis 7 an error inside a script is told as one of the script.
        || error.detail().is_some_and(|detail| detail.contains("READONLY"))
}

/// Runs `act` for at most `limit`.
pub(super) async fn within<T>(
    limit: Duration,
    act: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    tokio::time::timeout(limit, act)
        .await
        .unwrap_or_else(|_| Err(overdue()))
}

fn overdue() -> RedisError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "the deadline has passed").into()
}
