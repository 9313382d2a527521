//! The OAuth proxy through its router: every endpoint, in the order of a login.

mod authorize;
mod callback;
mod consent;
mod discovery;
mod register;
mod support;
