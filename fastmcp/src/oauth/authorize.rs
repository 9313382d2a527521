//! `GET /oauth/authorize`: checks everything, writes nothing.
//!
//! Client and redirect URI come first: as long as they are not known to belong together, an error
//! is a page that leads nowhere. After that every error goes to the client by redirect
//! (RFC 6749 section 4.1.2.1). A request that passes travels sealed in the consent page, so a
//! million of them cost the store nothing. Without a consent screen the decision is taken here,
//! and only the binding to the browser remains.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::answer::{Refusal, ReturnAddress, see_other};
use super::authorization_request;
use super::browser::BrowserId;
use super::error::Code;
use super::form::Form;
use super::{Inner, consent, published};
use crate::audit::{AuditEvent, AuditId};
use crate::ledger::{Approval, AuthorizationRequest, Browser, Client};
use crate::limits::Counted;
use crate::spec::RedirectUri;

/// The longest query that is read; what it holds is sealed into a page and sent back once more.
const QUERY_LIMIT: usize = 8 * 1024;

/// Parameters that decide where an answer goes.
const ROUTING: [&str; 3] = ["client_id", "redirect_uri", "state"];

pub(super) async fn authorize(State(proxy): State<Arc<Inner>>, request: Request) -> Response {
    let headers = request.headers();
    match decide(&proxy, request.uri().query().unwrap_or_default(), headers).await {
        Ok(response) => response,
        Err(refusal) => {
            proxy.parts.tell(AuditEvent::AuthorizationRefused {
                client: None,
                reason: refusal.reason(),
            });
            refusal.answer(headers)
        }
    }
}

async fn decide(proxy: &Inner, query: &str, headers: &HeaderMap) -> Result<Response, Refusal> {
    let form = read(query)?;
    let (client, redirect_uri) = sender(proxy, &form).await?;
    let back = ReturnAddress {
        redirect_uri: &redirect_uri,
        state: form.get("state"),
        issuer: proxy.settings.base_url.as_str(),
    };
    let request = match authorization_request::check(proxy, &form, &client, &redirect_uri) {
        Ok(request) => request,
        Err((code, words)) => {
            proxy.parts.tell(AuditEvent::AuthorizationRefused {
                client: Some(AuditId::of(client.id())),
                reason: code.as_str(),
            });
            return Ok(back.error(code, words));
        }
    };
    let browser = proxy.cookie.read(headers);
    let browser = browser.unwrap_or_else(|| BrowserId::fresh(&proxy.parts.random));
    if proxy.settings.consent_required {
        return Ok(consent::show(proxy, &client, &request, &browser));
    }
    if headers.contains_key("sec-purpose") {
        return Err(Refusal::request(
            "This page cannot be loaded ahead of time.",
        ));
    }
    begin(proxy, &request, &browser).await
}

fn read(query: &str) -> Result<Form, Refusal> {
    if query.len() > QUERY_LIMIT {
        let refusal = Refusal::request("The app sent more than this server reads.");
        return Err(refusal.with_status(StatusCode::URI_TOO_LONG));
    }
    let form = Form::parse(query.as_bytes())
        .map_err(|_| Refusal::request("The app sent a request that cannot be read."))?;
    if form.doubles_one_of(&ROUTING) {
        return Err(Refusal::request(
            "The app said twice who it is or where to send you.",
        ));
    }
    Ok(form)
}

async fn client(proxy: &Inner, id: &str) -> Result<Client, Refusal> {
    if published::is_url(id) {
        let published = proxy.published.as_ref();
        let published = published.ok_or_else(Refusal::unknown_client)?;
        return published.client(proxy, id).await;
    }
    let client = proxy.client(id).await?;
    client.ok_or_else(Refusal::unknown_client)
}

/// The client, and the redirect URI that it registered.
async fn sender(proxy: &Inner, form: &Form) -> Result<(Client, RedirectUri), Refusal> {
    let id = form.get("client_id").ok_or_else(Refusal::unknown_client)?;
    let client = client(proxy, id).await?;
    let registered = &client.metadata().redirect_uris;
    let redirect_uri = form
        .get("redirect_uri")
        .and_then(|text| RedirectUri::parse(text).ok())
        .filter(|requested| registered.iter().any(|own| own.permits(requested)))
        .ok_or_else(|| {
            Refusal::request("The app asked to send you to an address that it did not register.")
        })?;
    Ok((client, redirect_uri))
}

/// Goes on to the provider: the request is approved in `browser`.
async fn begin(
    proxy: &Inner,
    request: &AuthorizationRequest,
    browser: &BrowserId,
) -> Result<Response, Refusal> {
    on_to_provider(proxy, request, &browser.browser())
        .await?
        .map(|mut response| {
            let life = proxy.settings.lifetimes.transaction.as_secs();
            proxy.cookie.set(&mut response, browser, life);
            response
        })
        .ok_or_else(|| Refusal::request("This sign-in was decided before."))
}

/// Approves `request` and gives the way to the provider; `None` if the page is spent.
pub(super) async fn on_to_provider(
    proxy: &Inner,
    request: &AuthorizationRequest,
    browser: &Browser,
) -> Result<Option<Response>, Refusal> {
    // Before anything is written: a page that cannot go on now can be decided again.
    proxy.count(Counted::Approval).map_err(|exceeded| {
        let happened = "More people sign in at the moment than this server can take.";
        Refusal::busy(happened, exceeded.wait)
    })?;
    let endpoints = proxy.upstream.endpoints().await?;
    let binding = &request.binding;
    if let Some(published) = &binding.published {
        let noted = proxy.ledger.note_published(&binding.client_id, published);
        noted.await?;
    }
    let client = AuditId::of(&binding.client_id);
    match proxy.ledger.approve(request, browser).await? {
        Approval::Go(state) => {
            proxy.parts.tell(AuditEvent::ConsentApproved { client });
            let challenge = &request.binding.code_challenge;
            let forwarded = proxy.settings.forward_pkce.then_some(challenge);
            let scopes = &proxy.settings.upstream_scopes;
            let url =
                proxy
                    .upstream
                    .authorization_url(&endpoints, state.expose(), scopes, forwarded);
            Ok(Some(see_other(&url)))
        }
        Approval::Spent => {
            proxy.parts.tell(AuditEvent::ConsentRefused {
                client: Some(client),
                reason: "spent",
            });
            Ok(None)
        }
    }
}

/// Where an answer to `request` goes.
pub(super) fn back<'a>(proxy: &'a Inner, request: &'a AuthorizationRequest) -> ReturnAddress<'a> {
    ReturnAddress {
        redirect_uri: &request.binding.redirect_uri,
        state: request.state.as_deref(),
        issuer: proxy.settings.base_url.as_str(),
    }
}

/// What is wrong with a request whose sender is known.
pub(super) type Wrong = (Code, &'static str);
