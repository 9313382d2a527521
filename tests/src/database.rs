//! The Redis and the PostgreSQL of this machine, in a namespace that goes when the test ends.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use fastmcp::store::{RedisStore, Store as _};
use tokio_postgres::NoTls;
use url::Url;

use crate::random_token;

/// Which database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Engine {
    /// At `TEST_REDIS_URL`, by default on this machine.
    Redis,
    /// At `TEST_POSTGRES_URL`, by default on this machine.
    Postgres,
}

impl Engine {
    /// Whether it answers; if not, says so. With `CI` set, that is a failure.
    pub fn is_there(self) -> bool {
        let (variable, url) = self.url();
        let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
        let mut addresses = (host, port).to_socket_addrs().expect("a known host");
        let limit = Duration::from_secs(2);
        if addresses.any(|address| TcpStream::connect_timeout(&address, limit).is_ok()) {
            return true;
        }
        skip(&format!("nothing answers at {host}:{port} ({variable})"));
        false
    }

    fn url(self) -> (&'static str, Url) {
        let (variable, usual) = match self {
            Self::Redis => ("TEST_REDIS_URL", "redis://127.0.0.1:6379"),
            Self::Postgres => (
                "TEST_POSTGRES_URL",
                "postgres://postgres@127.0.0.1:5432/test",
            ),
        };
        let text = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
        (variable, Url::parse(&text).expect("the address is a URL"))
    }
}

/// Says that something is left out, and why. With `CI` set, that is a failure.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    #[allow(
        clippy::print_stderr,
        reason = "whoever runs the tests must know what was left out"
    )]
    {
        eprintln!("SKIPPED: {why}");
    }
}

/// A namespace of its own in a database; what it holds goes with this value.
pub struct Database {
    engine: Engine,
    url: Url,
    namespace: String,
}

impl Database {
    /// A new one.
    pub fn new(engine: Engine) -> Self {
        let letters = random_token().to_lowercase().replace(['-', '_'], "x");
        Self {
            engine,
            url: engine.url().1,
            namespace: format!("it_{}", &letters[..12]),
        }
    }

    /// What to put into `FASTMCP_STORE`.
    pub fn address(&self) -> String {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("namespace", &self.namespace);
        url.into()
    }

    /// The same through another port of this machine.
    pub fn address_at(&self, port: u16) -> String {
        let mut url = Url::parse(&self.address()).expect("the address is a URL");
        url.set_port(Some(port)).expect("it has a host");
        url.into()
    }

    /// Where the database listens.
    pub fn port(&self) -> u16 {
        self.url.port().expect("with a port")
    }

    async fn clean(&self) {
        match self.engine {
            Engine::Redis => {
                let store = RedisStore::connect(&self.address()).await.expect("Redis");
                let swept = store.sweep(u64::MAX, usize::MAX).await;
                swept.expect("Redis forgets");
            }
            Engine::Postgres => {
                let (client, connection) = tokio_postgres::connect(self.url.as_str(), NoTls)
                    .await
                    .expect("PostgreSQL");
                tokio::spawn(connection);
                let name = &self.namespace;
                let drop = format!(
                    "DROP TABLE IF EXISTS {name}_records; DROP SEQUENCE IF EXISTS {name}_versions"
                );
                client.batch_execute(&drop).await.expect("tables go");
            }
        }
    }
}

impl Drop for Database {
    /// On a thread with a runtime of its own: the test's may be ending.
    fn drop(&mut self) {
        std::thread::scope(|scope| {
            let cleaner = scope.spawn(|| {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().expect("a runtime");
                runtime.block_on(self.clean());
            });
            // A second panic would hide the first one.
            let _ = cleaner.join();
        });
    }
}
