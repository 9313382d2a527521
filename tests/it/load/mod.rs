//! Mixed load, and a memory of everything that was acknowledged while it ran.
//!
//! Whatever happens to the server or to its store meanwhile, an answer is one of three: the good
//! one, 503 with `Retry-After`, or a connection that broke. The last two leave the outcome open;
//! any other is a violation. What was acknowledged is held against the server afterwards
//! (`check.rs`).

mod check;
mod work;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tests::client::{Attempt, Client, Tokens};
use tests::http::{Answer, Http};
use tests::tally::Tally;
use tests::world::World;

pub(crate) use self::check::check;

/// How long a worker rests after an answer that left something open.
const REST: Duration = Duration::from_millis(20);

/// A login whose tokens were acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) access: String,
    /// The refresh token before the latest one, rotated less than a grace window ago.
    pub(crate) parent: Option<String>,
    pub(crate) latest: String,
    /// A refresh of the latest one was sent, and its outcome is open.
    pub(crate) open: bool,
}

impl Family {
    pub(crate) fn of(tokens: Tokens) -> Self {
        Self {
            access: tokens.access,
            parent: None,
            latest: tokens.refresh,
            open: false,
        }
    }

    pub(crate) fn rotated(&mut self, tokens: Tokens) {
        self.access = tokens.access;
        let before = std::mem::replace(&mut self.latest, tokens.refresh);
        self.parent = (before != self.latest).then_some(before);
        self.open = false;
    }
}

/// A code that the client was given.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) attempt: Attempt,
    pub(crate) value: String,
    /// Its redemption was sent, and the outcome is open.
    pub(crate) open: bool,
}

/// What the server has acknowledged.
#[derive(Default)]
pub(crate) struct Acknowledged {
    pub(crate) clients: Vec<String>,
    pub(crate) codes: Vec<Code>,
    /// Codes that were answered with tokens.
    pub(crate) spent: Vec<Code>,
    pub(crate) families: Vec<Family>,
    pub(crate) revoked: Vec<Family>,
    /// Everything that may not be found anywhere.
    pub(crate) secrets: Vec<String>,
}

impl Acknowledged {
    /// Together with what is still to be looked at from earlier.
    pub(crate) fn with(mut self, earlier: Self) -> Self {
        self.clients.splice(0..0, earlier.clients);
        self.revoked.splice(0..0, earlier.revoked);
        self.secrets.extend(earlier.secrets);
        self
    }
}

/// Workers at one server.
#[derive(Clone)]
pub(crate) struct Load {
    client: Client,
    http: Http,
    mcp: String,
    stop: Arc<AtomicBool>,
    known: Arc<Mutex<Acknowledged>>,
    tally: Arc<Mutex<Tally>>,
}

impl Load {
    pub(crate) fn new(world: &World, tally: Tally) -> Self {
        let http = Http::new();
        Self {
            client: world.client.by(&http),
            http,
            mcp: world.server.mcp(),
            stop: Arc::default(),
            known: Arc::default(),
            tally: Arc::new(Mutex::new(tally)),
        }
    }

    /// Runs every kind of work until `disturb` is over; gives what was acknowledged.
    pub(crate) async fn during(&self, disturb: impl AsyncFnOnce()) -> Acknowledged {
        self.stop.store(false, Ordering::SeqCst);
        let mut refreshed = Vec::new();
        while refreshed.len() < 2 {
            let login = self.login().await;
            let (_, tokens) = login.expect("nothing disturbs it yet");
            refreshed.push(Family::of(tokens));
        }
        let mut workers = vec![
            tokio::spawn(self.clone().register_on()),
            tokio::spawn(self.clone().log_in_on()),
            tokio::spawn(self.clone().revoke_on()),
            tokio::spawn(self.clone().call_on(refreshed[0].access.clone())),
        ];
        for family in refreshed {
            workers.push(tokio::spawn(self.clone().refresh_on(family)));
        }
        disturb().await;
        self.stop.store(true, Ordering::SeqCst);
        for worker in workers {
            worker.await.expect("a worker ends");
        }
        std::mem::take(&mut *self.known())
    }

    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the load; the counts are left.
    pub(crate) fn into_tally(self) -> Tally {
        std::mem::replace(&mut *self.tally(), Tally::new("over"))
    }

    fn known(&self) -> MutexGuard<'_, Acknowledged> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }

    /// Judges an answer: `Some` if it decides anything.
    async fn heard(&self, what: &str, answer: reqwest::Result<Answer>) -> Option<Answer> {
        let Ok(answer) = answer else {
            self.tally().count(format!("{what}: broken"));
            tokio::time::sleep(REST).await;
            return None;
        };
        if answer.status != 503 {
            return Some(answer);
        }
        self.unavailable(what, &answer);
        tokio::time::sleep(REST).await;
        None
    }

    /// A 503 says when to come again and names itself where clients read it.
    fn unavailable(&self, what: &str, answer: &Answer) {
        let mut tally = self.tally();
        tally.count(format!("{what}: 503"));
        let seconds = answer.header("retry-after").map(str::parse::<u32>);
        tally.hold(matches!(seconds, Some(Ok(_))), || {
            format!("{what}: a 503 without `Retry-After`: {answer:?}")
        });
        let read_by_clients = matches!(what, "register" | "redeem" | "replay" | "refresh");
        let named = answer.error().as_deref() == Some("temporarily_unavailable");
        tally.hold(named || !read_by_clients, || {
            format!("{what}: another error: {answer:?}")
        });
    }

    /// Counts a good answer, or tells of one that is wrong.
    fn judge(&self, what: &str, good: bool, answer: &Answer) -> bool {
        let mut tally = self.tally();
        if good {
            tally.count(format!("{what}: {}", answer.status));
        }
        tally.hold(good, || format!("{what}: {answer:?}"));
        good
    }

    async fn redeem(&self, code: &Code) -> reqwest::Result<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.value.as_str()),
            ("code_verifier", &code.attempt.verifier),
            ("redirect_uri", tests::client::REDIRECT),
        ];
        self.client.try_token(&form).await
    }

    async fn refresh(&self, token: &str) -> reqwest::Result<Answer> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.client.try_token(&form).await
    }

    async fn call(&self, access: &str) -> reqwest::Result<Answer> {
        let mcp = tests::mcp::Mcp::by(&self.http, &self.mcp, access);
        let params = json!({"name": "echo", "arguments": {"text": "load"}});
        mcp.try_request("tools/call", params).await
    }
}
