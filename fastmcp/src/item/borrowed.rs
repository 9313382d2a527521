//! Borrowed parameters: what a tool may be lent, and when.

use super::Call;

/// What the server lends to a tool that borrows it.
pub trait Borrowed {
    /// Lending it needs a signed-in caller.
    const NEEDS_CALLER: bool;

    /// The loan, if the call has it.
    fn borrow<'a>(call: &Call<'a>) -> Option<&'a Self>;
}
