//! A client that can hold tasks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::fixture::{Node, last, whole};

/// A user at a node; `None` is not signed in.
pub(crate) struct Client<'a>(pub(crate) &'a Node, pub(crate) Option<&'a str>);

/// What it declares: that it can be asked by forms, and hold tasks.
pub(crate) fn tasks() -> Value {
    json!({ "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } })
}

impl Client<'_> {
    /// A call that declares `capabilities`; the status and the whole answer.
    pub(crate) async fn call(&self, tool: &str, more: Value, capabilities: Value) -> (u16, Value) {
        let response = self.0.start(self.1, tool, more, capabilities).await;
        let status = response.status().as_u16();
        (status, last(&whole(response).await))
    }

    /// Begins a task, and gives its id.
    pub(crate) async fn begin(&self, tool: &str, arguments: Value) -> String {
        let more = json!({ "arguments": arguments });
        let (status, answer) = self.call(tool, more, tasks()).await;
        assert_eq!(answer["result"]["resultType"], "task", "{status} {answer}");
        answer["result"]["taskId"].as_str().unwrap().to_owned()
    }

    /// A request about a task; the status and the whole answer.
    pub(crate) async fn about(&self, method: &str, id: &str, more: Value) -> (u16, Value) {
        let about = (method, "taskId", id);
        let response = self.0.request(self.1, about, more, tasks()).await;
        let status = response.status().as_u16();
        (status, last(&whole(response).await))
    }

    /// How a task stands.
    pub(crate) async fn get(&self, id: &str) -> Value {
        let (_, answer) = self.about("tasks/get", id, json!({})).await;
        assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
        answer["result"].clone()
    }

    /// Answers questions of a task.
    pub(crate) async fn update(&self, id: &str, responses: Map<String, Value>) {
        let more = json!({ "inputResponses": responses });
        let (_, answer) = self.about("tasks/update", id, more).await;
        let members: Vec<_> = answer["result"].as_object().unwrap().keys().collect();
        assert_eq!(members, ["resultType", "_meta"], "{answer}");
    }

    /// Cancels a task.
    pub(crate) async fn cancel(&self, id: &str) {
        let (_, answer) = self.about("tasks/cancel", id, json!({})).await;
        let members: Vec<_> = answer["result"].as_object().unwrap().keys().collect();
        assert_eq!(members, ["resultType", "_meta"], "{answer}");
    }

    /// The task once it is as `good` wants it.
    pub(crate) async fn until(&self, id: &str, good: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1000 {
            let task = self.get(id).await;
            if good(&task) {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never came to be: {}", self.get(id).await)
    }

    /// The task once it has this status.
    pub(crate) async fn until_is(&self, id: &str, status: &str) -> Value {
        self.until(id, |task| task["status"] == status).await
    }
}

/// The keys of the questions that are open, by what they ask.
pub(crate) fn open(task: &Value) -> Vec<(String, String)> {
    let requests = task["inputRequests"].as_object();
    let mut open: Vec<_> = requests
        .into_iter()
        .flatten()
        .map(|(key, request)| {
            assert_eq!(request["method"], "elicitation/create");
            let asks = request["params"]["message"].as_str().unwrap();
            (asks.to_owned(), key.clone())
        })
        .collect();
    open.sort();
    open
}
