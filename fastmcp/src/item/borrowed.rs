//! Borrowed parameters: what a tool may be lent, and when.
//!
//! The type decides, never its name: [`Context`] and [`AuthSession`] implement [`Borrowed`] here,
//! a user's server by `#[server]`. Whether a loan is possible is settled when the program is built
//! (a tool without `requires_auth` cannot borrow the caller) and when the server starts (its state
//! must be the one that its tools borrow), so a call finds everything in place.

use std::any::Any;

use super::{Call, Context};
use crate::auth::AuthSession;

/// What the server lends to a tool that borrows it.
pub trait Borrowed {
    /// Lending it needs a signed-in caller.
    const NEEDS_CALLER: bool;

    /// It speaks to the client while the call runs, so the call needs a live peer.
    const LIVE: bool = false;

    /// The loan, if the call has it.
    fn borrow<'a>(call: &Call<'a>) -> Option<&'a Self>;

    /// Whether a server with the state `app` can lend it.
    fn accepts(_app: &(dyn Any + Send + Sync)) -> bool {
        true
    }
}

impl Borrowed for Context {
    const NEEDS_CALLER: bool = false;
    const LIVE: bool = true;

    fn borrow<'a>(call: &Call<'a>) -> Option<&'a Self> {
        Some(call.context)
    }
}

impl Borrowed for AuthSession {
    const NEEDS_CALLER: bool = true;

    fn borrow<'a>(call: &Call<'a>) -> Option<&'a Self> {
        call.session
    }
}
