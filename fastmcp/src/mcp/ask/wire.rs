//! Questions of the handshake era: requests on the stream of the call.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::Questions;
use crate::item::{Ask, AskError, Asker, Capabilities, Fits, Notice, NoticeSink};
use crate::parts::Random;

/// How long a person may think.
pub(crate) const PATIENCE: Duration = Duration::from_mins(10);

/// The stream of one call, and the session that its client answers to.
pub(crate) struct Wire {
    pub(crate) capabilities: Capabilities,
    pub(crate) questions: Arc<Questions>,
    pub(crate) sink: NoticeSink,
    pub(crate) random: Random,
}

impl Asker for Wire {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
        Box::pin(async move {
            let mut waiting = self.questions.open(&self.random)?;
            let mut params = ask.params;
            // Only this era names the dialog that a page belongs to.
            if params.get("mode").is_some_and(|mode| mode == "url") {
                params["elicitationId"] = self.random.token().into();
            }
            let (id, method) = (waiting.id.clone(), ask.method);
            let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
            self.sink.deliver(Notice::Message(request)).await;
            let Ok(answer) = tokio::time::timeout(PATIENCE, waiting.answer()).await else {
                let params = json!({ "requestId": id, "reason": "no answer came in time" });
                let method = "notifications/cancelled";
                let given_up = json!({ "jsonrpc": "2.0", "method": method, "params": params });
                self.sink.send(Notice::Message(given_up));
                return Err(AskError::TimedOut);
            };
            let value = answer?;
            fits(&value).map_err(AskError::Unfit)?;
            Ok(value)
        })
    }
}
