//! Functions of the user's own: a predicate of `access`, and `roles_from`.
//!
//! Each question has its method for every form that fits, nearest first: an inherent method, that
//! of a trait for the value, and that of a trait for a reference to it, which is always there. A
//! function that does not fit is reported by a check, and nothing follows from it.

use futures_util::future::BoxFuture;

use super::verdict::{Fits, Misfits};
use crate::auth::AuthSession;
use crate::provider::Identity;

/// A predicate.
#[derive(Debug)]
pub struct Decides<F>(pub F);

impl<F: Fn(&AuthSession) -> bool> Decides<F> {
    /// Whether it is one.
    pub fn verdict(self) -> Fits {
        Fits
    }

    /// Its answer.
    pub fn about(self, session: &AuthSession) -> BoxFuture<'_, bool> {
        let answer = (self.0)(session);
        Box::pin(std::future::ready(answer))
    }
}

/// A predicate that has to wait for its answer.
pub trait Waits<'a> {
    /// Its future.
    type Answer: Future<Output = bool> + Send + 'a;

    /// See [`Decides::about`].
    fn ask(&self, session: &'a AuthSession) -> Self::Answer;
}

impl<'a, F, A> Waits<'a> for F
where
    F: Fn(&'a AuthSession) -> A,
    A: Future<Output = bool> + Send + 'a,
{
    type Answer = A;

    fn ask(&self, session: &'a AuthSession) -> A {
        self(session)
    }
}

/// What [`Decides`] does with a predicate that waits.
pub trait DecidesLater: Sized {
    /// See [`Decides::verdict`].
    fn verdict(self) -> Fits {
        Fits
    }

    /// See [`Decides::about`].
    fn about(self, session: &AuthSession) -> BoxFuture<'_, bool>;
}

impl<F: for<'a> Waits<'a>> DecidesLater for Decides<F> {
    fn about(self, session: &AuthSession) -> BoxFuture<'_, bool> {
        Box::pin(self.0.ask(session))
    }
}

/// A function that says roles of an identity.
#[derive(Debug)]
pub struct Names<F>(pub F);

/// Names, in any collection.
pub trait Gives<'a> {
    /// See [`Names::of`].
    fn names(&self, person: &'a Identity) -> Vec<String>;
}

impl<'a, F, R> Gives<'a> for F
where
    F: Fn(&'a Identity) -> R,
    R: IntoIterator<Item: AsRef<str>>,
{
    fn names(&self, person: &'a Identity) -> Vec<String> {
        let names = self(person).into_iter();
        names.map(|name| name.as_ref().to_owned()).collect()
    }
}

impl<F: for<'a> Gives<'a>> Names<F> {
    /// Whether it is one.
    pub fn verdict(self) -> Fits {
        Fits
    }

    /// The names.
    pub fn of(self, person: &Identity) -> Vec<String> {
        self.0.names(person)
    }
}

/// A function that is neither. It is never called: the program did not compile.
pub trait Unfit: Sized {
    /// See [`Decides::verdict`].
    fn verdict(self) -> Misfits {
        Misfits
    }

    /// See [`Decides::about`].
    fn about(self, _session: &AuthSession) -> BoxFuture<'_, bool> {
        std::process::abort()
    }

    /// See [`Names::of`].
    fn of(self, _person: &Identity) -> Vec<String> {
        std::process::abort()
    }
}

impl<F> Unfit for &Decides<F> {}
impl<F> Unfit for &Names<F> {}
