//! The words of the RFCs against second readings of them.
//!
//! | file | what it holds against what |
//! |---|---|
//! | `redirect` | redirect URIs and patterns against `model`, and against what a browser would do |
//! | `model` | both once more, by the parts that the `url` crate sees and by a walk over the text |
//! | `address` | which addresses are public, against the registries written as networks |
//! | `words` | scopes, resources, challenges, client URLs: one canonical form each |

mod address;
mod model;
mod redirect;
#[cfg(test)]
mod tests;
mod words;

pub use self::address::address;
pub use self::redirect::redirect;
pub use self::words::words;

/// The text before the first line feed, and what follows it.
fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
