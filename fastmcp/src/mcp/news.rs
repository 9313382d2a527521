//! What clients hear of changes, and who may.

use super::dispatch::Dispatcher;
use crate::auth::{AuthSession, Verdict};
use crate::item::{About, Entry, List, News};

/// Whether `user` may hear this: of a resource who may read it, of items that came or went who
/// may see one of them, and everyone of the rest.
pub(crate) async fn may_hear(
    dispatcher: &Dispatcher,
    user: Option<&AuthSession>,
    news: &News,
) -> bool {
    match news {
        News::List(_, About::Nothing) => false,
        News::List(_, About::Everything) => true,
        News::List(list, About::Items(names)) => {
            for name in names {
                if may_see(dispatcher, user, *list, name).await {
                    return true;
                }
            }
            false
        }
        News::Updated(uri) => judge_uri(dispatcher, user, uri).await == Some(Verdict::Allowed),
    }
}

/// What the rule of the resource at `uri` says about `user`; `None` if there is no such resource.
pub(crate) async fn judge_uri(
    dispatcher: &Dispatcher,
    user: Option<&AuthSession>,
    uri: &str,
) -> Option<Verdict> {
    let (entry, _) = dispatcher.registry().resource(uri)?;
    Some(dispatcher.judge(entry, user).await)
}

/// Whether `user` sees the item of this name while it is on.
async fn may_see(
    dispatcher: &Dispatcher,
    user: Option<&AuthSession>,
    list: List,
    name: &str,
) -> bool {
    let registry = dispatcher.registry();
    match list {
        List::Tools => shown(dispatcher, user, registry.tools(), name).await,
        List::Prompts => shown(dispatcher, user, registry.prompts(), name).await,
        List::Resources => {
            shown(dispatcher, user, registry.resources(), name).await
                || shown(dispatcher, user, registry.templates(), name).await
        }
    }
}

async fn shown<E: Entry>(
    dispatcher: &Dispatcher,
    user: Option<&AuthSession>,
    entries: &[&'static E],
    id: &str,
) -> bool {
    match entries.iter().find(|entry| entry.id() == id) {
        Some(entry) => dispatcher.judge(*entry, user).await == Verdict::Allowed,
        None => false,
    }
}

/// The notification; `subscription` is the id of the request that asked for it, as JSON.
pub(crate) fn notification(news: &News, subscription: Option<&str>) -> Vec<u8> {
    let (method, uri) = match news {
        News::List(List::Tools, _) => ("tools/list_changed", None),
        News::List(List::Prompts, _) => ("prompts/list_changed", None),
        News::List(List::Resources, _) => ("resources/list_changed", None),
        News::Updated(uri) => ("resources/updated", Some(serde_json::Value::from(&**uri))),
    };
    let meta = subscription
        .map(|id| format!(r#""_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}}"#));
    let uri = uri.map(|uri| format!(r#""uri":{uri}"#));
    let params: Vec<String> = meta.into_iter().chain(uri).collect();
    let params = match &*params {
        [] => String::new(),
        params => format!(r#","params":{{{}}}"#, params.join(",")),
    };
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/{method}"{params}}}"#).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_names_its_subscription_and_its_resource() {
        let text = |news: &News, id| String::from_utf8(notification(news, id)).unwrap();
        let tools = News::List(List::Tools, About::Everything);
        assert_eq!(
            text(&tools, None),
            r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
        );
        let updated = News::Updated("a://\"1\"".into());
        let value: serde_json::Value =
            serde_json::from_str(&text(&updated, Some("\"s\""))).unwrap();
        assert_eq!(value["method"], "notifications/resources/updated");
        assert_eq!(value["params"]["uri"], "a://\"1\"");
        let id = &value["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
        assert_eq!(*id, "s");
    }
}
