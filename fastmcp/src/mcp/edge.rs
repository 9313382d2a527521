//! What the endpoint is made of, and how a request finds its way through it.
//!
//! Host and origin first, then the token (nobody learns anything without one), then the method;
//! the body is read only for a caller who got that far.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::sync::watch;

use super::answer::{self, Refused, RpcError};
use super::ask::Rounds;
use super::capabilities::Capabilities;
use super::dispatch::Dispatcher;
use super::engine::Engine;
use super::exchange::check_legacy;
use super::handshake::SESSION_ID;
use super::list::Lists;
use super::modern::{VERSION, single};
use super::origin::{self, Allowed, METHODS};
use super::quota::Quota;
use super::session::Session;
use super::sessions::Sessions;
use super::tasks::Tasks;
use crate::auth::{AuthSession, Authenticator};
use crate::guard::{self, Refusal};

/// The HTTP edge.
pub(crate) struct Edge {
    pub(crate) allowed: Allowed,
    pub(crate) authenticator: Option<Arc<dyn Authenticator>>,
    pub(crate) anonymous: bool,
    pub(crate) offered: BTreeSet<String>,
    pub(crate) max_body: usize,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) lists: Arc<Lists>,
    pub(crate) capabilities: Capabilities,
    /// The result of `server/discover`, as JSON.
    pub(crate) discover: Vec<u8>,
    /// `Implementation` in the schema, as JSON.
    pub(crate) server_info: String,
    /// The result of `initialize`, as JSON but for the revision.
    pub(crate) greeting: String,
    pub(crate) sessions: Sessions,
    /// Open streams of news, of both eras.
    pub(crate) streams: Arc<Quota>,
    /// Whether the server is about to stop.
    pub(crate) stopping: watch::Sender<bool>,
    /// Whether it waits for nothing any longer.
    pub(crate) over: watch::Sender<bool>,
    pub(crate) rounds: Rounds,
    /// Where calls go on after their answer, if tools want that.
    pub(crate) tasks: Option<Arc<Tasks>>,
    pub(crate) engine: Engine,
}

/// The handler of the endpoint's route, for every method.
pub(crate) async fn serve(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = match edge.allowed.check(&parts.uri, &parts.headers) {
        Ok(origin) => origin,
        Err(refused) => return refused.into_response(),
    };
    let mut response = edge.route(&parts, body).await;
    if let Some(origin) = origin {
        origin::share(origin, response.headers_mut());
    }
    response
}

impl Edge {
    async fn route(self: &Arc<Self>, parts: &Parts, body: Body) -> Response {
        if parts.method == Method::OPTIONS {
            let tools = self.dispatcher.tools().iter();
            let mirrored = tools.flat_map(|tool| tool.mirrored);
            return origin::preflight(mirrored.map(|(_, header)| *header));
        }
        let user = match self.admit(parts).await {
            Ok(user) => user,
            Err(refusal) => return self.refuse(&refusal, None),
        };
        match parts.method {
            Method::POST => self.post(&parts.headers, body, user).await,
            Method::GET => self.get(&parts.headers, user.as_ref()),
            Method::DELETE => self.delete(&parts.headers, user.as_ref()),
            _ => method_not_allowed(),
        }
    }

    /// Who is calling. Without `auth` a token means nothing here and is not looked at.
    async fn admit(&self, parts: &Parts) -> Result<Option<AuthSession>, Refusal> {
        let Some(authenticator) = &self.authenticator else {
            return Ok(None);
        };
        let user = guard::admit(&**authenticator, &parts.headers).await?;
        let may_be_public = parts.method == Method::POST && self.dispatcher.has_public_items();
        if user.is_none() && self.demands_sign_in() && !may_be_public {
            return Err(Refusal::SignIn);
        }
        Ok(user)
    }

    /// Whether nobody gets in without a token, but for what is declared `public`.
    pub(crate) fn demands_sign_in(&self) -> bool {
        self.authenticator.is_some() && !self.anonymous
    }

    /// A refusal as an HTTP response, around a JSON-RPC error for the request `id`.
    pub(crate) fn refuse(&self, refusal: &Refusal, id: Option<&str>) -> Response {
        // Where nobody can sign in, a challenge would lead nowhere.
        let refusal = match (&self.authenticator, refusal) {
            (None, Refusal::SignIn) => &Refusal::Forbidden,
            (_, refusal) => refusal,
        };
        let error = RpcError::refused(refusal.status(), refusal.message());
        let mut response = answer::json(refusal.status(), error.to_bytes(id));
        if let Some(authenticator) = &self.authenticator {
            refusal.mark(response.headers_mut(), &**authenticator, &self.offered);
        }
        response
    }

    /// The standing stream of a session. Without one there is nothing to listen to: 405, as for a
    /// server that has no such stream.
    fn get(self: &Arc<Self>, headers: &HeaderMap, user: Option<&AuthSession>) -> Response {
        if !takes_events(headers) {
            let message = "a GET must accept text/event-stream";
            return answer::refuse(StatusCode::NOT_ACCEPTABLE, message);
        }
        match self.named_session(headers, user) {
            Ok(Some(session)) => self.listen(session, headers, user),
            Ok(None) => method_not_allowed(),
            Err(refused) => refused.into_response(),
        }
    }

    fn delete(&self, headers: &HeaderMap, user: Option<&AuthSession>) -> Response {
        match self.named_session(headers, user) {
            Ok(Some((id, _))) => {
                self.sessions.remove(id);
                answer::empty(StatusCode::NO_CONTENT)
            }
            Ok(None) => method_not_allowed(),
            Err(refused) => refused.into_response(),
        }
    }

    /// The session that the request names, if it names one; it must exist and be the caller's.
    pub(crate) fn named_session<'a>(
        &self,
        headers: &'a HeaderMap,
        user: Option<&AuthSession>,
    ) -> Result<Option<(&'a str, Arc<Session>)>, Refused> {
        let bad = |error: RpcError| -> Refused {
            answer::json(StatusCode::BAD_REQUEST, error.to_bytes(None)).into()
        };
        check_legacy(single(headers, &VERSION).map_err(bad)?).map_err(bad)?;
        let Some(id) = single(headers, &SESSION_ID).map_err(bad)? else {
            return Ok(None);
        };
        match self.sessions.find(id, user) {
            Some(session) => Ok(Some((id, session))),
            None => Err(answer::refuse(StatusCode::NOT_FOUND, "no such session").into()),
        }
    }
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Edge")
    }
}

fn method_not_allowed() -> Response {
    let message = "this method is not available here";
    let mut response = answer::refuse(StatusCode::METHOD_NOT_ALLOWED, message);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(METHODS));
    response
}

/// Whether the client asks for event streams by name.
fn takes_events(headers: &HeaderMap) -> bool {
    super::media::accepted(headers).is_some_and(|accepted| accepted.events)
}
