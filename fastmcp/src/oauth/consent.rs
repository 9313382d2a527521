//! The consent page and its `POST /oauth/consent`: one decision, in the browser that was asked.
//!
//! The page carries the request sealed under the browser's id, and a token over both: the form of
//! another browser does not open, a changed one neither, and a foreign site can send neither. The
//! decision is one ledger call; a double click meets the same login and gets the same answer, two
//! tabs are two logins.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::ORIGIN;
use http::{HeaderMap, StatusCode};

use super::Inner;
use super::answer::Refusal;
use super::authorize::{back, on_to_provider};
use super::browser::BrowserId;
use super::error::{Code, Error};
use super::form::{BodyError, Form, MAX_BODY, has_type, read_body};
use crate::audit::{AuditEvent, AuditId};
use crate::keys::Purpose;
use crate::ledger::{AuthorizationRequest, Client, CodeBinding};
use crate::page::{self, ConsentView};
use crate::provider::scope_meaning;
use crate::spec::ClientIdUrl;

const NOT_ASKED: &str = "This browser was not asked for this decision, or it has forgotten that \
                         it was.";
const TOO_LATE: &str = "This page was decided before, or it is too old.";

/// The page for `request`; seals it for `browser` and writes nothing.
pub(super) fn show(
    proxy: &Inner,
    client: &Client,
    request: &AuthorizationRequest,
    browser: &BrowserId,
) -> Response {
    let Some(form) = seal(proxy, request, browser) else {
        let error = Error::internal("an authorization request cannot be serialized");
        return axum::response::IntoResponse::into_response(error);
    };
    let scopes: Vec<_> = request
        .scopes
        .iter()
        .map(|scope| {
            (
                scope.to_owned(),
                scope_meaning(scope).unwrap_or("").to_owned(),
            )
        })
        .collect();
    let redirect_uri = &request.binding.redirect_uri;
    let registered = &client.metadata().redirect_uris;
    let publisher = ClientIdUrl::parse(client.id());
    let mut response = page::consent(&ConsentView {
        server_name: &proxy.settings.server_name,
        client_name: request.client_name.as_deref(),
        client_id: client.id(),
        verified_host: publisher.as_ref().map(ClientIdUrl::authority),
        redirect_host: redirect_uri.host().unwrap_or(redirect_uri.scheme()),
        redirect_uri: redirect_uri.as_str(),
        scopes: &scopes,
        resource: &request.binding.resource,
        action_url: &proxy.settings.base_url.join("/oauth/consent"),
        form: &form,
        csrf: &csrf(proxy, request, browser),
        loopback_only: registered.iter().all(crate::spec::RedirectUri::is_loopback),
        signed_in_via: &proxy.upstream.provider().title,
    });
    let life = proxy.settings.lifetimes.transaction.as_secs();
    proxy.cookie.set(&mut response, browser, life);
    let client = AuditId::of(client.id());
    proxy.parts.tell(AuditEvent::ConsentShown { client });
    response
}

pub(super) async fn consent(State(proxy): State<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let decided = async {
        refuse_cross_site(&proxy, &head.headers)?;
        let form = read(&head.headers, body).await?;
        decide(&proxy, &head.headers, &form).await
    };
    match decided.await {
        Ok(response) => response,
        Err(refusal) => {
            proxy.parts.tell(AuditEvent::ConsentRefused {
                client: None,
                reason: refusal.reason(),
            });
            refusal.answer(&head.headers)
        }
    }
}

/// A browser that says the form came from another site is believed.
fn refuse_cross_site(proxy: &Inner, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let foreign_site = text("sec-fetch-site").is_some_and(|site| site != "same-origin");
    // Pages without referrer, such as ours, make browsers send `null`.
    let own = proxy.settings.base_url.origin();
    let foreign_origin =
        text(ORIGIN.as_str()).is_some_and(|origin| origin != own && origin != "null");
    if foreign_site || foreign_origin {
        return Err(Refusal::forbidden(NOT_ASKED));
    }
    Ok(())
}

async fn read(headers: &HeaderMap, body: axum::body::Body) -> Result<Form, Refusal> {
    let unreadable = || Refusal::request("The decision cannot be read.");
    if !has_type(headers, "application/x-www-form-urlencoded") {
        return Err(unreadable());
    }
    let body = read_body(headers, body, MAX_BODY)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => unreadable().with_status(StatusCode::PAYLOAD_TOO_LARGE),
            BodyError::Broken => unreadable(),
            BodyError::Late => unreadable().with_status(StatusCode::REQUEST_TIMEOUT),
        })?;
    let form = Form::parse(&body).map_err(|_| unreadable())?;
    if form.doubles_any() {
        return Err(unreadable());
    }
    Ok(form)
}

async fn decide(proxy: &Inner, headers: &HeaderMap, form: &Form) -> Result<Response, Refusal> {
    let (request, browser) = open(proxy, headers, form)?;
    if proxy.parts.clock.now() >= request.expires_at {
        return Err(Refusal::request(TOO_LATE));
    }
    let approved = match form.get("action") {
        Some("approve") => true,
        Some("deny") => false,
        _ => return Err(Refusal::request("The decision is neither yes nor no.")),
    };
    check_registration(proxy, &request.binding).await?;
    let decided = if approved {
        on_to_provider(proxy, &request, &browser.browser()).await?
    } else {
        deny(proxy, &request, &browser).await?
    };
    let mut response = decided.ok_or_else(|| Refusal::request(TOO_LATE))?;
    let life = proxy.settings.lifetimes.transaction.as_secs();
    if approved {
        // The way back from the provider may take as long again.
        proxy.cookie.set(&mut response, &browser, life);
    }
    Ok(response)
}

/// A client that registered may have gone, or lost this address, since the page was shown. What
/// another published is bound to the request.
async fn check_registration(proxy: &Inner, binding: &CodeBinding) -> Result<(), Refusal> {
    if binding.published.is_some() {
        return Ok(());
    }
    let client = proxy.client(&binding.client_id).await?;
    let client = client.ok_or_else(Refusal::unknown_client)?;
    let mut registered = client.metadata().redirect_uris.iter();
    if registered.any(|own| own.permits(&binding.redirect_uri)) {
        return Ok(());
    }
    Err(Refusal::unknown_client())
}

async fn deny(
    proxy: &Inner,
    request: &AuthorizationRequest,
    browser: &BrowserId,
) -> Result<Option<Response>, Refusal> {
    if !proxy.ledger.deny(request, &browser.browser()).await? {
        return Ok(None);
    }
    let client = AuditId::of(&request.binding.client_id);
    proxy.parts.tell(AuditEvent::ConsentDenied { client });
    let words = "the user said no";
    Ok(Some(back(proxy, request).error(Code::AccessDenied, words)))
}

/// The request that `form` carries, if this browser was asked for it.
pub(super) fn open(
    proxy: &Inner,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(AuthorizationRequest, BrowserId), Refusal> {
    let opened = || {
        let browser = proxy.cookie.read(headers)?;
        let sealed = form.get("form")?;
        let plain = proxy
            .keys
            .open(Purpose::Consent, &bound_to(&browser), sealed)?;
        let request: AuthorizationRequest = serde_json::from_slice(&plain).ok()?;
        let sent = URL_SAFE_NO_PAD.decode(form.get("csrf")?).ok()?;
        let sent: [u8; 32] = sent.try_into().ok()?;
        proxy
            .keys
            .made(Purpose::Consent, &csrf_parts(&request, &browser), &sent)
            .then_some((request, browser))
    };
    opened().ok_or_else(|| Refusal::forbidden(NOT_ASKED))
}

pub(super) fn seal(
    proxy: &Inner,
    request: &AuthorizationRequest,
    browser: &BrowserId,
) -> Option<String> {
    let plain = serde_json::to_vec(request).ok()?;
    let bound_to = bound_to(browser);
    let random = &proxy.parts.random;
    Some(proxy.keys.seal(Purpose::Consent, &bound_to, &plain, random))
}

fn bound_to(browser: &BrowserId) -> Vec<u8> {
    [b"consent form ", browser.as_bytes()].concat()
}

pub(super) fn csrf(proxy: &Inner, request: &AuthorizationRequest, browser: &BrowserId) -> String {
    let parts = csrf_parts(request, browser);
    URL_SAFE_NO_PAD.encode(proxy.keys.mac(Purpose::Consent, &parts))
}

fn csrf_parts<'a>(request: &'a AuthorizationRequest, browser: &'a BrowserId) -> [&'a [u8]; 3] {
    [b"csrf", browser.as_bytes(), request.transaction.as_bytes()]
}
