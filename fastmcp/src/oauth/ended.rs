//! What follows the end of a grant, whatever ended it.

use super::Inner;
use super::audit::{self, About, Event};
use crate::ledger::Grant;

/// Tells that `event` happened to `client`, and gives the provider's tokens back of the grant that
/// this event ended, if it ended one.
pub(super) fn ended(
    inner: &Inner,
    event: Event,
    client: &str,
    grant: Option<&Grant>,
    reason: &'static str,
) {
    let id = grant.map(|grant| grant.id().to_text());
    let about = About {
        client: Some(client),
        subject: grant.map(|grant| grant.facts().subject.as_str()),
        grant: id.as_deref(),
    };
    audit::record(event, about, reason);
    if let Some(tokens) = grant.and_then(|grant| grant.facts().upstream.clone()) {
        inner.upstream.give_back(tokens);
    }
}
