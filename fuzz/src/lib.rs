//! The one target that needs more than bytes: a server in this process.

mod desk;
pub mod edge;
mod login;

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use fastmcp::keys::Keys;
use fastmcp::limits::RateLimits;
use fastmcp::oauth::ConfiguredClient;
use fastmcp::parts::{Foreign, Parts};
use fastmcp::store::MemoryStore;
use tokio::runtime::{Builder, Runtime};

use self::desk::Desk;
use self::edge::Target;

/// A server is given up after so many inputs, with all that they made it remember.
const LIFE: usize = 5_000;

const BASE: &str = "http://localhost:8000";
/// Of the client that is configured.
const SECRET: &str = "a-secret-of-the-nightly-client";

struct World {
    runtime: Runtime,
    target: Target,
    left: usize,
}

/// Requests to a server that lives for a while.
pub fn edge(data: &[u8]) {
    thread_local! {
        static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
    }
    WORLD.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|world| world.left == 0) {
            *kept = Some(World::new());
        }
        if let Some(world) = kept {
            world.left -= 1;
            world.runtime.block_on(world.target.exchange(data));
        }
    });
}

impl World {
    fn new() -> Self {
        // Nobody waits: where nothing else is to be done, the clock of this runtime goes on.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let target = runtime.block_on(target());
        Self {
            runtime,
            target,
            left: LIFE,
        }
    }
}

async fn target() -> Target {
    let mut parts = Parts::system(Duration::from_secs(1)).expect("TLS");
    parts.foreign = Foreign::new(
        |_| async { Err(io::Error::other("no names here")) },
        |_| async { Err(io::Error::other("no network here")) },
    );
    let redirects = ["http://127.0.0.1/cb", "https://c.test/cb"];
    let server = desk()
        .base_url(BASE)
        .parts(parts)
        .keys(Keys::from_master([7; 32]))
        .token_storage(Arc::new(MemoryStore::new()))
        .rate_limits(RateLimits::OFF)
        .clients([
            ConfiguredClient::public("desk", redirects).name("Desk"),
            ConfiguredClient::confidential("nightly", SECRET, redirects),
        ]);
    let mut target = Target {
        router: server.router().await.expect("good settings"),
        host: "localhost:8000",
        words: Vec::new(),
        ways_out: &[
            BASE,
            "http://127.0.0.1",
            "http://localhost",
            "http://[::1]",
            "https://c.test/cb",
        ],
    };
    target.words = login::words(&target).await;
    target.words.push(("$SECRET", SECRET.to_owned()));
    target
}

fn desk() -> fastmcp::server::Server {
    Desk.into_server()
}
