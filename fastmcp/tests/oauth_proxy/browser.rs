//! A browser with cookies, and the pages it reads.

use std::sync::Mutex;

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE};

use crate::support::{Answer, FORM, Server, callback_url, encode};

/// A browser: its cookies come back.
pub(crate) struct Browser<'a> {
    pub(crate) server: &'a Server,
    pub(crate) cookies: Mutex<Vec<(String, String)>>,
}

/// The hidden fields of a consent page.
pub(crate) struct Page {
    pub(crate) form: String,
    pub(crate) csrf: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Self {
            server,
            cookies: Mutex::default(),
        }
    }

    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send(Request::get(url), Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, FORM);
        self.send(request, Body::from(encode(form))).await
    }

    async fn send(&self, request: http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<_> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = request.header(ACCEPT, "text/html,*/*");
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let answer = self.server.send(request.body(body).unwrap()).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            cookies.retain(|(known, _)| known != name);
            cookies.push((name.to_owned(), value.to_owned()));
        }
        answer
    }

    pub(crate) async fn open(&self, url: &str) -> Page {
        let answer = self.get(url).await;
        answer.is_page(200);
        Page::read(&answer.body)
    }

    pub(crate) async fn decide(&self, page: &Page, action: &str) -> Answer {
        let form = [
            ("form", page.form.as_str()),
            ("csrf", page.csrf.as_str()),
            ("action", action),
        ];
        self.post("/oauth/consent", &form).await
    }

    /// Approves, and gives the `state` that goes to the provider.
    pub(crate) async fn approve(&self, url: &str) -> String {
        let page = self.open(url).await;
        self.decide(&page, "approve").await.param("state").unwrap()
    }

    pub(crate) async fn come_back(&self, state: &str) -> Answer {
        self.get(&callback_url(&[
            ("code", "upstream-code"),
            ("state", state),
        ]))
        .await
    }

    /// A whole login; gives the code.
    pub(crate) async fn login(&self, url: &str) -> String {
        let state = self.approve(url).await;
        let answer = self.come_back(&state).await;
        answer.param("code").unwrap_or_else(|| panic!("{answer:?}"))
    }
}

impl Page {
    pub(crate) fn read(html: &str) -> Self {
        let field = |name: &str| {
            let start = format!("name=\"{name}\" value=\"");
            let (_, rest) = html.split_once(&start).unwrap_or_else(|| panic!("{html}"));
            rest.split_once('"').unwrap().0.to_owned()
        };
        Self {
            form: field("form"),
            csrf: field("csrf"),
        }
    }
}
