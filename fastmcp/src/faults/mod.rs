//! What is wrong with a declaration, in words: the same at build time and at start.
//!
//! The macros emit calls of the `const fn`s here, which panic in the build with the text; a server
//! asks for the same texts when it starts, about what its build could not see. A text has two
//! lines: the fault in the user's words with its code, and after `help:` what to type.

mod across;
mod functions;
mod settings;
mod text;
mod threads;
mod types;

pub use self::across::{
    Declaration, Declared, role_is_declared, scope_is_declared, server_has_auth,
};
pub(crate) use self::across::{role_fault, scope_fault, server_fault};
pub use self::functions::{predicate_fits, roles_from_fits};
pub use self::settings::dev_stays_at_home;
pub(crate) use self::settings::{claim_may_pass, path_is_free};
pub(crate) use self::text::Text;
pub use self::threads::{field_fits, future_fits, state_fits};
pub(crate) use self::types::header_fault;
pub use self::types::{
    answer_fits, argument_fits, default_fits, error_fits, header_fits, loan_fits,
};

/// Panics with the text, if there is one.
#[track_caller]
const fn report(fault: Option<&Text>) {
    if let Some(text) = fault {
        panic!("{}", text.as_str());
    }
}
