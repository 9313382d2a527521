//! Whether the public address leads back to this server.
//!
//! A name that points elsewhere, a proxy that drops a header or a path: clients meet them long before
//! the operator does. So a server looks at itself as they would (`doctor`), in the background, once it
//! is ready. Those in front of it need a while to see that it is, so what a first look finds is told
//! only if a second one finds it too. It is a warning and never more: not every network leads its own
//! machines around to its public side, and `.self_check(false)` says so.

use std::time::Duration;

use crate::doctor::{self, Finding, Grade, Report};
use crate::parts::Parts;

/// When to look.
const LOOKS: [Duration; 2] = [Duration::from_secs(10), Duration::from_mins(1)];

/// Looks at the server whose MCP endpoint clients know as `url`, and warns of what it finds.
pub(super) async fn look(url: &str, parts: &Parts) {
    for Finding {
        subject,
        seen,
        help,
        ..
    } in bad(url, parts, LOOKS).await
    {
        let help = help.unwrap_or_default();
        tracing::warn!(
            url,
            subject,
            seen,
            help,
            "the public address does not lead here as it should"
        );
    }
}

/// What is bad at every look, in the words of the last one.
async fn bad(url: &str, parts: &Parts, looks: [Duration; 2]) -> Vec<Finding> {
    let mut report = Report::default();
    for wait in looks {
        tokio::time::sleep(wait).await;
        report = doctor::glance(url, parts).await;
        if report.is_good() {
            return Vec::new();
        }
    }
    let bad = report.findings.into_iter();
    bad.filter(|finding| finding.grade == Grade::Bad).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use http::StatusCode;
    use tokio::net::TcpListener;

    use super::*;

    const AT_ONCE: [Duration; 2] = [Duration::ZERO; 2];

    /// A server that answers the first requests with 502, as a proxy does, and then is open.
    async fn behind_a_proxy(refused: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = std::sync::Arc::new(AtomicUsize::new(0));
        let answer = move || {
            let early = count.fetch_add(1, Ordering::SeqCst) < refused;
            async move {
                if early {
                    StatusCode::BAD_GATEWAY
                } else {
                    StatusCode::OK
                }
            }
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://localhost:{port}/mcp")
    }

    #[tokio::test]
    async fn what_is_bad_for_good_is_told_and_what_passes_is_not() {
        let parts = Parts::system(Duration::from_secs(10)).unwrap();
        // A look is two requests: one of a client, and one of a foreign page.
        let soon = behind_a_proxy(2).await;
        let found = bad(&soon, &parts, AT_ONCE).await;
        assert!(found.iter().all(|it| it.subject != "sign-in"), "{found:?}");
        let never = behind_a_proxy(usize::MAX).await;
        let found = bad(&never, &parts, AT_ONCE).await;
        let told = found.iter().find(|it| it.subject == "sign-in");
        assert!(told.is_some_and(|it| it.seen.contains("502")), "{found:?}");
    }
}
