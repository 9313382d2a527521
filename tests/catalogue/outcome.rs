//! The words in which an outcome is expected.

use serde_json::json;
use tests::client::Tokens;
use tests::http::{Answer, parameter};
use url::Url;

use crate::party::{Attempt, Party};
use crate::setup::S;

/// The one safe outcome of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// An OAuth error in JSON.
    E(u16, &'static str),
    /// A page of ours that leads nowhere.
    Page(u16),
    /// A page of ours, or the consent page.
    Html(u16),
    /// 401 or 403 of the MCP endpoint; the error is empty where no token came.
    B401(&'static str),
    /// That status, whatever is in it.
    Status(u16),
}
pub(crate) use Outcome::{B401, E, Html, Page, Status};

impl Outcome {
    /// Fails unless the answer is this.
    pub(crate) fn of(self, case: &str, answer: &Answer) {
        let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
        match self {
            E(status, error) => {
                let expected = (status, Some(error.to_owned()));
                assert_eq!(answer.outcome(), expected, "{case}: {answer:?}");
                let kind = header("content-type");
                assert!(kind.starts_with("application/json"), "{case}: {answer:?}");
                assert_eq!(header("cache-control"), "no-store", "{case}: {answer:?}");
                let nosniff = header("x-content-type-options");
                assert_eq!(nosniff, "nosniff", "{case}: {answer:?}");
                nothing_else(case, answer);
            }
            Page(status) => {
                assert_eq!(answer.status, status, "{case}: {answer:?}");
                nothing_else(case, answer);
                h_set(case, answer);
            }
            Html(status) => {
                assert_eq!(answer.status, status, "{case}: {answer:?}");
                h_set(case, answer);
            }
            B401(error) => b401(case, answer, error),
            Status(status) => assert_eq!(answer.status, status, "{case}: {answer:?}"),
        }
    }
}

fn nothing_else(case: &str, answer: &Answer) {
    for absent in ["location", "set-cookie"] {
        assert!(answer.header(absent).is_none(), "{case}: {answer:?}");
    }
}

/// H-SET: every header that protects a person.
pub(crate) fn h_set(case: &str, answer: &Answer) {
    let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
    let kind = header("content-type");
    assert!(kind.starts_with("text/html"), "{case}: {answer:?}");
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "style-src 'sha256-",
    ] {
        assert!(policy.contains(part), "{case}: {policy}");
    }
    for part in ["form-action", "unsafe-inline", "script-src"] {
        assert!(!policy.contains(part), "{case}: {policy}");
    }
    assert_eq!(header("x-frame-options"), "DENY", "{case}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{case}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{case}");
    assert_eq!(header("cache-control"), "no-store", "{case}");
    no_cors(case, answer);
}

/// No page of another origin may read it.
pub(crate) fn no_cors(case: &str, answer: &Answer) {
    for name in answer.headers.keys() {
        let name = name.as_str();
        assert!(!name.starts_with("access-control-"), "{case}: {answer:?}");
    }
}

fn b401(case: &str, answer: &Answer, error: &str) {
    assert_eq!(answer.status, 401, "{case}: {answer:?}");
    let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges.len(), 1, "{case}: {answer:?}");
    let challenge = challenges[0].to_str().expect("a text");
    assert!(challenge.starts_with("Bearer "), "{case}: {challenge}");
    let base = answer.url.origin().ascii_serialization();
    let metadata = format!(
        "resource_metadata=\"{base}/.well-known/oauth-protected-resource{}\"",
        answer.url.path()
    );
    assert!(challenge.contains(&metadata), "{case}: {challenge}");
    let told = tests::client::quoted(challenge, "error");
    let expected = Some(error.to_owned()).filter(|error| !error.is_empty());
    assert_eq!(told, expected, "{case}: {challenge}");
}

/// RED: back to the client, whose address keeps its bytes; gives where the browser is sent.
pub(crate) fn red(case: &str, answer: &Answer, attempt: &Attempt, error: &str) -> Url {
    assert!(matches!(answer.status, 302 | 303), "{case}: {answer:?}");
    let location = answer.header("location").expect("a redirect");
    assert!(
        location.starts_with(&attempt.redirect),
        "{case}: {location}"
    );
    let called = Url::parse(location).expect("a URL");
    let own = parameter(&attempt.url, "state").filter(|state| !state.is_empty());
    assert_eq!(parameter(&called, "state"), own, "{case}: {called}");
    let issuer = attempt.url.origin().ascii_serialization();
    assert_eq!(parameter(&called, "iss"), Some(issuer), "{case}: {called}");
    let told = parameter(&called, "error");
    assert_eq!(told.as_deref(), Some(error), "{case}: {called}");
    assert_eq!(parameter(&called, "code"), None, "{case}: {called}");
    called
}

impl S {
    /// Does `once`, which must give this outcome, change nothing that is kept, and run no tool.
    pub(crate) async fn expect(
        &self,
        case: &str,
        once: impl Future<Output = Answer>,
        outcome: Outcome,
    ) -> Answer {
        let before = (self.home.store.writes(), self.touched.count());
        let answer = once.await;
        outcome.of(case, &answer);
        let after = (self.home.store.writes(), self.touched.count());
        assert_eq!(after, before, "{case}: writes or NOEXEC, after {answer:?}");
        answer
    }

    /// NOFETCH: no name was resolved, nothing dialled.
    pub(crate) fn no_fetch(&self, case: &str) {
        let (names, addresses) = (self.publisher.resolved(), self.publisher.dialled());
        assert!(
            names.is_empty() && addresses.is_empty(),
            "{case}: {names:?} {addresses:?}"
        );
    }

    /// Every node opens its MCP endpoint to that token.
    pub(crate) async fn heard(&self, case: &str, access: &str) {
        for node in 0..self.ports.len() {
            let said = self.list_at(node, access).await;
            assert_eq!(said.status, 200, "{case}, node {node}: {said:?}");
        }
    }

    /// No node opens its MCP endpoint to that token.
    pub(crate) async fn unheard(&self, case: &str, access: &str) {
        for node in 0..self.ports.len() {
            let said = self.list_at(node, access).await;
            B401("invalid_token").of(&format!("{case}, node {node}"), &said);
        }
    }

    /// `tools/list` at that node.
    pub(crate) async fn list_at(&self, node: usize, access: &str) -> Answer {
        let mcp = tests::mcp::Mcp::by(&self.only(node), &self.at("/mcp"), access);
        mcp.request("tools/list", json!({})).await
    }

    /// DEAD: no token of the login opens anything, at any node. What one node ended the other ones
    /// know within five seconds; refresh tokens are dead everywhere at once.
    pub(crate) async fn dead(&self, case: &str, client: &Party, generations: &[&Tokens]) {
        for tokens in generations {
            for node in 0..self.ports.len() {
                let answer = client.only(node).refresh(&tokens.refresh).await;
                E(400, "invalid_grant").of(&format!("{case}: a dead refresh token"), &answer);
            }
        }
        if self.ports.len() > 1 {
            self.wait(6);
        }
        for tokens in generations {
            self.unheard(&format!("{case}: a dead access token"), &tokens.access)
                .await;
        }
    }
}
