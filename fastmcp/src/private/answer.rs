//! What the user's own functions give back. As with the probe, an inherent method wins where its
//! bound holds; where it does not, the value comes back as it is, and the compiler says in its own
//! words which type was expected.

use std::future::{Ready, ready};

/// What a predicate gave: a `bool`, or a future of one.
#[derive(Debug)]
pub struct Answer<T>(pub T);

impl<F: Future> Answer<F> {
    /// The future of the answer.
    pub fn when_known(self) -> F {
        self.0
    }
}

/// An answer that is known already.
pub trait Known {
    /// Its type.
    type Given;

    /// The answer.
    fn when_known(self) -> Ready<Self::Given>;
}

impl<T> Known for Answer<T> {
    type Given = T;

    fn when_known(self) -> Ready<T> {
        ready(self.0)
    }
}

/// What a `roles_from` function gave: names, in any collection.
#[derive(Debug)]
pub struct Named<T>(pub T);

impl<R: IntoIterator<Item: AsRef<str>>> Named<R> {
    /// The names.
    pub fn all(self) -> Vec<String> {
        let names = self.0.into_iter();
        names.map(|name| name.as_ref().to_owned()).collect()
    }
}

/// Something that names nothing.
pub trait Names {
    /// Its type.
    type Given;

    /// The thing itself.
    fn all(self) -> Self::Given;
}

impl<T> Names for Named<T> {
    type Given = T;

    fn all(self) -> T {
        self.0
    }
}
