//! `subscriptions/listen` (2026-07-28, basic/patterns/subscriptions): one stream of news.
//!
//! What is acknowledged is what this server has and this caller may read. The stream ends with a
//! result when the server stops or when the caller's rights end ([`Rights`]). A slow reader hears
//! each change once, however often it was announced: see `item/hub.rs`.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::answer::RpcError;
use super::edge::Edge;
use super::event::{self, event};
use super::exchange::{Caller, Reply};
use super::live::declared;
use super::news::{judge_uri, notification};
use super::params::Params;
use super::quota::Permit;
use super::rights::{Rights, Standing, stopped};
use super::session::Owner;
use super::tasks::{MOST_TOLD, Told};
use crate::auth::Verdict;
use crate::guard::Refusal;
use crate::item::{Capability, List, Listener, Taken};

/// Most resources that one stream, or one session, may watch.
pub(crate) const MOST_WATCHED: usize = 256;
/// Longest address of a watched resource, in bytes: each is kept for as long as it is watched.
const LONGEST: usize = 8 * 1024;

/// `SubscriptionFilter` in the schema.
#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    #[serde(default, skip_serializing_if = "is_false")]
    tools_list_changed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    prompts_list_changed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    resources_list_changed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resource_subscriptions: Vec<String>,
    /// Of the extension `io.modelcontextprotocol/tasks`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    task_ids: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Edge {
    /// Opens a stream of news for `caller`.
    pub(crate) async fn subscribe(
        self: &Arc<Self>,
        caller: &Caller,
        headers: &HeaderMap,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        if !caller.takes_events {
            let message = "this method must accept text/event-stream";
            return RpcError::refused(StatusCode::NOT_ACCEPTABLE, message).into();
        }
        // A list would pass for an object whose fields are all optional.
        let asked = params
            .notifications
            .filter(|raw| raw.get().starts_with('{'));
        let asked = asked.map(|raw| serde_json::from_str(raw.get()));
        let Some(Ok(asked)) = asked else {
            return RpcError::invalid_params("`notifications` must be a filter").into();
        };
        let (honoured, tasks) = match self.honoured(asked, caller, params).await {
            Ok(honoured) => honoured,
            Err(reply) => return reply,
        };
        let Some(permit) = self.streams.take(Owner::of(caller.user.as_ref())) else {
            let message = "too many open streams; close one first";
            return RpcError::refused(StatusCode::TOO_MANY_REQUESTS, message).into();
        };
        let listener = self.dispatcher.control().hub().listen(honoured.lists());
        for uri in &honoured.resource_subscriptions {
            listener.watch(uri, MOST_WATCHED);
        }
        tasks.watch(&listener, MOST_WATCHED);
        let subscription = Subscription {
            next: Some(acknowledged(&honoured, id)),
            id: id.to_owned(),
            server_info: self.server_info.clone(),
            listener,
            tasks,
            rights: Rights::new(self, headers, caller.user.as_ref()),
            stopping: self.stopping.subscribe(),
            over: false,
            _permit: permit,
        };
        Reply::Stream(Box::new(event::response(stream::unfold(
            subscription,
            |mut subscription| async {
                let bytes = subscription.next().await?;
                Some((bytes, subscription))
            },
        ))))
    }

    /// The part of a filter that can be honoured. What does not exist and what this caller can
    /// never read are left out alike; what a sign-in or a wider token would open is refused.
    async fn honoured(
        &self,
        asked: Filter,
        caller: &Caller,
        params: &Params<'_>,
    ) -> Result<(Filter, Told), Reply> {
        let tasks = self.heard(asked.task_ids, caller, params).await?;
        if asked.resource_subscriptions.len() > MOST_WATCHED {
            return Err(RpcError::invalid_params("more than 256 resources").into());
        }
        for uri in &asked.resource_subscriptions {
            check_length(uri).map_err(Reply::from)?;
        }
        let offered = self.capabilities;
        let mut honoured = Filter {
            tools_list_changed: asked.tools_list_changed && offered.tools,
            prompts_list_changed: asked.prompts_list_changed && offered.prompts,
            resources_list_changed: asked.resources_list_changed && offered.resources,
            resource_subscriptions: Vec::new(),
            task_ids: tasks.ids(),
        };
        let mut missing = std::collections::BTreeSet::new();
        for uri in asked.resource_subscriptions {
            match judge_uri(&self.dispatcher, caller.user.as_ref(), &uri).await {
                Some(Verdict::Allowed) => honoured.resource_subscriptions.push(uri),
                Some(Verdict::SignIn) => return Err(Reply::Refused(Refusal::SignIn)),
                Some(Verdict::MissingScopes(scopes)) => missing.extend(scopes),
                Some(Verdict::Forbidden) | None => {}
            }
        }
        if missing.is_empty() {
            Ok((honoured, tasks))
        } else {
            Err(Reply::Refused(Refusal::MissingScopes(missing)))
        }
    }

    /// The tasks of these ids that the caller may hear of.
    async fn heard(
        &self,
        ids: Vec<String>,
        caller: &Caller,
        params: &Params<'_>,
    ) -> Result<Told, Reply> {
        if !ids.is_empty() && !declared(params).has(Capability::Tasks) {
            return Err(RpcError::missing_capability(Capability::Tasks).into());
        }
        if ids.len() > MOST_TOLD {
            return Err(RpcError::invalid_params("more than 32 tasks").into());
        }
        let told = Told::new(self.tasks.as_ref(), caller.user.as_ref(), ids).await;
        told.map_err(|error| RpcError::unavailable(error.to_string()).into())
    }
}

/// Refuses an address that is too long to be watched.
pub(crate) fn check_length(uri: &str) -> Result<(), RpcError> {
    if uri.len() > LONGEST {
        let problem = "the URI of a watched resource has at most 8192 bytes";
        return Err(RpcError::invalid_params(problem));
    }
    Ok(())
}

impl Filter {
    fn lists(&self) -> Vec<List> {
        let all = [
            (self.tools_list_changed, List::Tools),
            (self.prompts_list_changed, List::Prompts),
            (self.resources_list_changed, List::Resources),
        ];
        let asked = all.into_iter().filter(|(asked, _)| *asked);
        asked.map(|(_, list)| list).collect()
    }
}

/// One open stream.
struct Subscription {
    next: Option<Bytes>,
    /// Of the request, as JSON.
    id: String,
    server_info: String,
    listener: Listener,
    tasks: Told,
    rights: Rights,
    stopping: watch::Receiver<bool>,
    over: bool,
    _permit: Permit,
}

impl Subscription {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.next.take() {
            return Some(bytes);
        }
        if self.over {
            return None;
        }
        let silence = tokio::time::sleep(self.rights.good_for());
        tokio::pin!(silence);
        loop {
            if self.tasks.is_due() {
                match self.rights.check().await {
                    Standing::Good => {
                        let told = self.tasks.next(self.rights.user(), &self.id).await;
                        if let Some(message) = told {
                            return Some(event(message.into_bytes()));
                        }
                    }
                    Standing::Ended => return Some(self.close()),
                    Standing::Unknown => self.rights.wait(&mut self.stopping).await,
                }
            }
            tokio::select! {
                biased;
                () = stopped(&mut self.stopping) => return Some(self.close()),
                () = self.tasks.turn() => {}
                () = &mut silence => return match self.rights.check().await {
                    Standing::Ended => Some(self.close()),
                    Standing::Good | Standing::Unknown => Some(event::COMMENT),
                },
                taken = self.listener.next() => if self.tasks.note(taken.news()) {
                    taken.told();
                } else { match self.rights.check().await {
                    Standing::Good => if let Some(bytes) = self.tell(taken).await {
                        return Some(bytes);
                    },
                    Standing::Ended => return Some(self.close()),
                    Standing::Unknown => {
                        drop(taken);
                        self.rights.wait(&mut self.stopping).await;
                    }
                } },
            }
        }
    }

    async fn tell(&self, taken: Taken) -> Option<Bytes> {
        let may_hear = self.rights.may_hear(taken.news()).await;
        let bytes = may_hear.then(|| event(notification(taken.news(), Some(&self.id))));
        taken.told();
        bytes
    }

    /// The answer to the request, which says that this end is no accident.
    fn close(&mut self) -> Bytes {
        self.over = true;
        let (id, info) = (&self.id, &self.server_info);
        event(format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"resultType":"complete","_meta":{{"io.modelcontextprotocol/subscriptionId":{id},"io.modelcontextprotocol/serverInfo":{info}}}}}}}"#
        ).into_bytes())
    }
}

fn acknowledged(honoured: &Filter, id: &str) -> Bytes {
    // Plain data; it cannot refuse to be written.
    let filter = serde_json::to_string(honoured).unwrap_or_default();
    event(format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}},"notifications":{filter}}}}}"#
    ).into_bytes())
}
