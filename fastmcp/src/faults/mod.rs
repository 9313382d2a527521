//! What is wrong with a declaration, in words: the same at build time and at start.
//!
//! The macros emit calls of the `const fn`s here, which panic in the build with the text; a server
//! asks for the same texts when it starts, about what its build could not see. A text has two
//! lines: the fault in the user's words with its code, and after `help:` what to type.
//!
//! What the macros judge by themselves may come by builder method or variable instead. A macro
//! crate cannot be depended on, so those rules are here once more, as functions that give a
//! [`Fault`]: its code and first line are the macro's to the letter, and `tests/it/start.rs` holds
//! them to the compiler's output of the same mistake; its help is for any place.

mod across;
pub(crate) mod admission;
pub(crate) mod duration;
mod fault;
mod functions;
pub(crate) mod limits;
pub(crate) mod login;
pub(crate) mod redirect;
mod settings;
mod text;
mod threads;
mod types;
pub(crate) mod url;
pub(crate) mod words;

pub use self::across::{
    Declaration, Declared, role_is_declared, scope_is_declared, server_has_auth,
};
pub(crate) use self::across::{role_fault, scope_fault, server_fault};
pub(crate) use self::fault::Fault;
pub use self::functions::{
    admission_fits, input_schema_fits, predicate_fits, roles_from_fits, suggestions_fit,
};
pub use self::settings::dev_stays_at_home;
pub(crate) use self::settings::{claim_fault, claim_may_pass, dev_fault, path_fault, path_is_free};
pub(crate) use self::text::{Text, nearest};
pub use self::threads::{field_fits, future_fits, state_fits};
pub use self::types::{
    answer_fits, argument_fits, default_fits, error_fits, header_fits, loan_fits, text_fits,
};
pub(crate) use self::types::{header_fault, text_fault};

/// Panics with the text, if there is one.
#[track_caller]
const fn report(fault: Option<&Text>) {
    if let Some(text) = fault {
        panic!("{}", text.as_str());
    }
}
