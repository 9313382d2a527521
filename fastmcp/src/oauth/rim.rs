//! What every request to the authorization server passes first: whose it is, and whether that
//! caller may ask now.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::HeaderMap;
use tracing::{Instrument as _, Span, field};

use super::answer::Refusal;
use super::{Inner, form};
use crate::audit::{self, AuditEvent};
use crate::limits::{Counted, Exceeded};
use crate::trace::{self, Sender};

/// When to try again where as many requests as may are under way.
const SOON: Duration = Duration::from_secs(1);

/// In front of the endpoints that programs post to.
pub(super) async fn program(
    State(inner): State<Arc<Inner>>,
    request: Request,
    next: Next,
) -> Response {
    pass(inner, &[Counted::Request], request, next).await
}

/// In front of a browser's way through a login.
pub(super) async fn browser(
    State(inner): State<Arc<Inner>>,
    request: Request,
    next: Next,
) -> Response {
    let counted = [Counted::Request, Counted::Authorization];
    pass(inner, &counted, request, next).await
}

async fn pass(inner: Arc<Inner>, counted: &[Counted], request: Request, next: Next) -> Response {
    let trusted = &inner.settings.trusted_proxies;
    let address = trusted.caller(request.headers(), request.extensions());
    let span = span(&request);
    let answering = async {
        let exceeded = counted.iter().find_map(|what| inner.count(*what).err());
        if let Some(exceeded) = exceeded {
            return too_many(exceeded).answer(request.headers());
        }
        let headers = request.headers().clone();
        let (head, body) = request.into_parts();
        // Before the turn: whoever sends nothing must not keep the turns from all others.
        let body = form::arrived(&headers, body).await;
        let Some(_turn) = inner.limits.turn() else {
            return busy(&inner, &headers);
        };
        let request = Request::from_parts(head, body);
        // Functions of the user's own run in here, such as who may sign in.
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        answered.unwrap_or_else(|_| {
            let cause = "answering it panicked; the panic is above in this log";
            Refusal::internal(&cause).answer(&headers)
        })
    };
    audit::on_behalf_of(address, answering.instrument(span)).await
}

/// The span of a step of a login, in the trace of whoever sent it.
fn span(request: &Request) -> Span {
    let path = request.uri().path();
    let span = tracing::span!(
        trace::LEVEL,
        "login",
        path,
        otel.kind = field::Empty,
        otel.name = field::Empty,
        traceparent = field::Empty
    );
    if !span.is_disabled() {
        trace::name(&span, "server", request.method().as_str(), path);
        Sender::of(request.headers()).contains(&span);
    }
    span
}

fn busy(inner: &Inner, headers: &HeaderMap) -> Response {
    inner.parts.tell(AuditEvent::RateLimited {
        limit: "in_flight",
        client: None,
    });
    Refusal::busy("The server has more to do than it can at the moment.", SOON).answer(headers)
}

/// 429: this caller has asked too often.
pub(super) fn too_many(exceeded: Exceeded) -> Refusal {
    Refusal::too_many("Too many requests come from your network.", exceeded.wait)
}

impl Inner {
    /// Counts one for the caller whose request is being answered.
    pub(super) fn count(&self, what: Counted) -> Result<(), Exceeded> {
        let counted = self.limits.count(what, audit::caller());
        counted.inspect_err(|_| {
            self.parts.tell(AuditEvent::RateLimited {
                limit: what.as_str(),
                client: None,
            });
        })
    }
}
