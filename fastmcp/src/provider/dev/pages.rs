//! The sign-in page: `GET` shows it, `POST` decides, and both end at the callback or in a page.

use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, body::Body};
use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};

use super::guard::is_local;
use super::ticket::{Tickets, Visit};
use super::user::{DevUser, EXAMPLES};
use super::{PATH, guard};
use crate::keys::Keys;
use crate::page::{self, SignInView, Typed};
use crate::parts::Parts;
use crate::spec::{BaseUrl, CodeChallenge, Scopes};

/// Largest form that is read.
const BODY_LIMIT: usize = 32 * 1024;
/// Longest state that is carried.
const STATE_LIMIT: usize = 512;

/// What the development provider needs to know of its server.
#[derive(Clone, Debug)]
pub(crate) struct DevOptions {
    /// Name that the page shows.
    pub(crate) server_name: String,
    /// Roles that can be ticked.
    pub(crate) roles: Vec<String>,
    /// Public address of the server; must be loopback.
    pub(crate) base_url: BaseUrl,
    /// The proxy's callback, the only place to which the page leads.
    pub(crate) redirect_uri: String,
}

/// The server's address is not loopback, so the development provider would let anyone in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotLoopback;

impl fmt::Display for NotLoopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`auth = dev` asks nobody for a password and serves on loopback only")
    }
}

impl std::error::Error for NotLoopback {}

struct SignIn {
    options: DevOptions,
    tickets: Tickets,
}

/// The routes of the sign-in page.
///
/// # Errors
/// The base URL is not loopback.
pub(crate) fn router(options: DevOptions, keys: Keys, parts: Parts) -> Result<Router, NotLoopback> {
    if !options.base_url.is_loopback() {
        return Err(NotLoopback);
    }
    let tickets = Tickets::new(keys, parts);
    Ok(Router::new()
        // GET answers HEAD too, which is harmless: showing the page changes nothing.
        .route(PATH, get(show).post(decide))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(SignIn { options, tickets })))
}

async fn show(State(sign_in): State<Arc<SignIn>>, head: http::request::Parts) -> Response {
    if !guard::is_local(&head) {
        return elsewhere();
    }
    match visit(head.uri.query().unwrap_or_default()) {
        Some(visit) => sign_in.page(&visit, None, &Typed::default()),
        None => incomplete(),
    }
}

async fn decide(
    State(sign_in): State<Arc<SignIn>>,
    head: http::request::Parts,
    body: Bytes,
) -> Response {
    if !is_local(&head) {
        return elsewhere();
    }
    let form = Form::parse(&body);
    let Some(visit) = sign_in.tickets.open_form(&form.sealed) else {
        return incomplete();
    };
    match form.action.as_str() {
        "cancel" => sign_in.back(&[("error", "access_denied"), ("state", &visit.state)]),
        "sign_in" => match DevUser::from_form(&form.typed, &sign_in.options.roles) {
            Ok(user) => match sign_in.tickets.code(&visit, user) {
                Some(code) => sign_in.back(&[("code", &code), ("state", &visit.state)]),
                None => incomplete(),
            },
            Err(mistake) => sign_in.page(&visit, Some(mistake), &form.typed),
        },
        _ => incomplete(),
    }
}

impl SignIn {
    fn page(&self, visit: &Visit, mistake: Option<&str>, typed: &Typed) -> Response {
        let Some(form) = self.tickets.form(visit) else {
            return incomplete();
        };
        page::sign_in(&SignInView {
            server_name: &self.options.server_name,
            users: &EXAMPLES,
            roles: &self.options.roles,
            action_url: &format!("{}{PATH}", self.options.base_url.path()),
            form: &form,
            mistake,
            typed,
        })
    }

    /// Sends the browser to the callback, the address being the server's own.
    fn back(&self, params: &[(&str, &str)]) -> Response {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(params)
            .finish();
        let target = format!("{}?{query}", self.options.redirect_uri);
        let Ok(location) = HeaderValue::try_from(target) else {
            return incomplete();
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let headers = response.headers_mut();
        headers.insert(LOCATION, location);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

/// The visit that an authorization request asks for; each parameter at most once.
fn visit(query: &str) -> Option<Visit> {
    let mut found = [None, None, None];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match &*name {
            "state" => 0,
            "code_challenge" => 1,
            "scope" => 2,
            _ => continue,
        };
        if found[place].replace(value).is_some() {
            return None;
        }
    }
    let [state, challenge, scope] = found;
    let state = state.filter(|state| !state.is_empty() && state.len() <= STATE_LIMIT)?;
    Some(Visit {
        state: state.into_owned(),
        challenge: CodeChallenge::parse(&challenge?).ok()?,
        scopes: Scopes::parse(&scope.unwrap_or_default()).ok()?,
    })
}

/// The submitted form; of a repeated field the last counts, except for roles.
#[derive(Default)]
struct Form {
    sealed: String,
    action: String,
    typed: Typed,
}

impl Form {
    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            match &*name {
                "form" => form.sealed = value,
                "action" => form.action = value,
                "user" => form.typed.user = value,
                "name" => form.typed.name = value,
                "email" => form.typed.email = value,
                "role" => {
                    form.typed.roles.insert(value);
                }
                _ => {}
            }
        }
        form
    }
}

fn elsewhere() -> Response {
    page::problem(
        StatusCode::FORBIDDEN,
        "Only on this computer",
        "The development sign-in asks for no password, so it answers only the computer it runs on, \
         under the names localhost and 127.0.0.1.",
        "Open the server's address on that computer, or set up a real identity provider.",
    )
}

fn incomplete() -> Response {
    page::problem(
        StatusCode::BAD_REQUEST,
        "This sign-in has ended",
        "The page was open for too long, or was not reached from an app that asks you to sign in.",
        "Go back to the app and connect again.",
    )
}
