//! What is wrong with a declaration, in words: the same at build time and at start.
//!
//! The macros emit calls of the `const fn`s here, which panic in the build with the text; a server
//! asks for the same texts when it starts, about what its build could not see.

mod checks;
mod text;

pub use self::checks::{
    Declaration, Declared, answer_fits, argument_fits, default_fits, loan_fits, role_is_declared,
    scope_is_declared, server_has_auth,
};
pub(crate) use self::checks::{role_fault, scope_fault, server_fault};
pub(crate) use self::text::Text;
