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

use ::redis::aio::MultiplexedConnection;
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError,
    ServerErrorKind,
};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long a connection may take to be made, TLS and sign-in included.
const CONNECT: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(2);
/// Between two attempts to connect, if the first one failed.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection to a server, or the way to make one.
pub(super) struct Line {
    client: Client,
    config: AsyncConnectionConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<MultiplexedConnection>,
    /// Counts connections, so that only the one that broke is taken out of use.
    number: u64,
    failed: Option<(Instant, RedisError)>,
}

impl Line {
    pub(super) fn new(client: Client) -> Self {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        Self {
            client,
            config,
            state: Mutex::default(),
        }
    }

    /// Sends a command once and waits for its answer, but not for ever.
    pub(super) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let (mut connection, number) = self.connection().await?;
        let result = command.query_async(&mut connection).await;
        self.settle(number, result).await
    }

    /// Sends several commands at once, each on its own, and waits for all answers.
    pub(super) async fn send_all<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, RedisError> {
        let (mut connection, number) = self.connection().await?;
        let result = commands.query_async(&mut connection).await;
        self.settle(number, result).await
    }

    /// Takes the connection out of use if this result says that it is broken.
    async fn settle<T>(&self, number: u64, result: Result<T, RedisError>) -> Result<T, RedisError> {
        if result.as_ref().is_err_and(breaks) {
            let mut state = self.state.lock().await;
            if state.number == number {
                state.current = None;
            }
        }
        result
    }

    async fn connection(&self) -> Result<(MultiplexedConnection, u64), RedisError> {
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
        let made = self
            .client
            .get_multiplexed_async_connection_with_config(&self.config);
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
