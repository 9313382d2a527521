//! The future of a call. A server runs each on whichever thread is free, so it must be `Send`;
//! one that is not is reported by a check, and nothing follows from it.

use futures_util::future::BoxFuture;

use super::verdict::{Fits, Misfits};

/// A call that has begun.
#[derive(Debug)]
pub struct Running<F>(pub F);

impl<F: Future<Output = Result<O, O>> + Send, O> Running<F> {
    /// Whether it can run here.
    pub fn verdict(&self) -> Fits {
        Fits
    }

    /// The call, as a server runs it.
    pub fn boxed<'a>(self) -> BoxFuture<'a, O>
    where
        F: 'a,
    {
        super::run(self.0)
    }
}

/// A call that must stay on one thread. It is never run: the program did not compile.
pub trait Stuck: Sized {
    /// See [`Running::verdict`].
    fn verdict(&self) -> Misfits {
        Misfits
    }

    /// See [`Running::boxed`].
    fn boxed<'a, O>(self) -> BoxFuture<'a, O> {
        std::process::abort()
    }
}

impl<F> Stuck for Running<F> {}
