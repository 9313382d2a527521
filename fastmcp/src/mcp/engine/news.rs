//! News for the peer of a pipe, in either era. There is no user on a pipe, so it hears what
//! everyone may.

use futures_util::FutureExt as _;
use rmcp::ErrorData;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, RoleServer, SubscriptionContext};

use super::handler::{error, refused};
use crate::auth::Verdict;
use crate::guard::Refusal;
use crate::item::{List, Listener, News};
use crate::mcp::answer::RpcError;
use crate::mcp::dispatch::Dispatcher;
use crate::mcp::news::{judge_uri, may_hear};
use crate::mcp::revision::Era;
use crate::mcp::subscription::{MOST_WATCHED, check_length};

/// Tells a peer of the legacy era what changes, until it is gone.
pub(super) async fn forward(listener: &Listener, dispatcher: &Dispatcher, peer: &Peer<RoleServer>) {
    loop {
        let taken = listener.next().await;
        if may_hear(dispatcher, None, taken.news()).await {
            let sent = match taken.news() {
                News::List(List::Tools, _) => peer.notify_tool_list_changed().await,
                News::List(List::Prompts, _) => peer.notify_prompt_list_changed().await,
                News::List(List::Resources, _) => peer.notify_resource_list_changed().await,
                News::Updated(uri) => {
                    let param = ResourceUpdatedNotificationParam::new(&**uri);
                    peer.notify_resource_updated(param).await
                }
            };
            if let Err(error) = sent {
                tracing::debug!(%error, "news found no client");
                return;
            }
        }
        taken.told();
    }
}

/// `resources/subscribe`.
pub(super) async fn watch(
    dispatcher: &Dispatcher,
    listener: &Listener,
    uri: &str,
) -> Result<(), ErrorData> {
    check_length(uri).map_err(error)?;
    let Some(verdict) = judge_uri(dispatcher, None, uri).await else {
        return Err(error(RpcError::resource_not_found(uri, Era::Legacy)));
    };
    if let Some(refusal) = Refusal::of(verdict) {
        return Err(refused(&refusal));
    }
    if !listener.watch(uri, MOST_WATCHED) {
        return Err(error(RpcError::too_many_watched()));
    }
    Ok(())
}

/// What of a filter is honoured.
pub(super) fn honoured(dispatcher: &Dispatcher, asked: &SubscriptionFilter) -> SubscriptionFilter {
    // A rule that has to wait for something is none that is open to everyone.
    let open = |uri: &&String| {
        let verdict = judge_uri(dispatcher, None, uri).now_or_never();
        check_length(uri).is_ok() && verdict.flatten() == Some(Verdict::Allowed)
    };
    let mut honoured = asked.clone();
    if let Some(uris) = &asked.resource_subscriptions {
        let open = uris.iter().filter(open).take(MOST_WATCHED);
        honoured.resource_subscriptions = Some(open.cloned().collect());
    }
    honoured
}

/// Runs one subscription of a peer of the modern era.
pub(super) async fn listen(
    dispatcher: &Dispatcher,
    subscription: &SubscriptionContext,
) -> Result<(), ErrorData> {
    let accepted = subscription.accepted();
    let lists = [
        (accepted.tools_list_changed, List::Tools),
        (accepted.prompts_list_changed, List::Prompts),
        (accepted.resources_list_changed, List::Resources),
    ];
    let lists = lists.into_iter().filter(|(asked, _)| *asked == Some(true));
    let listener = dispatcher
        .control()
        .hub()
        .listen(lists.map(|(_, list)| list).collect());
    for uri in accepted.resource_subscriptions.iter().flatten() {
        listener.watch(uri, MOST_WATCHED);
    }
    let sink = subscription.sink();
    loop {
        let taken = tokio::select! {
            taken = listener.next() => taken,
            () = subscription.cancelled() => return Ok(()),
        };
        if may_hear(dispatcher, None, taken.news()).await {
            let sent = match taken.news() {
                News::List(List::Tools, _) => sink.notify_tool_list_changed().await,
                News::List(List::Prompts, _) => sink.notify_prompt_list_changed().await,
                News::List(List::Resources, _) => sink.notify_resource_list_changed().await,
                News::Updated(uri) => sink.notify_resource_updated(&**uri).await,
            };
            if let Err(error) = sent {
                tracing::debug!(%error, "news found no client");
                return Ok(());
            }
        }
        taken.told();
    }
}
