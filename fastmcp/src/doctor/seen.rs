//! One answer of the server, as far as a finding needs it.

use http::header::HeaderName;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::parts::Parts;
use crate::spec::BaseUrl;

/// Larger answers are no metadata, and no page.
const MAX_ANSWER: usize = 256 * 1024;

/// What is looked at, and by what.
pub(super) struct Looking<'a> {
    /// The MCP endpoint, as clients are given it.
    pub(super) url: &'a str,
    pub(super) base: &'a BaseUrl,
    pub(super) parts: &'a Parts,
}

/// An answer.
pub(super) struct Seen {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

/// What is sent: header and value, and the body.
pub(super) type Sent<'a> = (&'a [(HeaderName, &'a str)], String);

impl Looking<'_> {
    /// One request; an error is in words for the report.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        (headers, body): Sent<'_>,
    ) -> Result<Seen, String> {
        let mut request = self.parts.http.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let mut answer = request.send().await.map_err(|error| unreached(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unreached(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(format!("{url} answers with more than {MAX_ANSWER} bytes"));
            }
        }
        Ok(Seen {
            status,
            headers,
            body,
        })
    }
}

impl Seen {
    /// The one value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a JSON object.
    pub(super) fn json(&self) -> Option<Value> {
        let value: Value = serde_json::from_slice(&self.body).ok()?;
        value.is_object().then_some(value)
    }
}

/// What kept an answer away, without the address, which is told already.
fn unreached(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("no answer: {cause}")
}
