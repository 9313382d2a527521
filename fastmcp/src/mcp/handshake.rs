//! `initialize`: how a session of the legacy era begins (2025-11-25, basic/lifecycle).

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::ServerInfo;
use super::answer::{self, RpcError};
use super::capabilities::Capabilities;
use super::edge::Edge;
use super::exchange::Caller;
use super::revision::{Era, is_legacy, newest_legacy, resumes};
use super::session::Session;
use crate::item::{self, List};

/// The header that names a session.
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

#[derive(Deserialize)]
struct Message {
    params: Params,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    protocol_version: String,
    capabilities: serde_json::Map<String, Value>,
    #[serde(rename = "clientInfo")]
    _client_info: ClientInfo,
}

#[derive(Deserialize)]
struct ClientInfo {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "version")]
    _version: String,
}

impl Edge {
    /// Opens a session. A client that asks for a revision that is not served is offered the newest
    /// one with a handshake, and goes away if it does not know it.
    pub(crate) fn initialize(&self, caller: &Caller, id: &str, body: &str) -> Response {
        let Ok(Message { params }) = serde_json::from_str(body) else {
            let error = RpcError::invalid_params(
                "`initialize` needs `protocolVersion`, `capabilities` and `clientInfo`",
            );
            return answer::json(StatusCode::BAD_REQUEST, error.to_bytes(Some(id)));
        };
        let version = if is_legacy(&params.protocol_version) {
            &*params.protocol_version
        } else {
            newest_legacy()
        };
        let lists = vec![List::Tools, List::Prompts, List::Resources];
        let listener = self.dispatcher.control().hub().listen(lists);
        let declared = item::Capabilities::of(&Value::Object(params.capabilities));
        let user = caller.user.as_ref();
        let session_id = self.dispatcher.parts().random.token();
        let result = self.greeting.replacen(VERSION, version, 1);
        let mut response = answer::json(StatusCode::OK, answer::success(id, result.as_bytes()));
        if let Ok(value) = HeaderValue::from_str(&session_id) {
            let resumes = resumes(version);
            let session = Session::new(session_id, user, declared, listener, resumes);
            response.headers_mut().insert(SESSION_ID, value);
            self.sessions.insert(session);
        }
        response
    }
}

/// Stands for the revision in a greeting.
const VERSION: &str = "<version>";

/// The result of `initialize`, as JSON, with [`VERSION`] in it.
pub(crate) fn greeting(info: &ServerInfo, server_info: &str, capabilities: Capabilities) -> String {
    let instructions = info.instructions.as_ref().map_or_else(String::new, |text| {
        format!(r#","instructions":{}"#, Value::from(text.as_str()))
    });
    let capabilities = capabilities.json(Era::Legacy);
    format!(
        r#"{{"protocolVersion":"{VERSION}","capabilities":{capabilities},"serverInfo":{server_info}{instructions}}}"#
    )
}
