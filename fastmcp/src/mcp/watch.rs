//! What a session of the legacy era sets for itself: the resources it watches, the level of its
//! log.

use super::answer::{self, RpcError};
use super::edge::Edge;
use super::exchange::{Caller, Reply};
use super::frame::text;
use super::news::judge_uri;
use super::params::Params;
use super::revision::Era;
use super::subscription::{MOST_WATCHED, check_length};
use crate::guard::Refusal;
use crate::item::LogLevel;

impl Edge {
    /// `resources/subscribe`: asks the rule of the resource, now and before each update.
    pub(crate) async fn watch(&self, caller: &Caller, id: &str, params: &Params<'_>) -> Reply {
        let uri = match watchable(params) {
            Ok(uri) => uri,
            Err(error) => return error.into(),
        };
        let Some(session) = &caller.session else {
            return needs_session().into();
        };
        let user = caller.user.as_ref();
        let Some(verdict) = judge_uri(&self.dispatcher, user, &uri).await else {
            return RpcError::resource_not_found(&uri, Era::Legacy).into();
        };
        if let Some(refusal) = Refusal::of(verdict) {
            return Reply::Refused(refusal);
        }
        if !session.listener().watch(&uri, MOST_WATCHED) {
            return RpcError::too_many_watched().into();
        }
        Reply::Done(answer::success(id, b"{}"))
    }

    /// `resources/unsubscribe`.
    pub(crate) fn unwatch(caller: &Caller, id: &str, params: &Params<'_>) -> Reply {
        let uri = match watchable(params) {
            Ok(uri) => uri,
            Err(error) => return error.into(),
        };
        let Some(session) = &caller.session else {
            return needs_session().into();
        };
        session.listener().unwatch(&uri);
        Reply::Done(answer::success(id, b"{}"))
    }
}

fn watchable(params: &Params<'_>) -> Result<String, RpcError> {
    let uri = params.uri.and_then(text);
    let uri = uri.ok_or_else(|| RpcError::invalid_params("`uri` must be a string"))?;
    check_length(&uri)?;
    Ok(uri.into_owned())
}

/// `logging/setLevel`.
pub(crate) fn set_level(caller: &Caller, id: &str, params: &Params<'_>) -> Reply {
    let level = params.level.and_then(text);
    let Some(level) = level.and_then(|name| LogLevel::from_name(&name)) else {
        return RpcError::invalid_params("`level` must be one of `debug` to `emergency`").into();
    };
    let Some(session) = &caller.session else {
        return needs_session().into();
    };
    session.set_log_level(level);
    Reply::Done(answer::success(id, b"{}"))
}

fn needs_session() -> RpcError {
    RpcError::invalid_request("this needs a session: send `initialize` first")
}
