//! Whether and when a call of a tool becomes a task.

use super::take;
use crate::codes;
use crate::diagnose::{Diagnostics, choices};
use crate::model::{Item, TaskSupport};
use crate::parse::{Given, Word};

const WAYS: &[&str] = &["on_demand", "optional", "required"];

/// What `task` means on this tool.
pub(super) fn task(
    given: Option<Given<Word>>,
    item: &Item,
    errors: &mut Diagnostics,
) -> Option<TaskSupport> {
    let Word(word) = take(given, errors)?;
    let Some(word) = word else {
        return Some(TaskSupport::Optional);
    };
    match word.value().as_str() {
        "optional" => Some(TaskSupport::Optional),
        "required" => Some(TaskSupport::Required),
        "on_demand" => {
            if !item.is_async || item.loans().next().is_none() {
                errors.error(
                    codes::TASK_NEVER_BEGINS,
                    &word,
                    "a task that begins where the tool says so, in a tool that cannot say it",
                    "write `async fn`, borrow `cx: &Context` and call `cx.begin_task().await`; or \
                     write `task`, and the task begins with the call",
                );
            }
            Some(TaskSupport::OnDemand)
        }
        other => {
            errors.error(
                codes::TASK,
                &word,
                format_args!("`{other}` is no way to become a task"),
                choices(other, "ways", WAYS),
            );
            None
        }
    }
}
