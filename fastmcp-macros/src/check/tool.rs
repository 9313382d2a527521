//! A tool: an item that says what a call of it does.

use super::hints::annotations;
use super::item::item;
use super::task::task;
use crate::diagnose::Diagnostics;
use crate::model::Tool;
use crate::parse::{RawItem, ToolOptions};

/// What a tool means; `None` if it cannot mean anything.
pub(crate) fn tool(raw: RawItem<ToolOptions>, errors: &mut Diagnostics) -> Option<Tool> {
    let before = errors.count();
    let ToolOptions {
        item: options,
        read_only,
        destructive,
        idempotent,
        open_world,
        task: as_task,
    } = raw.options;
    let item = item(options, raw.function, errors);
    let annotations = annotations([read_only, destructive, idempotent, open_world], errors);
    let task = task(as_task, &item, errors);
    (errors.count() == before).then_some(Tool {
        item,
        annotations,
        task,
    })
}
