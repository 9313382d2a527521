//! What was written becomes what is meant, or an error that says why it cannot be meant. One file
//! a topic; each reports every mistake it finds and stays silent about consequences.

mod access;
mod access_words;
mod admission;
mod admission_words;
mod claims;
mod clients;
mod duration;
mod expression;
mod found_by;
mod hints;
mod item;
mod parameter;
mod part;
mod prompt;
mod provider;
mod proxy;
mod redirect;
mod resource;
mod server;
mod settings;
mod task;
mod template;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod tests;
mod together;
mod tool;
mod uri;
mod url;
mod words;

pub(crate) use self::item::shown;
pub(crate) use self::prompt::prompt;
pub(crate) use self::resource::resource;
pub(crate) use self::server::server;
pub(crate) use self::tool::tool;

use crate::diagnose::Diagnostics;
use crate::parse::{Flag, Given, Read};

/// The value of an option that may be missing. A value that cannot be read is reported and then
/// treated as missing.
fn take<T: Read>(given: Option<Given<T>>, errors: &mut Diagnostics) -> Option<T> {
    given.and_then(|given| given.take(errors))
}

/// Whether a flag is up.
fn flag(given: Option<Given<Flag>>, errors: &mut Diagnostics) -> Option<bool> {
    take(given, errors).map(|Flag(up)| up)
}
