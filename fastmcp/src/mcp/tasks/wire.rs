//! Tasks as JSON: `Task`, `DetailedTask` and the results of the extension's schema.

use serde_json::{Value, json};

use crate::mcp::answer::RpcError;
use crate::parts::UnixSeconds;
use crate::task::{State, Task};

/// How often a client should ask, in milliseconds.
const POLL: u32 = 1000;

/// `CreateTaskResult`; `server_info` is JSON.
pub(super) fn created(id: &str, task: &Task, server_info: &str) -> String {
    let fields = fields(id, task);
    format!(
        r#"{{"resultType":"task",{fields},"_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}}}"#
    )
}

/// `GetTaskResult`.
pub(super) fn got(id: &str, task: &Task, server_info: &str) -> String {
    let fields = detailed(id, task);
    format!(
        r#"{{"resultType":"complete",{fields},"_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}}}"#
    )
}

/// What a step is acknowledged with.
pub(super) fn acknowledged(server_info: &str) -> String {
    format!(
        r#"{{"resultType":"complete","_meta":{{"io.modelcontextprotocol/serverInfo":{server_info}}}}}"#
    )
}

/// `notifications/tasks` on the stream that `subscription` (a JSON-RPC id) opened.
pub(super) fn notification(id: &str, task: &Task, subscription: &str) -> String {
    let fields = detailed(id, task);
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/tasks","params":{{{fields},"_meta":{{"io.modelcontextprotocol/subscriptionId":{subscription}}}}}}}"#
    )
}

/// A JSON-RPC error as a task keeps it.
pub(super) fn kept(error: &RpcError) -> Value {
    let mut kept = json!({ "code": error.code, "message": error.message });
    if let Some(data) = &error.data {
        kept["data"] = data.clone();
    }
    kept
}

/// The members of `Task`.
fn fields(id: &str, task: &Task) -> String {
    let (id, status) = (Value::from(id), task.status());
    let message = task.message().map_or_else(String::new, |message| {
        format!(r#""statusMessage":{},"#, Value::from(message))
    });
    let (created, updated) = (date(task.created_at()), date(task.updated_at()));
    let kept = (task.expires_at() - task.created_at()) * 1000;
    format!(
        r#""taskId":{id},"status":"{status}",{message}"createdAt":"{created}","lastUpdatedAt":"{updated}","ttlMs":{kept},"pollIntervalMs":{POLL}"#
    )
}

/// The members of `DetailedTask`.
fn detailed(id: &str, task: &Task) -> String {
    let fields = fields(id, task);
    match task.state() {
        State::Working if task.open().is_empty() => fields,
        State::Working => format!(r#"{fields},"inputRequests":{}"#, json!(task.open())),
        State::Completed(result) => format!(r#"{fields},"result":{result}"#),
        State::Failed(error) => format!(r#"{fields},"error":{error}"#),
        State::Cancelled => fields,
    }
}

/// A time as RFC 3339 has it.
fn date(seconds: UnixSeconds) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March here, so that a leap day is the last of one; 719,468 days before 1970
    // began the year 0 (Gregorian, proleptic).
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::task::{Happened, Step};

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_785_196_800, "2026-07-28T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_handle_is_flat_and_tells_times_in_milliseconds() {
        let task = Task::new("t", None, 1_785_196_800);
        let info = r#"{"name":"s"}"#;
        let expected = json!({
            "resultType": "task", "taskId": "i", "status": "working",
            "createdAt": "2026-07-28T00:00:00Z", "lastUpdatedAt": "2026-07-28T00:00:00Z",
            "ttlMs": 3_600_000, "pollIntervalMs": 1000,
            "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "s" } },
        });
        assert_eq!(read(&created("i", &task, info)), expected);
    }

    #[test]
    fn each_status_has_what_belongs_to_it() {
        let result = RawValue::from_string(r#"{"content":[]}"#.to_owned()).unwrap();
        let error = kept(&RpcError::failed("no \"way\""));
        let asked = [("k".to_owned(), json!({ "method": "roots/list" }))].into();
        let asked = Happened {
            asked,
            ..Happened::default()
        };
        for (step, status, member) in [
            (Step::Alive(Happened::default()), "working", None),
            (Step::Alive(asked), "input_required", Some("inputRequests")),
            (
                Step::End(State::Completed(result)),
                "completed",
                Some("result"),
            ),
            (Step::End(State::Failed(error)), "failed", Some("error")),
            (Step::Cancel("why"), "cancelled", None),
        ] {
            let mut task = Task::new("t", None, 0);
            task.step(&step, 10);
            let got = read(&got("i", &task, "{}"));
            assert_eq!(
                (&got["resultType"], &got["status"]),
                (&json!("complete"), &json!(status))
            );
            for known in ["inputRequests", "result", "error"] {
                assert_eq!(got.get(known).is_some(), member == Some(known), "{got}");
            }
            let told = read(&notification("i", &task, "7"));
            assert_eq!(told["params"]["status"], status);
            let subscription = &told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
            assert_eq!(subscription, 7);
            if status == "failed" {
                assert_eq!(got["statusMessage"], "no \"way\"");
                assert_eq!(got["error"]["message"], "no \"way\"");
            }
        }
    }
}
