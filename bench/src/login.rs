//! A whole login as client and browser do it, and a refresh.
//!
//! The same steps for every OAuth proxy: register, authorize, approve the form on the page that
//! comes, return from the provider, redeem the code. The browser's own visit to the provider is
//! left out, for it is no work of the server.

use std::net::SocketAddr;

use form_urlencoded::Serializer;
use serde_json::{Value, json};

use crate::Result;
use crate::message::request;
use crate::wire::Connection;

const REDIRECT: &str = "http://127.0.0.1:33418/callback";
/// The pair of RFC 7636, appendix B: what makes them is no work of the server.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PAGE: (&str, &str) = ("accept", "text/html");

/// A client and the browser of its user, on one connection.
#[derive(Debug)]
pub struct User {
    connection: Connection,
    authority: String,
    client: Option<String>,
    cookies: Vec<String>,
}

/// What a login gives.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl User {
    /// Somebody who has not registered yet.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn new(address: SocketAddr, authority: &str) -> Result<Self> {
        Ok(Self {
            connection: Connection::open(address).await?,
            authority: authority.to_owned(),
            client: None,
            cookies: Vec::new(),
        })
    }

    /// A login from the very start: a new client, a new browser.
    ///
    /// # Errors
    /// A step was not answered as it should be.
    pub async fn whole_login(&mut self) -> Result<Tokens> {
        self.client = None;
        self.login().await
    }

    /// A login by the client that is registered, if one is.
    ///
    /// # Errors
    /// A step was not answered as it should be.
    pub async fn login(&mut self) -> Result<Tokens> {
        self.cookies.clear();
        let client = match &self.client {
            Some(client) => client.clone(),
            None => self.register().await?,
        };
        let form = self.authorize(&client).await?;
        let state = self.approve(&form).await?;
        let code = self.come_back(&state).await?;
        let base = self.resource();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT),
            ("client_id", &*client),
            ("resource", &*base),
        ];
        self.tokens(&form).await
    }

    /// Exchanges a refresh token for its successor.
    ///
    /// # Errors
    /// It is refused.
    pub async fn refresh(&mut self, tokens: &Tokens) -> Result<Tokens> {
        let client = self.client.clone().unwrap_or_default();
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*tokens.refresh),
            ("client_id", &*client),
        ];
        self.tokens(&form).await
    }

    fn resource(&self) -> String {
        format!("http://{}/mcp", self.authority)
    }

    async fn register(&mut self) -> Result<String> {
        let body = json!({
            "client_name": "Bench",
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        });
        let json = [("content-type", "application/json")];
        let sent = ("POST", "/oauth/register", body.to_string());
        let status = self.send(sent, &json).await?;
        let answer = self.json(&[201], status)?;
        let id = answer["client_id"].as_str().ok_or("no client id")?;
        self.client = Some(id.to_owned());
        Ok(id.to_owned())
    }

    /// The hidden fields of the page that asks.
    async fn authorize(&mut self, client: &str) -> Result<Vec<(String, String)>> {
        let resource = self.resource();
        let query = encoded(&[
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", REDIRECT),
            ("state", "the state of the client"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("resource", &resource),
        ]);
        let path = format!("/oauth/authorize?{query}");
        let status = self.send(("GET", &path, String::new()), &[PAGE]).await?;
        if status != 200 {
            return Err(self.unexpected("authorize", status));
        }
        for cookie in self.connection.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            self.cookies.push(pair.to_owned());
        }
        let page = String::from_utf8_lossy(self.connection.body());
        Ok(hidden_fields(&page))
    }

    /// The `state` that the provider is sent.
    async fn approve(&mut self, form: &[(String, String)]) -> Result<String> {
        let mut fields: Vec<_> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        fields.push(("action", "approve"));
        let sent = ("POST", "/oauth/consent", encoded(&fields));
        let status = self.send(sent, &[FORM, PAGE]).await?;
        self.redirected("consent", status, "state")
    }

    /// The code that the client is sent.
    async fn come_back(&mut self, state: &str) -> Result<String> {
        let query = encoded(&[("code", "of the provider"), ("state", state)]);
        let path = format!("/oauth/callback?{query}");
        let status = self.send(("GET", &path, String::new()), &[PAGE]).await?;
        self.redirected("callback", status, "code")
    }

    async fn tokens(&mut self, form: &[(&str, &str)]) -> Result<Tokens> {
        let sent = ("POST", "/oauth/token", encoded(form));
        let status = self.send(sent, &[FORM]).await?;
        let answer = self.json(&[200], status)?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let tokens = Tokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
        };
        if tokens.access.is_empty() || tokens.refresh.is_empty() {
            return Err(format!("no tokens: {answer}").into());
        }
        Ok(tokens)
    }

    async fn send(
        &mut self,
        (method, path, body): (&str, &str, String),
        headers: &[(&str, &str)],
    ) -> Result<u16> {
        let cookies = self.cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let bytes = request(method, &self.authority, path, &headers, &body);
        self.connection.exchange(&bytes).await
    }

    fn json(&self, good: &[u16], status: u16) -> Result<Value> {
        if good.contains(&status) {
            return Ok(serde_json::from_slice(self.connection.body())?);
        }
        Err(self.unexpected("an endpoint", status))
    }

    /// A parameter of the address that the browser is sent to.
    fn redirected(&self, step: &str, status: u16, parameter: &str) -> Result<String> {
        let location = self.connection.headers("location").pop();
        let query = location.as_deref().and_then(|url| url.split_once('?'));
        let mut pairs = form_urlencoded::parse(query.unwrap_or_default().1.as_bytes());
        let found = pairs.find(|(name, _)| name == parameter);
        match found {
            Some((_, value)) => Ok(value.into_owned()),
            None => Err(self.unexpected(step, status)),
        }
    }

    fn unexpected(&self, step: &str, status: u16) -> Box<dyn std::error::Error> {
        let body = String::from_utf8_lossy(self.connection.body());
        let to = self.connection.headers("location").join(" ");
        format!("{step} answered {status}, {to}: {body}").into()
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Name and value of each hidden field. The values here need no unescaping.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    page.split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|tag| {
            let tag = tag.split_once('>')?.0;
            Some((attribute(tag, "name")?, attribute(tag, "value")?))
        })
        .collect()
}
