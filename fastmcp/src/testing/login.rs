//! A login as a client and a person make it: authorization request, pages, code, tokens.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use url::Url;

use super::browser::{Browser, Landed};
use super::connection::Connection;
use super::line::Line;
use super::provider::base64url_sha256;
use crate::parts::Random;

/// The kit's own client at the server.
pub(super) const CLIENT: &str = "test-client";
/// Where it is called back; nothing listens there.
pub(super) const REDIRECT: &str = "http://127.0.0.1:33418/callback";

/// What a login goes along.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) http: reqwest::Client,
    pub(super) base_url: String,
    pub(super) resource: String,
}

/// What a login ends in.
pub(super) struct Tokens {
    access: String,
    refresh: Option<String>,
    scopes: Vec<String>,
    expires_in: u64,
}

/// Why a login or a refresh came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginError {
    pub(super) status: u16,
    pub(super) error: Option<String>,
    pub(super) text: String,
}

impl LoginError {
    /// The HTTP status of the page or answer where it ended; of a redirect to the client 302 or
    /// 303.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The OAuth error code that the client was told, if it was told: `access_denied`,
    /// `temporarily_unavailable`, `invalid_grant`, …
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// What was shown or answered.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn broken(what: impl fmt::Display) -> Self {
        Self {
            status: 0,
            error: None,
            text: what.to_string(),
        }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.error.as_deref().unwrap_or("no OAuth error");
        write!(f, "no login ({}, {error}): {}", self.status, self.text)
    }
}

impl std::error::Error for LoginError {}

/// A login that succeeded: its tokens, and connections that use them.
pub struct Login {
    way: Way,
    line: Line,
    tokens: Mutex<Tokens>,
    /// What every connection sends.
    access: Arc<Mutex<Option<String>>>,
}

impl Login {
    pub(super) fn new(way: Way, line: Line, tokens: Tokens) -> Self {
        Self {
            way,
            line,
            access: Arc::new(Mutex::new(Some(tokens.access.clone()))),
            tokens: Mutex::new(tokens),
        }
    }

    /// A connection with this login's access token, always the newest.
    pub fn connection(&self) -> Connection {
        Connection::sharing(self.line.clone(), Arc::clone(&self.access))
    }

    /// The access token.
    pub fn access_token(&self) -> String {
        self.tokens(|tokens| tokens.access.clone())
    }

    /// The refresh token, if there is one.
    pub fn refresh_token(&self) -> Option<String> {
        self.tokens(|tokens| tokens.refresh.clone())
    }

    /// The granted scopes.
    pub fn scopes(&self) -> Vec<String> {
        self.tokens(|tokens| tokens.scopes.clone())
    }

    /// In how many seconds the access token ends, counted from when it was given.
    pub fn expires_in(&self) -> u64 {
        self.tokens(|tokens| tokens.expires_in)
    }

    /// Refreshes: from now on this login has new tokens.
    ///
    /// # Errors
    /// The server refused, or could not.
    pub async fn refresh(&self) -> Result<(), LoginError> {
        let Some(refresh) = self.refresh_token() else {
            return Err(LoginError::broken("this login has no refresh token"));
        };
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh),
            ("client_id", CLIENT),
        ];
        let fresh = redeem(&self.way, &form).await?;
        let mut access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        *access = Some(fresh.access.clone());
        drop(access);
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Ends this login (RFC 7009).
    ///
    /// # Errors
    /// The server could not.
    pub async fn revoke(&self) -> Result<(), LoginError> {
        let token = self.refresh_token().unwrap_or_else(|| self.access_token());
        let form = [("token", &*token), ("client_id", CLIENT)];
        let endpoint = format!("{}/oauth/revoke", self.way.base_url);
        post(&self.way, &endpoint, &form).await.map(drop)
    }

    fn tokens<T>(&self, read: impl FnOnce(&Tokens) -> T) -> T {
        read(&self.tokens.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tokens are not printed.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("scopes", &self.scopes())
            .finish_non_exhaustive()
    }
}

/// The whole way to tokens.
pub(super) async fn walk(way: &Way, scopes: &BTreeSet<String>) -> Result<Tokens, LoginError> {
    let random = Random::system();
    let (verifier, state) = (random.token(), random.token());
    let scope = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let challenge = base64url_sha256(&verifier);
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("state", &state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("resource", &way.resource),
    ];
    if !scope.is_empty() {
        parameters.push(("scope", &scope));
    }
    let endpoint = format!("{}/oauth/authorize", way.base_url);
    let url = Url::parse_with_params(&endpoint, parameters).map_err(LoginError::broken)?;
    let mut browser = Browser::new(way.http.clone(), &way.base_url);
    let Landed { status, url } = browser.agree(url, REDIRECT).await?;
    let parameter = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    if parameter("state").as_ref() != Some(&state) {
        return Err(LoginError::broken(
            "the client was called back without its `state`",
        ));
    }
    let Some(code) = parameter("code") else {
        return Err(LoginError {
            status,
            error: parameter("error"),
            text: parameter("error_description").unwrap_or_default(),
        });
    };
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("code_verifier", &verifier),
        ("redirect_uri", REDIRECT),
        ("client_id", CLIENT),
    ];
    redeem(way, &form).await
}

async fn redeem(way: &Way, form: &[(&str, &str)]) -> Result<Tokens, LoginError> {
    let endpoint = format!("{}/oauth/token", way.base_url);
    let body: Value = post(way, &endpoint, form).await?;
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let scopes = text("scope").unwrap_or_default();
    Ok(Tokens {
        access: text("access_token").ok_or_else(|| LoginError::broken(&body))?,
        refresh: text("refresh_token"),
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        expires_in: body["expires_in"].as_u64().unwrap_or_default(),
    })
}

async fn post(way: &Way, url: &str, form: &[(&str, &str)]) -> Result<Value, LoginError> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = way.http.post(url).body(body).header(
        http::header::CONTENT_TYPE,
        "application/x-www-form-urlencoded",
    );
    let response = request.send().await.map_err(LoginError::broken)?;
    let status = response.status();
    let text = response.text().await.map_err(LoginError::broken)?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    Err(LoginError {
        status: status.as_u16(),
        error: body["error"].as_str().map(str::to_owned),
        text,
    })
}
