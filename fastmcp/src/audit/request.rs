//! The request that a task answers. It travels beside it, so that no decision can forget to tell on
//! whose behalf it was made.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    static REQUEST: Arc<Request>;
}

#[derive(Debug, Default)]
struct Request {
    address: Option<IpAddr>,
    /// What was found out once and is told once, however often the request comes upon it.
    known: Mutex<BTreeSet<Vec<u8>>>,
}

/// Answers the request of `address` within `answering`.
pub(crate) async fn on_behalf_of<F: Future>(address: Option<IpAddr>, answering: F) -> F::Output {
    let request = Request {
        address,
        ..Request::default()
    };
    REQUEST.scope(Arc::new(request), answering).await
}

/// Goes on with the request of this task in one of its own.
pub(crate) fn continued<F: Future>(answering: F) -> impl Future<Output = F::Output> {
    let request = REQUEST.try_with(Arc::clone).unwrap_or_default();
    REQUEST.scope(request, answering)
}

/// Whose request this task answers, if it answers one.
pub(crate) fn caller() -> Option<IpAddr> {
    REQUEST.try_with(|request| request.address).ok().flatten()
}

/// Whether the request of this task has not come upon this before; outside of one, all is news.
pub(crate) fn is_news(what: &[u8]) -> bool {
    let known = |request: &Arc<Request>| {
        let mut known = request.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(what.to_vec())
    };
    REQUEST.try_with(known).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_thing_is_news_once_in_a_request_and_in_what_goes_on_with_it() {
        let address = "192.0.2.7".parse().ok();
        let request = async {
            assert!(is_news(b"a"));
            assert!(!is_news(b"a"));
            let task = continued(async { (is_news(b"a"), is_news(b"b"), caller()) });
            assert_eq!(tokio::spawn(task).await.unwrap(), (false, true, address));
            assert!(!is_news(b"b"));
        };
        on_behalf_of(address, request).await;
        on_behalf_of(None, async { assert!(is_news(b"a")) }).await;
        assert!(is_news(b"a") && is_news(b"a"));
    }
}
