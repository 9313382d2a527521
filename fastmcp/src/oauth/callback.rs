//! `GET` on the redirect path: the provider sends the browser back.
//!
//! `state` and cookie must belong together before anything else happens; then the login is claimed
//! by one compare-and-set, so of many equal requests one talks to the provider. A foreign browser
//! burns nothing, and neither does a provider of which it is not known yet where it exchanges
//! codes. Whatever goes wrong after the claim goes back to the client, which can begin anew. What
//! the provider says about an error is not repeated.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;

use super::Inner;
use super::answer::Refusal;
use super::authorize::back;
use super::error::Code;
use super::facts::{self, facts};
use super::form::Form;
use super::upstream::UpstreamError;
use crate::audit::{AuditEvent, AuditId};
use crate::ledger::{AuthorizationRequest, Claim, Login, Payload};
use crate::provider::TurnedAway;
use crate::secret::Secret;

/// The longest query that is read: providers' codes can be long.
const QUERY_LIMIT: usize = 16 * 1024;

const UNKNOWN: &str = "This sign-in is not waiting for an answer: it was finished before, or it \
                       took too long.";

/// Why a login ends here: for the client, and for the audit log.
struct No {
    code: Code,
    words: &'static str,
    reason: &'static str,
}

impl No {
    fn because(code: Code, words: &'static str) -> Self {
        let reason = code.as_str();
        Self {
            code,
            words,
            reason,
        }
    }
}

impl From<facts::Refusal> for No {
    fn from(refusal: facts::Refusal) -> Self {
        let code = match refusal {
            facts::Refusal::TurnedAway(_) => Code::AccessDenied,
            facts::Refusal::Undecided => Code::TemporarilyUnavailable,
        };
        Self {
            code,
            words: refusal.words(),
            reason: refusal.reason(),
        }
    }
}

/// What the provider says.
enum Said {
    Code(Secret),
    Error(Code, &'static str),
}

pub(super) async fn callback(State(proxy): State<Arc<Inner>>, request: Request) -> Response {
    let headers = request.headers();
    let query = request.uri().query().unwrap_or_default();
    match receive(&proxy, query, headers).await {
        Ok(response) => response,
        Err(refusal) => {
            let reason = refusal.reason();
            proxy.parts.tell(AuditEvent::CallbackRefused { reason });
            refusal.answer(headers)
        }
    }
}

async fn receive(proxy: &Inner, query: &str, headers: &HeaderMap) -> Result<Response, Refusal> {
    let (state, said) = read(proxy, query)?;
    let browser = proxy.cookie.read(headers).map(|id| id.browser());
    if browser.is_some() && matches!(said, Said::Code(_)) && !proxy.settings.forward_pkce {
        // Known before the claim: where they cannot be, the browser comes again with the same code.
        proxy.upstream.endpoints().await?;
    }
    let login = match proxy.ledger.claim(state.expose(), browser.as_ref()).await? {
        Claim::Login(login) => *login,
        Claim::Unknown => return Err(Refusal::request(UNKNOWN)),
        Claim::OtherBrowser => {
            let happened = "This sign-in was begun in another browser.";
            return Err(match said {
                Said::Code(_) => Refusal::forbidden(happened),
                Said::Error(..) => Refusal::request(happened),
            });
        }
    };
    let request = login.request().clone();
    let finished = match said {
        Said::Code(code) => finish(proxy, login, code, state).await,
        Said::Error(code, words) => fail(proxy, login, No::because(code, words)).await,
    };
    let back = back(proxy, &request);
    Ok(match finished {
        Ok(code) => back.code(&code),
        Err((code, words)) => back.error(code, words),
    })
}

/// `state` and what came with it.
fn read(proxy: &Inner, query: &str) -> Result<(Secret, Said), Refusal> {
    let unreadable = || Refusal::request("The identity provider sent an answer that is unclear.");
    if query.len() > QUERY_LIMIT {
        return Err(unreadable());
    }
    let form = Form::parse(query.as_bytes()).map_err(|_| unreadable())?;
    if form.doubles_one_of(&["state", "code", "error", "iss"]) || !is_from(proxy, &form) {
        return Err(unreadable());
    }
    let state = form.get("state").ok_or_else(unreadable)?;
    let said = match (form.get("code"), form.get("error")) {
        (Some(code), None) => Said::Code(Secret::from(code)),
        (None, Some(error)) => {
            let (code, words) = refused(error);
            Said::Error(code, words)
        }
        _ => return Err(unreadable()),
    };
    Ok((Secret::from(state), said))
}

/// Whether the answer names no issuer, or the right one (RFC 9207 section 2.4).
fn is_from(proxy: &Inner, form: &Form) -> bool {
    match (form.get("iss"), &proxy.upstream.provider().issuer) {
        (Some(named), Some(issuer)) if !issuer.contains('{') => named == issuer,
        _ => true,
    }
}

/// The provider's error in our words.
fn refused(error: &str) -> (Code, &'static str) {
    match error {
        "access_denied" => (
            Code::AccessDenied,
            "the user said no at the identity provider",
        ),
        "temporarily_unavailable" => (
            Code::TemporarilyUnavailable,
            "the identity provider is out of reach for the moment",
        ),
        _ => (
            Code::ServerError,
            "the identity provider refused the request",
        ),
    }
}

async fn finish(
    proxy: &Inner,
    login: Login,
    code: Secret,
    state: Secret,
) -> Result<Secret, (Code, &'static str)> {
    let payload = if proxy.settings.forward_pkce {
        // Only the client has the verifier; it brings it to the token endpoint.
        Payload::Deferred {
            upstream_code: code,
            state,
        }
    } else {
        match sign_in(proxy, login.request(), &code, &state).await {
            Ok(payload) => payload,
            Err(no) => return fail(proxy, login, no).await,
        }
    };
    let (request, code) = proxy
        .ledger
        .issue_code(login, payload)
        .await
        .map_err(|error| unavailable(&error))?;
    let client = AuditId::of(&request.binding.client_id);
    proxy.parts.tell(AuditEvent::CodeIssued { client });
    Ok(code)
}

async fn sign_in(
    proxy: &Inner,
    request: &AuthorizationRequest,
    code: &Secret,
    state: &Secret,
) -> Result<Payload, No> {
    let signed_in = proxy.upstream.exchange(code, state.expose(), None).await;
    let signed_in = signed_in.map_err(|error| upstream_failed(proxy, error, request))?;
    match facts(&proxy.settings, &request.scopes, signed_in).await {
        Ok(facts) => Ok(Payload::SignedIn(Box::new(facts))),
        Err((refusal, tokens)) => {
            proxy.upstream.give_back(*tokens);
            Err(refusal.into())
        }
    }
}

fn upstream_failed(proxy: &Inner, error: UpstreamError, request: &AuthorizationRequest) -> No {
    if error == UpstreamError::AnotherTenant {
        return facts::Refusal::TurnedAway(TurnedAway::NotAdmitted).into();
    }
    proxy.parts.tell(AuditEvent::ProviderRefused {
        client: AuditId::of(&request.binding.client_id),
        reason: "exchange",
    });
    match error {
        UpstreamError::Refused | UpstreamError::AnotherTenant | UpstreamError::BadAnswer => {
            No::because(
                Code::ServerError,
                "the identity provider did not complete the sign-in",
            )
        }
        UpstreamError::Unavailable { .. } => No::because(
            Code::TemporarilyUnavailable,
            "the identity provider is out of reach for the moment",
        ),
    }
}

async fn fail(proxy: &Inner, login: Login, no: No) -> Result<Secret, (Code, &'static str)> {
    let failed = proxy.ledger.fail(login).await;
    let request = failed.map_err(|error| unavailable(&error))?;
    proxy.parts.tell(AuditEvent::LoginRefused {
        client: AuditId::of(&request.binding.client_id),
        reason: no.reason,
    });
    Err((no.code, no.words))
}

fn unavailable(error: &crate::ledger::Error) -> (Code, &'static str) {
    tracing::error!(%error, "a login could not be written");
    (
        Code::TemporarilyUnavailable,
        "the server's storage is out of reach for the moment",
    )
}
