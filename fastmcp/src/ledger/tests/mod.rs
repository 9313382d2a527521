//! The transitions as function calls: what is single, what is repeatable, what ends what.

mod client;
mod explorer;
mod grant;
mod handle;
mod lease;
mod login;
mod look;
mod schedules;
mod survey;
mod unsaved;
mod unused;
mod upstream;
mod versions;

use std::collections::BTreeSet;
use std::sync::Arc;

use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::keys::Keys;
use crate::parts::{Clock, Random};
use crate::secret::Secret;
use crate::spec::{Claims, CodeChallenge, RedirectUri, Scopes};
use crate::store::MemoryStore;

const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-a-verifier";

/// When every test begins.
pub(super) const START: UnixSeconds = 1_800_000_000;

/// What costs time to make and can be shared.
struct Base {
    parts: Parts,
    keys: Keys,
}

impl Base {
    fn new() -> Self {
        Self {
            parts: Parts::system(Duration::from_secs(1)).unwrap(),
            keys: Keys::ephemeral(&Random::system()),
        }
    }

    /// The parts, with a clock that tells `time`.
    fn parts(&self, time: &Arc<AtomicU64>) -> Parts {
        let time = Arc::clone(time);
        let tell = move || UNIX_EPOCH + Duration::from_secs(time.load(Ordering::SeqCst));
        let clock = Clock::new(tell);
        Parts {
            clock,
            ..self.parts.clone()
        }
    }
}

/// A ledger over memory whose clock the test turns.
pub(super) struct Fixture {
    pub(super) ledger: Ledger,
    time: Arc<AtomicU64>,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        Self::with(Lifetimes::default()).await
    }

    async fn with(lifetimes: Lifetimes) -> Self {
        let time = Arc::new(AtomicU64::new(START));
        let base = Base::new();
        let (store, parts) = (Arc::new(MemoryStore::new()), base.parts(&time));
        let sealed = Sealed::open(store, &base.keys, parts.clone())
            .await
            .unwrap();
        let ledger = Ledger::new(sealed, base.keys, parts).with_lifetimes(lifetimes);
        Self { ledger, time }
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    fn request(&self, transaction: &str) -> AuthorizationRequest {
        AuthorizationRequest {
            transaction: transaction.to_owned(),
            binding: CodeBinding {
                client_id: "client".to_owned(),
                redirect_uri: RedirectUri::parse("http://127.0.0.1/cb").unwrap(),
                code_challenge: CodeChallenge::of(VERIFIER),
                resource: "http://localhost:8000/mcp".to_owned(),
                published: None,
            },
            client_name: None,
            state: None,
            scopes: Scopes::parse("read").unwrap(),
            expires_at: self.ledger.now() + 600,
        }
    }

    /// A login up to its code.
    async fn code(&self, transaction: &str, facts: NewGrant) -> Secret {
        let request = self.request(transaction);
        let Approval::Go(state) = self.ledger.approve(&request, &browser()).await.unwrap() else {
            panic!("a fresh page can be approved");
        };
        let claim = self.ledger.claim(state.expose(), Some(&browser())).await;
        let Claim::Login(login) = claim.unwrap() else {
            panic!("the approving browser can claim");
        };
        let payload = Payload::SignedIn(Box::new(facts));
        self.ledger.issue_code(*login, payload).await.unwrap().1
    }

    /// A login up to its grant.
    async fn grant(&self, transaction: &str, facts: NewGrant) -> Grant {
        let code = self.code(transaction, facts).await;
        match self.redeem(&code).await {
            Redemption::Done(grant) => *grant,
            other => panic!("a fresh code can be redeemed: {other:?}"),
        }
    }

    async fn redeem(&self, code: &Secret) -> Redemption<&'static str> {
        self.ledger
            .redeem(code.expose(), verified_by(VERIFIER))
            .await
            .unwrap()
    }

    async fn rotate(&self, token: &Secret) -> Refresh<()> {
        self.ledger
            .rotate(token.expose(), |_| Ok(()))
            .await
            .unwrap()
    }
}

fn verified_by(verifier: &str) -> impl Fn(&CodeBinding) -> Result<(), &'static str> {
    move |binding| {
        if binding.code_challenge.verifies(verifier) {
            Ok(())
        } else {
            Err("wrong verifier")
        }
    }
}

fn browser() -> Browser {
    Browser::of_cookie(&Secret::from("the browser that approved"))
}

fn facts() -> NewGrant {
    NewGrant {
        subject: "alice".to_owned(),
        scopes: Scopes::parse("read").unwrap(),
        roles: BTreeSet::new(),
        claims: Claims::new(),
        upstream: None,
        told: None,
    }
}

/// Runs `task` on 64 tasks at once.
async fn at_once<T: Send + 'static, F>(task: impl Fn() -> F) -> Vec<T>
where
    F: std::future::Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..64).map(|_| tokio::spawn(task())).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

impl Ledger {
    /// [`Ledger::renewed_upstream`] at a provider that gives no ID token with a refresh.
    async fn fresh_upstream<F, A, R>(
        &self,
        id: GrantId,
        margin: Duration,
        refresh: R,
    ) -> Result<Fresh<F>, Error>
    where
        R: FnOnce(Secret) -> A + Send,
        A: Future<Output = Result<UpstreamTokens, F>> + Send,
    {
        let renew = |token| {
            let asked = refresh(token);
            async move { asked.await.map(Renewed::from) }
        };
        self.renewed_upstream(id, margin, renew).await
    }
}
