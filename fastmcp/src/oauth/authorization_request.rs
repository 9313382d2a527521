//! The parameters of an authorization request, once client and redirect URI are known to belong
//! together: every fault from here on goes back to the client.

use super::Inner;
use super::authorize::Wrong;
use super::error::Code;
use super::form::Form;
use super::settings::Settings;
use crate::ledger::{AuthorizationRequest, Client, CodeBinding};
use crate::spec::{CodeChallenge, RedirectUri, Resource, Scopes};

/// Parameters that may come once; an unknown one is ignored, however often it comes.
const KNOWN: [&str; 7] = [
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "scope",
    "prompt",
    "request",
    "request_uri",
];

/// Checks everything but client and redirect URI.
pub(super) fn check(
    proxy: &Inner,
    form: &Form,
    client: &Client,
    redirect_uri: &RedirectUri,
) -> Result<AuthorizationRequest, Wrong> {
    if form.doubles_one_of(&KNOWN) {
        return Err((Code::InvalidRequest, "a parameter was sent twice"));
    }
    refuse_unsupported(form)?;
    let settings = &proxy.settings;
    let code_challenge = code_challenge(form)?;
    let resource = resource(form, settings)?;
    let scopes = scopes(form, client, settings)?;
    Ok(AuthorizationRequest {
        transaction: proxy.parts.random.token(),
        binding: CodeBinding {
            client_id: client.id().to_owned(),
            redirect_uri: redirect_uri.clone(),
            code_challenge,
            resource,
            published: client.is_published().then(|| client.metadata().clone()),
        },
        client_name: client.metadata().name.clone(),
        state: form.get("state").map(str::to_owned),
        scopes,
        expires_at: proxy.parts.clock.now() + settings.lifetimes.transaction.as_secs(),
    })
}

fn refuse_unsupported(form: &Form) -> Result<(), Wrong> {
    if form.get("request").is_some() {
        return Err((
            Code::RequestNotSupported,
            "request objects are not supported",
        ));
    }
    if form.get("request_uri").is_some() {
        let words = "request_uri is not supported";
        return Err((Code::RequestUriNotSupported, words));
    }
    match form.get("response_type") {
        None => return Err((Code::InvalidRequest, "response_type is missing")),
        Some("code") => {}
        Some(_) => {
            let words = "response_type must be code";
            return Err((Code::UnsupportedResponseType, words));
        }
    }
    let prompt = form.get("prompt").unwrap_or_default();
    if prompt.split(' ').any(|value| value == "none") {
        return Err((Code::InteractionRequired, "the user is always asked"));
    }
    Ok(())
}

/// PKCE with S256 is required of every client.
fn code_challenge(form: &Form) -> Result<CodeChallenge, Wrong> {
    let wrong = |words| (Code::InvalidRequest, words);
    let challenge = form
        .get("code_challenge")
        .ok_or_else(|| wrong("code_challenge is missing; PKCE is required"))?;
    if form.get("code_challenge_method") != Some("S256") {
        return Err(wrong("code_challenge_method must be S256"));
    }
    CodeChallenge::parse(challenge)
        .map_err(|_| wrong("code_challenge must be 43 characters of base64url"))
}

/// The canonical resource: there is one, and a request that names none means it.
fn resource(form: &Form, settings: &Settings) -> Result<String, Wrong> {
    if form.is_doubled("resource") || !names_resource(form.get("resource"), settings) {
        let words = "resource must be the URL of this server's MCP endpoint";
        return Err((Code::InvalidTarget, words));
    }
    Ok(settings.resource.as_str().to_owned())
}

/// Whether `resource` is absent or names this server's MCP endpoint.
pub(super) fn names_resource(resource: Option<&str>, settings: &Settings) -> bool {
    resource.is_none_or(|text| {
        Resource::parse(text).is_ok_and(|requested| settings.resource.covers(&requested))
    })
}

/// What was asked for: all of it must be on offer, to this client too.
fn scopes(form: &Form, client: &Client, settings: &Settings) -> Result<Scopes, Wrong> {
    let limit = client.metadata().scopes.as_ref();
    let Some(text) = form.get("scope") else {
        let offered = settings.offered();
        return Ok(limit.map_or(offered.clone(), |limit| offered.intersection(limit)));
    };
    let wrong = |words| (Code::InvalidScope, words);
    let asked = Scopes::parse(text).map_err(|_| wrong("scope is not a short list of scopes"))?;
    if !asked.is_subset(settings.supported()) {
        return Err(wrong("this server does not know one of the scopes"));
    }
    if limit.is_some_and(|limit| !asked.is_subset(limit)) {
        return Err(wrong("the client did not register one of the scopes"));
    }
    Ok(asked)
}
