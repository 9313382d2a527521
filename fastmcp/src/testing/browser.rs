//! A person's browser without scripts, who agrees to everything.

use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{RequestBuilder, Response};
use url::Url;

use super::form::Form;
use super::login::LoginError;

/// More hops than any honest login has.
const HOPS: usize = 20;

/// A browser that was nowhere before.
pub(super) struct Browser {
    http: reqwest::Client,
    /// The server; its cookies go nowhere else.
    base_url: String,
    cookies: Vec<(String, String)>,
}

/// Where the client was called back, and by which redirect.
pub(super) struct Landed {
    pub(super) status: u16,
    pub(super) url: Url,
}

impl Browser {
    pub(super) fn new(http: reqwest::Client, base_url: &str) -> Self {
        Self {
            http,
            base_url: base_url.to_owned(),
            cookies: Vec::new(),
        }
    }

    /// Opens `url`, follows redirects and says yes on every page until `client` is called back.
    pub(super) async fn agree(&mut self, url: Url, client: &str) -> Result<Landed, LoginError> {
        let mut here = url;
        let mut response = self.send(&here, self.http.get(here.clone())).await?;
        for _ in 0..HOPS {
            let status = response.status();
            if status.is_redirection() {
                let location = response.headers().get(LOCATION);
                let location = location.and_then(|value| value.to_str().ok());
                let next = location.and_then(|location| here.join(location).ok());
                here = next.ok_or_else(|| LoginError::broken("a redirect to nowhere"))?;
                if here.as_str().starts_with(client) {
                    let (status, url) = (status.as_u16(), here);
                    return Ok(Landed { status, url });
                }
                response = self.send(&here, self.http.get(here.clone())).await?;
                continue;
            }
            let page = response.text().await.map_err(LoginError::broken)?;
            let form = Form::find(&page).filter(|_| status.is_success());
            let Some(form) = form else {
                return Err(LoginError {
                    status: status.as_u16(),
                    error: None,
                    text: page,
                });
            };
            let yes = form.buttons.iter().any(|(_, value)| value == "approve");
            let sent = form.pressed(yes.then_some("approve"));
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(sent)
                .finish();
            let origin = here.origin().ascii_serialization();
            here = here.join(&form.action).map_err(LoginError::broken)?;
            let request = self
                .http
                .post(here.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, origin)
                .header("sec-fetch-site", "same-origin")
                .body(body);
            response = self.send(&here, request).await?;
        }
        Err(LoginError::broken("the login goes round in circles"))
    }

    async fn send(
        &mut self,
        to: &Url,
        mut request: RequestBuilder,
    ) -> Result<Response, LoginError> {
        let home = to.as_str().starts_with(&self.base_url);
        if home && !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        let request = request.header("accept", "text/html");
        let response = request.send().await.map_err(LoginError::broken)?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|it| it.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('='))
                && home
            {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(response)
    }
}
