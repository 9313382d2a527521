//! An OAuth client as MCP asks for it: discovery from the endpoint's 401, registration, PKCE.

use serde_json::{Value, json};
use url::Url;

use crate::http::{Answer, FORM, Http, encode, parameter};
use crate::{base64url_sha256, random_token};

/// Where the tests' clients are called back; nothing listens there.
pub const REDIRECT: &str = "http://127.0.0.1:33418/callback";

/// What a client learns before it registers.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// The `WWW-Authenticate` header of the 401.
    pub challenge: String,
    /// The protected-resource metadata (RFC 9728).
    pub resource: Value,
    /// The authorization-server metadata (RFC 8414).
    pub server: Value,
}

impl Discovered {
    /// A text member of the authorization server's metadata.
    pub fn endpoint(&self, name: &str) -> String {
        let value = self.server.get(name).and_then(Value::as_str);
        value
            .unwrap_or_else(|| panic!("no `{name}` in {}", self.server))
            .to_owned()
    }
}

/// Asks the MCP endpoint without a token and follows what the challenge says.
pub async fn discover(mcp: &str) -> Discovered {
    let http = Http::new();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    let refused = http.send("POST", mcp, &headers, body.to_string()).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    let challenge = refused
        .header("www-authenticate")
        .expect("a challenge")
        .to_owned();
    let document = quoted(&challenge, "resource_metadata").expect("`resource_metadata`");
    let resource = http.get(&document).await.json();
    let issuer = resource["authorization_servers"][0]
        .as_str()
        .expect("an issuer");
    let issuer = Url::parse(issuer).expect("an issuer is a URL");
    let path = issuer.path().trim_end_matches('/');
    let well_known = format!("/.well-known/oauth-authorization-server{path}");
    let server = issuer.join(&well_known).expect("a URL");
    let server = http.get(server.as_str()).await.json();
    Discovered {
        challenge,
        resource,
        server,
    }
}

/// A quoted parameter of a challenge.
pub fn quoted(challenge: &str, name: &str) -> Option<String> {
    let rest = challenge.split_once(&format!("{name}=\""))?.1;
    Some(rest.split_once('"')?.0.to_owned())
}

/// A registered client.
#[derive(Clone)]
pub struct Client {
    /// What it knows of the server.
    pub discovered: Discovered,
    /// Its id.
    pub id: String,
    /// Its secret, if it is confidential.
    pub secret: Option<String>,
    http: Http,
}

/// A login on its way.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where to send the browser.
    pub url: Url,
    /// The client's `state`.
    pub state: String,
    /// The PKCE verifier.
    pub verifier: String,
}

/// A token answer.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// The granted scopes.
    pub scope: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
}

impl Tokens {
    /// Reads a successful token answer.
    pub fn read(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        assert_eq!(body["token_type"], "Bearer", "{body}");
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
            scope: text("scope"),
            expires_in: body["expires_in"]
                .as_u64()
                .expect("`expires_in` is a whole number"),
        }
    }
}

impl Client {
    /// Registers a public client.
    pub async fn register(discovered: Discovered) -> Self {
        let metadata = json!({
            "client_name": "Test client",
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        });
        Self::register_as(discovered, &metadata).await
    }

    /// Registers with metadata of one's own.
    pub async fn register_as(discovered: Discovered, metadata: &Value) -> Self {
        let http = Http::new();
        let endpoint = discovered.endpoint("registration_endpoint");
        let answer = http.post_json(&endpoint, metadata).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let body = answer.json();
        let id = body["client_id"].as_str().expect("a client id").to_owned();
        let secret = body["client_secret"].as_str().map(Into::into);
        Self {
            discovered,
            id,
            secret,
            http,
        }
    }

    /// The same client, sending by `http`.
    #[must_use]
    pub fn by(&self, http: &Http) -> Self {
        Self {
            http: http.clone(),
            ..self.clone()
        }
    }

    /// Begins a login with everything that a good client sends.
    pub fn begin(&self) -> Attempt {
        self.begin_with(&[])
    }

    /// Begins a login; `changes` replace a parameter, add one, or (empty) remove one.
    pub fn begin_with(&self, changes: &[(&str, &str)]) -> Attempt {
        let verifier = random_token();
        let state = format!("st&te=+%/{}", &random_token()[..8]);
        let challenge = base64url_sha256(&verifier);
        let resource = self.discovered.resource["resource"]
            .as_str()
            .unwrap_or_default();
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", REDIRECT),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", resource),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let endpoint = self.discovered.endpoint("authorization_endpoint");
        let url = Url::parse_with_params(&endpoint, parameters).expect("a URL");
        Attempt {
            url,
            state,
            verifier,
        }
    }

    /// Checks the call back as a good client must, and takes the code.
    pub fn code(&self, attempt: &Attempt, called: &Url) -> String {
        assert_eq!(parameter(called, "error"), None, "{called}");
        assert_eq!(
            parameter(called, "state").as_deref(),
            Some(attempt.state.as_str())
        );
        let issuer = self.discovered.endpoint("issuer");
        assert_eq!(parameter(called, "iss"), Some(issuer), "{called}");
        parameter(called, "code").expect("a code")
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", REDIRECT),
        ];
        self.token(&form).await
    }

    /// Refreshes.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ])
        .await
    }

    /// Ends the login that the token belongs to.
    pub async fn revoke(&self, token: &str) -> Answer {
        let sent = self.post("revocation_endpoint", &[("token", token)]).await;
        sent.unwrap_or_else(|error| panic!("the revocation endpoint: {error:?}"))
    }

    /// Any request to the token endpoint, as this client.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let sent = self.try_token(form).await;
        sent.unwrap_or_else(|error| panic!("the token endpoint: {error:?}"))
    }

    /// As [`Client::token`]; an error is a connection that broke.
    pub async fn try_token(&self, form: &[(&str, &str)]) -> reqwest::Result<Answer> {
        self.post("token_endpoint", form).await
    }

    async fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> reqwest::Result<Answer> {
        let mut form = form.to_vec();
        form.push(("client_id", &self.id));
        if let Some(secret) = &self.secret {
            form.push(("client_secret", secret));
        }
        let url = self.discovered.endpoint(endpoint);
        let headers = [("content-type", FORM)];
        self.http
            .try_send("POST", &url, &headers, encode(&form))
            .await
    }
}
