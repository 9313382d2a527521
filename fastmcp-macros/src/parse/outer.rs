//! The other attributes of an item: those that must not be there twice, and the conditions under
//! which the item is there at all.

use syn::Attribute;

use crate::codes;
use crate::diagnose::Diagnostics;
use crate::kind::Kind;

/// Reports a second attribute of ours on the same item: each would register it.
pub(super) fn is_alone(attribute: &str, others: &[Attribute], errors: &mut Diagnostics) {
    for other in others {
        let last = other.path().segments.last();
        let Some(word) = last.map(|segment| segment.ident.to_string()) else {
            continue;
        };
        if word == attribute {
            errors.error(
                codes::DOUBLED_ATTRIBUTE,
                other,
                format_args!("a second `#[{word}]` on one item"),
                format_args!("put all options into one `#[{word}(…)]`"),
            );
        } else if is_ours(&word) {
            errors.error(
                codes::DOUBLED_ATTRIBUTE,
                other,
                format_args!("`#[{word}]` and `#[{attribute}]` on one item"),
                if word == "server" || attribute == "server" {
                    "remove one of the two: items are functions, a server is a struct"
                } else {
                    "remove one of the two; write a function for each, and let one call the other"
                },
            );
        }
    }
}

/// Takes off what [`is_alone`] reports: expanded as well, it would fail a second time.
pub(super) fn without_ours(attributes: &mut Vec<Attribute>) {
    attributes.retain(|other| {
        let last = other.path().segments.last();
        !last.is_some_and(|segment| is_ours(&segment.ident.to_string()))
    });
}

/// Whether an attribute of this name registers what it is on.
fn is_ours(word: &str) -> bool {
    word == "server" || Kind::ALL.iter().any(|kind| kind.word() == word)
}

/// The `#[cfg(…)]` below our attribute: what is generated is there under the same conditions.
pub(super) fn conditions(others: &[Attribute]) -> Vec<Attribute> {
    others
        .iter()
        .filter(|other| other.path().is_ident("cfg"))
        .cloned()
        .collect()
}
