//! The OAuth proxy through its router: every endpoint, in the order of a login.

mod authorize;
mod callback;
mod consent;
mod discovery;
mod refresh;
mod register;
mod session;
mod support;
mod token;
