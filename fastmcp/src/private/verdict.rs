//! Questions to a value whose type has no name: a future, a function.
//!
//! As with the probe, an inherent method exists only where its bound holds, and otherwise that of a
//! trait takes its place. Methods of traits cannot be called at build time, so each answers by a
//! type: [`holds`] reads it off a closure that nobody ever calls.

/// What a question is answered by.
pub trait Verdict {
    /// The answer.
    const HOLDS: bool;
}

/// The bound holds.
#[derive(Debug)]
pub struct Fits;

/// It does not.
#[derive(Debug)]
pub struct Misfits;

impl Verdict for Fits {
    const HOLDS: bool = true;
}

impl Verdict for Misfits {
    const HOLDS: bool = false;
}

/// The answer to the question that the closure asks.
#[must_use]
pub const fn holds<V: Verdict>(_question: fn() -> V) -> bool {
    V::HOLDS
}

/// A value for a question that is never asked.
#[must_use]
pub fn never<T>() -> T {
    std::process::abort()
}
