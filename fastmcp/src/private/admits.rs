//! Functions of the user's own that decide who may log in (`admits = path`).
//!
//! As with `access`: each form that fits has a method of its own, and where none fits, that of a
//! trait for a reference takes their place and answers that it does not.

use futures_util::future::BoxFuture;

use super::verdict::{Fits, Misfits};
use crate::provider::{Admission, Identity};

/// A function that decides.
#[derive(Debug)]
pub struct Admits<F>(pub F);

impl<F: Fn(&Identity) -> bool + Send + Sync + 'static> Admits<F> {
    /// Whether it is one.
    pub fn verdict(self) -> Fits {
        Fits
    }

    /// The rule that asks it.
    pub fn rule(self) -> Admission {
        Admission::check(self.0)
    }
}

/// Decides in the future.
pub trait DecidesInTime<'a> {
    /// See [`Admits::rule`].
    fn decide(&self, person: &'a Identity) -> BoxFuture<'a, bool>;
}

impl<'a, F, A> DecidesInTime<'a> for F
where
    F: Fn(&'a Identity) -> A,
    A: Future<Output = bool> + Send + 'a,
{
    fn decide(&self, person: &'a Identity) -> BoxFuture<'a, bool> {
        Box::pin(self(person))
    }
}

/// What [`Admits`] does with a function that waits.
pub trait AdmitsLater: Sized {
    /// See [`Admits::verdict`].
    fn verdict(self) -> Fits {
        Fits
    }

    /// See [`Admits::rule`].
    fn rule(self) -> Admission;
}

impl<F: for<'a> DecidesInTime<'a> + Send + Sync + 'static> AdmitsLater for Admits<F> {
    fn rule(self) -> Admission {
        Admission::ask(move |person| self.0.decide(person))
    }
}

/// A function that is neither. It is never called: the program did not compile.
pub trait AdmitsNobody: Sized {
    /// See [`Admits::verdict`].
    fn verdict(self) -> Misfits {
        Misfits
    }

    /// See [`Admits::rule`].
    fn rule(self) -> Admission {
        std::process::abort()
    }
}

impl<F> AdmitsNobody for &Admits<F> {}
