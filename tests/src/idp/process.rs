//! The provider as a child process, and what a test asks of it.

use serde_json::Value;

use super::{Call, Knobs};
use crate::http::Http;
use crate::process::Process;

/// The id and secret that the proxy has at the provider. Both need escaping in a Basic header.
pub fn upstream_client() -> (String, String) {
    (
        "upstream client".into(),
        "up:stream+secret/canary%3d".into(),
    )
}

/// A running provider; it ends with this value.
pub struct Idp {
    process: Process,
    http: Http,
}

impl Idp {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let environment = [("TEST_IDP_BIND".into(), "127.0.0.1:0".into())];
        Self {
            process: Process::start("test-idp", &environment).await,
            http: Http::new(),
        }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> &str {
        self.process.url()
    }

    /// The environment that makes `custom` use this provider, with every optional document.
    pub fn environment(&self) -> Vec<(String, String)> {
        let (id, secret) = upstream_client();
        let url = self.url();
        [
            ("OAUTH_CLIENT_ID", id),
            ("OAUTH_CLIENT_SECRET", secret),
            ("OAUTH_AUTHORIZATION_ENDPOINT", format!("{url}/authorize")),
            ("OAUTH_TOKEN_ENDPOINT", format!("{url}/token")),
            ("OAUTH_SCOPES", "openid profile email notes:write".into()),
            ("OAUTH_ISSUER", url.into()),
            ("OAUTH_JWKS_URI", format!("{url}/jwks")),
            ("OAUTH_USERINFO_ENDPOINT", format!("{url}/userinfo")),
            ("OAUTH_REVOCATION_ENDPOINT", format!("{url}/revoke")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Changes behaviour from now on.
    pub async fn turn(&self, knobs: &Knobs) {
        let body = serde_json::to_value(knobs).expect("knobs are JSON");
        let answer = self
            .http
            .post_json(&format!("{}/_knobs", self.url()), &body)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Every call so far to one endpoint.
    pub async fn calls(&self, endpoint: &str) -> Vec<Call> {
        let all: Vec<Call> = serde_json::from_value(self.ask("_calls").await).expect("calls");
        all.into_iter()
            .filter(|call| call.endpoint == endpoint)
            .collect()
    }

    /// How many calls there were to one endpoint; cheaper than the calls themselves.
    pub async fn count(&self, endpoint: &str) -> u64 {
        self.ask("_counts").await[endpoint].as_u64().unwrap_or(0)
    }

    /// Every secret that was handed out: codes, access, refresh and ID tokens.
    pub async fn issued(&self) -> Vec<String> {
        serde_json::from_value(self.ask("_issued").await).expect("a list of tokens")
    }

    /// Forgets every call and what was handed out, and behaves well again.
    pub async fn forget(&self) {
        self.ask("_forget").await;
    }

    /// Sets by how many seconds its clock is ahead of this machine's.
    pub async fn ahead(&self, seconds: i64) {
        let url = format!("{}/_ahead", self.url());
        let answer = self.http.send("POST", &url, &[], seconds.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    async fn ask(&self, what: &str) -> Value {
        self.http
            .get(&format!("{}/{what}", self.url()))
            .await
            .json()
    }
}
