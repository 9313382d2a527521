//! A prompt: an item whose arguments are sent as text.

use super::item::item;
use crate::diagnose::Diagnostics;
use crate::model::Prompt;
use crate::parse::{ItemOptions, RawItem};

/// What a prompt means; `None` if it cannot mean anything.
pub(crate) fn prompt(raw: RawItem<ItemOptions>, errors: &mut Diagnostics) -> Option<Prompt> {
    let before = errors.count();
    let item = item(raw.options, raw.function, errors);
    (errors.count() == before).then_some(Prompt { item })
}
