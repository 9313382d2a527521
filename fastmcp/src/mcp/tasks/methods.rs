//! `tasks/get`, `tasks/update` and `tasks/cancel`.

use serde_json::Map;
use serde_json::value::RawValue;

use super::begin::unknown;
use super::place::Place;
use super::{Tasks, wire};
use crate::item::Capability;
use crate::mcp::answer::{self, RpcError};
use crate::mcp::edge::Edge;
use crate::mcp::exchange::{Caller, Reply};
use crate::mcp::frame::text;
use crate::mcp::live::declared;
use crate::mcp::params::Params;
use crate::task::{Step, Task, Unreachable};

/// The most that one update may bring, in bytes: it waits in the record.
const MOST: usize = 256 * 1024;

/// A task that the caller may see.
struct Found<'a> {
    tasks: &'a Tasks,
    id: String,
    place: Place,
    task: Task,
}

impl Edge {
    /// Answers a method of the extension.
    pub(crate) async fn about_task(
        &self,
        method: &str,
        caller: &Caller,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        let found = match self.found(caller, params).await {
            Ok(found) => found,
            Err(reply) => return reply,
        };
        let result = match method {
            "tasks/get" => Ok(wire::got(&found.id, &found.task, &self.server_info)),
            "tasks/update" => self.update(&found, params).await,
            _ => {
                let step = Step::Cancel("the task was cancelled by its client");
                self.step(&found, &step).await
            }
        };
        match result {
            Ok(result) => Reply::Done(answer::success(id, result.as_bytes())),
            Err(error) => error.into(),
        }
    }

    /// The task that is asked about, looked up for this very caller.
    async fn found(&self, caller: &Caller, params: &Params<'_>) -> Result<Found<'_>, Reply> {
        let Some(tasks) = &self.tasks else {
            return Err(RpcError::method_not_found().into());
        };
        if !declared(params).has(Capability::Tasks) {
            return Err(RpcError::missing_capability(Capability::Tasks).into());
        }
        let Some(id) = params.task_id.and_then(text) else {
            return Err(RpcError::invalid_params("`taskId` must be a string").into());
        };
        let user = caller.user.as_ref();
        let place = tasks.place(user, &id)?;
        let task = tasks.look(place).await.map_err(unavailable)?;
        let task = task.ok_or_else(unknown)?;
        // The tool may have been turned off, and rights be taken, since the task began.
        let entry = self.dispatcher.tool(task.tool()).ok_or_else(unknown)?;
        if let Err(refusal) = self.dispatcher.clear(entry, user).await {
            return Err(Reply::Refused(refusal));
        }
        let id = id.into_owned();
        Ok(Found {
            tasks,
            id,
            place,
            task,
        })
    }

    async fn update(&self, found: &Found<'_>, params: &Params<'_>) -> Result<String, RpcError> {
        let answers = params.input_responses.map(RawValue::get);
        let answers = answers.filter(|text| text.starts_with('{'));
        let answers = answers.ok_or_else(|| {
            RpcError::invalid_params("`inputResponses` must be an object of answers")
        })?;
        if answers.len() > MOST {
            let problem = "`inputResponses` has more than 262,144 bytes";
            return Err(RpcError::invalid_params(problem));
        }
        let answers: Map<_, _> = serde_json::from_str(answers)
            .map_err(|_| RpcError::invalid_params("`inputResponses` must be an object"))?;
        self.step(found, &Step::Answer(answers)).await
    }

    /// Takes a step; one that comes too late is acknowledged all the same.
    async fn step(&self, found: &Found<'_>, step: &Step) -> Result<String, RpcError> {
        let task = found.tasks.step(found.place, step).await;
        match task.map_err(unavailable)? {
            Some(_) => Ok(wire::acknowledged(&self.server_info)),
            None => Err(unknown()),
        }
    }
}

fn unavailable(error: Unreachable) -> RpcError {
    RpcError::unavailable(error.to_string())
}
