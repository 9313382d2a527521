//! The clients of the fixture, and what each of them does.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::client::Tokens;
use tests::http::{Answer, FORM, Http, encode, parameter};
use tests::mcp::Mcp;
use tests::{base64url_sha256, random_token};
use url::Url;

use crate::setup::{BASE, MCP, S};

/// Where the clients are called back.
pub(crate) const C_CB: &str = "https://c.test/cb";
pub(crate) const L_CB: &str = "http://127.0.0.1/cb";
pub(crate) const X_CB: &str = "https://x.test/cb";

/// A client.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) s: S,
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    pub(crate) redirect: String,
    http: Http,
}

/// A login on its way.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) verifier: String,
    pub(crate) redirect: String,
}

impl S {
    /// `C`: a public client.
    pub(crate) async fn c(&self) -> Party {
        self.party(json!({"client_name": "Client C", "redirect_uris": [C_CB]}))
            .await
    }

    /// `L`: a public native client.
    pub(crate) async fn l(&self) -> Party {
        self.party(json!({"client_name": "Client L", "redirect_uris": [L_CB]}))
            .await
    }

    /// `X`: the attacker's.
    pub(crate) async fn x(&self) -> Party {
        self.party(json!({"client_name": "Client X", "redirect_uris": [X_CB]}))
            .await
    }

    /// `K`: a confidential one.
    pub(crate) async fn k(&self) -> Party {
        self.party(json!({
            "client_name": "Client K",
            "redirect_uris": ["https://c.test/cb"],
            "token_endpoint_auth_method": "client_secret_basic",
        }))
        .await
    }

    /// A client with that metadata; public unless it says otherwise.
    pub(crate) async fn party(&self, changes: Value) -> Party {
        let answer = self.register(&crate::setup::registration(changes)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let body = answer.json();
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        Party {
            s: self.clone(),
            id: text(&body["client_id"]).expect("a client id"),
            secret: text(&body["client_secret"]),
            redirect: text(&body["redirect_uris"][0]).expect("a redirect URI"),
            http: self.http.clone(),
        }
    }

    /// A client that publishes a document there.
    pub(crate) fn published(&self, url: &str) -> Party {
        self.publisher.client(url);
        self.named(url)
    }

    /// A client of that id, which may be nobody's.
    pub(crate) fn named(&self, id: &str) -> Party {
        Party {
            s: self.clone(),
            id: id.to_owned(),
            secret: None,
            redirect: C_CB.to_owned(),
            http: self.http.clone(),
        }
    }

    /// An MCP client with that token.
    pub(crate) fn mcp(&self, access: &str) -> Mcp {
        Mcp::by(&self.http, &self.at("/mcp"), access)
    }

    /// The baseline: a login of a fresh client, a call, a refresh, a call.
    pub(crate) async fn baseline(&self) {
        self.idp.turn(&tests::idp::Knobs::default()).await;
        let health = self.get("/health").await;
        assert_eq!(health.status, 200, "{health:?}");
        let l = self.l().await;
        let tokens = l.login().await;
        let mcp = self.mcp(&tokens.access);
        assert_eq!(mcp.text("echo", json!({"text": "a"})).await, "a");
        let next = Tokens::read(&l.refresh(&tokens.refresh).await);
        let mcp = self.mcp(&next.access);
        assert_eq!(mcp.text("echo", json!({"text": "b"})).await, "b");
    }
}

impl Party {
    /// The same client, by way of that node alone.
    pub(crate) fn only(&self, node: usize) -> Self {
        let http = self.s.only(node);
        Self {
            http,
            ..self.clone()
        }
    }

    /// The same client at another server.
    pub(crate) fn at(&self, s: &S) -> Self {
        Self {
            s: s.clone(),
            http: s.http.clone(),
            ..self.clone()
        }
    }

    /// The same client with another secret, or without one.
    pub(crate) fn with_secret(&self, secret: Option<String>) -> Self {
        Self {
            secret,
            ..self.clone()
        }
    }

    /// `AZ(changes)`: a good authorization request but for these; an empty value removes one.
    pub(crate) fn az(&self, changes: &[(&str, &str)]) -> Attempt {
        let verifier = random_token();
        let state = format!("st&te=+%/{}", random_token());
        let challenge = base64url_sha256(&verifier);
        let resource = format!("{}/mcp", self.s.base);
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &resource),
        ];
        let mut redirect = self.redirect.clone();
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
            if *name == "redirect_uri" {
                (*value).clone_into(&mut redirect);
            }
        }
        let endpoint = self.s.at("/oauth/authorize");
        let url = Url::parse_with_params(&endpoint, parameters).expect("a URL");
        Attempt {
            url,
            state,
            verifier,
            redirect,
        }
    }

    /// Opens the request in a browser that was not here before.
    pub(crate) async fn open(&self, attempt: &Attempt) -> Answer {
        self.s.browser().get(attempt.url.as_str()).await
    }

    /// A login up to the code, in that browser.
    pub(crate) async fn code_in(&self, browser: &Browser, attempt: &Attempt) -> String {
        self.s.provider_follows().await;
        let url = attempt.url.as_str();
        let called = browser.agree(url, &attempt.redirect, |_| {}).await;
        assert_eq!(parameter(&called, "error"), None, "{called}");
        parameter(&called, "code").expect("a code")
    }

    /// A login up to the code.
    pub(crate) async fn code(&self) -> (Attempt, String) {
        let attempt = self.az(&[]);
        let code = self.code_in(&self.s.browser(), &attempt).await;
        (attempt, code)
    }

    /// A whole login.
    pub(crate) async fn login(&self) -> Tokens {
        self.login_with(&[]).await
    }

    /// The same with changes to the authorization request.
    pub(crate) async fn login_with(&self, changes: &[(&str, &str)]) -> Tokens {
        let attempt = self.az(changes);
        let code = self.code_in(&self.s.browser(), &attempt).await;
        Tokens::read(&self.redeem(&attempt, &code).await)
    }

    /// Redeems a code.
    pub(crate) async fn redeem(&self, attempt: &Attempt, code: &str) -> Answer {
        self.redeem_with(attempt, code, &[]).await
    }

    /// The same with changes; an empty value removes a parameter.
    pub(crate) async fn redeem_with(
        &self,
        attempt: &Attempt,
        code: &str,
        changes: &[(&str, &str)],
    ) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", &attempt.verifier),
            ("redirect_uri", &attempt.redirect),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            if !value.is_empty() {
                form.push((name, value));
            }
        }
        self.token(&form).await
    }

    /// Refreshes.
    pub(crate) async fn refresh(&self, refresh: &str) -> Answer {
        self.refresh_with(refresh, &[]).await
    }

    /// Refreshes, with more parameters.
    pub(crate) async fn refresh_with(&self, refresh: &str, more: &[(&str, &str)]) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.token(&[&form[..], more].concat()).await
    }

    /// Anything at the token endpoint, proved as the client registered.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/oauth/token", form).await
    }

    /// Revokes.
    pub(crate) async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth/revoke", &[("token", token)]).await
    }

    /// A form, proved as the client registered.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        let mut headers = vec![("content-type", FORM)];
        let basic = self.secret.as_ref().map(|it| basic(&self.id, it));
        match &basic {
            Some(basic) => headers.push(("authorization", basic)),
            None => form.push(("client_id", &self.id)),
        }
        let url = self.s.at(path);
        let answer = self.http.send("POST", &url, &headers, encode(&form)).await;
        if answer.status >= 400 {
            repeats_nothing(&answer, &form);
        }
        answer
    }
}

/// A refusal repeats none of the secrets that it refuses.
fn repeats_nothing(answer: &Answer, form: &[(&str, &str)]) {
    let secret = [
        "code",
        "code_verifier",
        "refresh_token",
        "token",
        "client_secret",
    ];
    for (name, value) in form {
        let told = secret.contains(name) && value.len() >= 12 && answer.body.contains(value);
        assert!(!told, "`{name}` comes back in {answer:?}");
    }
}

/// The header of HTTP Basic.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let escape = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", escape(id), escape(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

/// The addresses of the fixture hang together.
const _: () = assert!(MCP.len() == BASE.len() + 4);
