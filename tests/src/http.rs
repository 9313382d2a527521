//! HTTP as the tests need it: no redirects followed, every answer read to the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::cookie::Jar;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, redirect};
use serde_json::Value;
use url::Url;

use crate::nodes::Nodes;
use crate::schema::{Asked, Reader};

/// A client that shows each answer as it came; clones share its kept connections.
#[derive(Clone)]
pub struct Http {
    client: Client,
    nodes: Option<Nodes>,
    diary: Option<Diary>,
}

/// Every answer, in order.
pub type Diary = Arc<Mutex<Vec<Answer>>>;

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Http {
    /// Without cookies.
    pub fn new() -> Self {
        Self::of(builder())
    }

    /// With a cookie jar.
    pub fn with_cookies(jar: Arc<Jar>) -> Self {
        Self::of(builder().cookie_provider(jar))
    }

    fn of(builder: reqwest::ClientBuilder) -> Self {
        Self {
            client: builder.build().expect("an HTTP client"),
            nodes: None,
            diary: None,
        }
    }

    /// Sends each request to one of these nodes by chance.
    #[must_use]
    pub fn through(mut self, nodes: &Nodes) -> Self {
        self.nodes = Some(nodes.clone());
        self
    }

    /// Writes every answer down.
    #[must_use]
    pub fn recording(mut self, diary: &Diary) -> Self {
        self.diary = Some(Arc::clone(diary));
        self
    }

    /// Sends anything.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let sent = self.try_send(method, url, headers, body).await;
        sent.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"))
    }

    /// Sends anything; an error is a connection that broke.
    pub async fn try_send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answer> {
        let method = Method::from_bytes(method.as_bytes()).expect("an HTTP method");
        let place = self.nodes.as_ref().and_then(|nodes| {
            let host = nodes.host();
            Some((nodes.place(url)?, host))
        });
        let at = place.as_ref().map_or(url, |(place, _)| place);
        let body = body.into();
        let sent = body.as_bytes().unwrap_or_default().to_owned();
        let mut request = self.client.request(method, at).body(body);
        if let Some((_, host)) = place {
            request = request.header("host", host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let answer = Answer {
            url: Url::parse(url).expect("a URL was asked for"),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await?,
        };
        judge(headers, &sent, &answer);
        if let Some(diary) = &self.diary {
            let mut diary = diary.lock().unwrap_or_else(PoisonError::into_inner);
            diary.push(answer.clone());
        }
        Ok(answer)
    }

    /// `GET`, as a browser's or a script's.
    pub async fn get(&self, url: &str) -> Answer {
        self.send("GET", url, &[("accept", "text/html, application/json")], "")
            .await
    }

    /// `POST` of a form.
    pub async fn post_form(&self, url: &str, form: &[(&str, &str)]) -> Answer {
        let body = encode(form);
        self.send("POST", url, &[("content-type", FORM)], body)
            .await
    }

    /// `POST` of JSON.
    pub async fn post_json(&self, url: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send("POST", url, &headers, body.to_string()).await
    }
}

/// Whatever an MCP endpoint says is valid under its schema.
fn judge(headers: &[(&str, &str)], request: &[u8], answer: &Answer) {
    if !answer.url.path().ends_with("/mcp") {
        return;
    }
    let sent = |wanted: &str| {
        let mut headers = headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| *value)
    };
    let mut reader = Reader::new(Asked::new(sent, request), &answer.headers);
    reader.push(answer.body.as_bytes());
    reader.end();
}

fn builder() -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(30))
}

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A form's body.
pub fn encode(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where it came from.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.body);
        parsed.unwrap_or_else(|error| panic!("{error} in the answer of {}:\n{self:?}", self.url))
    }

    /// One header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect leads, if this is one.
    pub fn location(&self) -> Option<Url> {
        let location = self
            .header("location")
            .filter(|_| (300..400).contains(&self.status))?;
        Some(self.url.join(location).expect("a redirect leads to a URL"))
    }

    /// The OAuth error code of a JSON body, or nothing.
    pub fn error(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        Some(body.get("error")?.as_str()?.to_owned())
    }

    /// "Come again in a moment": a fault of the machine, by which nothing was decided.
    pub fn is_come_again(&self) -> bool {
        self.status == 503 && self.header("retry-after").is_some()
    }

    /// Status and OAuth error in one comparable value.
    pub fn outcome(&self) -> (u16, Option<String>) {
        (self.status, self.error())
    }
}

/// A parameter of a URL's query; fails if it is there twice.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut found = url.query_pairs().filter(|(key, _)| key == name);
    let first = found.next().map(|(_, value)| value.into_owned());
    assert!(found.next().is_none(), "`{name}` is twice in {url}");
    first
}
