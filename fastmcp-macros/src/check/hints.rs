//! What an item says about itself besides its description: hints and icons.

use quote::ToTokens;
use syn::LitStr;

use super::{flag, take};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Annotations;
use crate::parse::{Flag, Given, Texts};

/// The hints, in the order of their table, which must not say one thing and its opposite.
pub(super) fn annotations(
    [read_only, destructive, idempotent, open_world]: [Option<Given<Flag>>; 4],
    errors: &mut Diagnostics,
) -> Annotations {
    let destructive_key = destructive.as_ref().map(|given| given.key.clone());
    let found = Annotations {
        read_only: flag(read_only, errors),
        destructive: flag(destructive, errors),
        idempotent: flag(idempotent, errors),
        open_world: flag(open_world, errors),
    };
    if found.read_only == Some(true) && found.destructive == Some(true) {
        errors.error(
            codes::CONTRADICTING_HINTS,
            destructive_key.map(ToTokens::into_token_stream),
            "a tool that is `read_only` destroys nothing",
            "remove `destructive`, or remove `read_only`",
        );
    }
    found
}

/// Addresses of icons, which clients load: nothing but `https` and `data`.
pub(super) fn icons(given: Option<Given<Texts>>, errors: &mut Diagnostics) -> Vec<LitStr> {
    let icons = take(given, errors).map_or_else(Vec::new, |list| list.items);
    for icon in &icons {
        let text = icon.value();
        let is_web = text
            .strip_prefix("https://")
            .is_some_and(|rest| !rest.is_empty());
        if text.contains(char::is_whitespace) || !(is_web || text.starts_with("data:image/")) {
            errors.error(
                codes::ICON,
                icon,
                "clients load no icon from this address",
                "write `https://…` or `data:image/png;base64,…`",
            );
        }
    }
    icons
}
