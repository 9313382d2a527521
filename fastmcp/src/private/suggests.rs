//! Functions of the user's own that suggest values (`complete = path`).
//!
//! As with `access`: each form that fits has a method of its own, and where none fits, that of a
//! trait for a reference takes their place and answers that it does not.

use futures_util::future::{BoxFuture, ready};

use super::verdict::{Fits, Misfits};
use crate::item::{Completing, ToolError};

/// What suggestions are answered by.
type Suggested<'a> = BoxFuture<'a, Result<Vec<String>, ToolError>>;

/// A function that gives texts.
#[derive(Debug)]
pub struct Suggests<F>(pub F);

/// Gives texts at once, by whatever can be gone through.
pub trait Lists<'a> {
    /// See [`Suggests::of`].
    fn list(&self, typing: &'a Completing<'a>) -> Vec<String>;
}

impl<'a, F, R> Lists<'a> for F
where
    F: Fn(&'a Completing<'a>) -> R,
    R: IntoIterator<Item: AsRef<str>>,
{
    fn list(&self, typing: &'a Completing<'a>) -> Vec<String> {
        owned(self(typing))
    }
}

/// Gives texts or an error at once.
pub trait TriesToList<'a> {
    /// See [`Suggests::of`].
    fn list(&self, typing: &'a Completing<'a>) -> Result<Vec<String>, ToolError>;
}

impl<'a, F, R, E> TriesToList<'a> for F
where
    F: Fn(&'a Completing<'a>) -> Result<R, E>,
    R: IntoIterator<Item: AsRef<str>>,
    E: Into<ToolError>,
{
    fn list(&self, typing: &'a Completing<'a>) -> Result<Vec<String>, ToolError> {
        self(typing).map(owned).map_err(Into::into)
    }
}

/// Gives texts in the future.
pub trait ListsLater<'a> {
    /// See [`Suggests::of`].
    fn list(&self, typing: &'a Completing<'a>) -> Suggested<'a>;
}

impl<'a, F, A> ListsLater<'a> for F
where
    F: Fn(&'a Completing<'a>) -> A,
    A: Future<Output: IntoIterator<Item: AsRef<str>>> + Send + 'a,
{
    fn list(&self, typing: &'a Completing<'a>) -> Suggested<'a> {
        let listing = self(typing);
        Box::pin(async { Ok(owned(listing.await)) })
    }
}

/// Gives texts or an error in the future.
pub trait TriesToListLater<'a> {
    /// See [`Suggests::of`].
    fn list(&self, typing: &'a Completing<'a>) -> Suggested<'a>;
}

impl<'a, F, A, R, E> TriesToListLater<'a> for F
where
    F: Fn(&'a Completing<'a>) -> A,
    A: Future<Output = Result<R, E>> + Send + 'a,
    R: IntoIterator<Item: AsRef<str>>,
    E: Into<ToolError>,
{
    fn list(&self, typing: &'a Completing<'a>) -> Suggested<'a> {
        let listing = self(typing);
        Box::pin(async { listing.await.map(owned).map_err(Into::into) })
    }
}

fn owned(texts: impl IntoIterator<Item: AsRef<str>>) -> Vec<String> {
    let texts = texts.into_iter();
    texts.map(|text| text.as_ref().to_owned()).collect()
}

impl<F: for<'a> Lists<'a>> Suggests<F> {
    /// Whether it is such a function.
    pub fn verdict(self) -> Fits {
        Fits
    }

    /// What it suggests.
    pub fn of<'a>(self, typing: &'a Completing<'a>) -> Suggested<'a> {
        Box::pin(ready(Ok(self.0.list(typing))))
    }
}

macro_rules! also_suggests {
    ($door:ident, $form:ident, |$function:ident, $typing:ident| $call:expr) => {
        /// What [`Suggests`] does with a function of another form.
        pub trait $door: Sized {
            /// See [`Suggests::verdict`].
            fn verdict(self) -> Fits {
                Fits
            }

            /// See [`Suggests::of`].
            fn of<'a>(self, typing: &'a Completing<'a>) -> Suggested<'a>;
        }

        impl<F: for<'a> $form<'a>> $door for Suggests<F> {
            fn of<'a>(self, $typing: &'a Completing<'a>) -> Suggested<'a> {
                let $function = self.0;
                $call
            }
        }
    };
}

also_suggests!(SuggestsOrFails, TriesToList, |function, typing| {
    Box::pin(ready(function.list(typing)))
});
also_suggests!(SuggestsLater, ListsLater, |function, typing| function
    .list(typing));
also_suggests!(
    SuggestsOrFailsLater,
    TriesToListLater,
    |function, typing| function.list(typing)
);

/// A function that is none of these. It is never called: the program did not compile.
pub trait SuggestsNothing: Sized {
    /// See [`Suggests::verdict`].
    fn verdict(self) -> Misfits {
        Misfits
    }

    /// See [`Suggests::of`].
    fn of<'a>(self, _typing: &'a Completing<'a>) -> Suggested<'a> {
        std::process::abort()
    }
}

impl<F> SuggestsNothing for &Suggests<F> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::verdict::holds;
    use super::{
        Suggests, SuggestsLater as _, SuggestsNothing as _, SuggestsOrFails as _,
        SuggestsOrFailsLater as _,
    };
    use crate::item::{Completing, Suggest, ToolError};

    fn plain(_: &Completing<'_>) -> [&'static str; 1] {
        ["plain"]
    }

    fn borrowed<'a>(typing: &Completing<'a>) -> impl Iterator<Item = &'a str> {
        typing.argument("a").into_iter()
    }

    fn fails(_: &Completing<'_>) -> Result<Vec<String>, ToolError> {
        Err(ToolError::new("no"))
    }

    async fn later(typing: &Completing<'_>) -> Vec<String> {
        std::future::ready(()).await;
        vec![typing.value().to_owned()]
    }

    async fn fails_later(_: &Completing<'_>) -> Result<Vec<String>, ToolError> {
        std::future::ready(()).await;
        Ok(vec!["later".to_owned()])
    }

    fn number(_: &Completing<'_>) -> u8 {
        0
    }

    #[tokio::test]
    async fn every_form_is_asked_its_own_way() {
        let forms: [Suggest; 5] = [
            |typing| Suggests(plain).of(typing),
            |typing| Suggests(borrowed).of(typing),
            |typing| Suggests(fails).of(typing),
            |typing| Suggests(later).of(typing),
            |typing| Suggests(fails_later).of(typing),
        ];
        let arguments = BTreeMap::from([("a".to_owned(), "borrowed".to_owned())]);
        let typing = Completing::new("typed", &arguments, None, &());
        let mut said = Vec::new();
        for form in forms {
            said.push(form(&typing).await.map_err(|error| format!("{error:?}")));
        }
        let ok = |text: &str| Ok(vec![text.to_owned()]);
        let error = Err("ToolError(\"no\")".to_owned());
        assert_eq!(
            said,
            [ok("plain"), ok("borrowed"), error, ok("typed"), ok("later")]
        );
    }

    #[test]
    fn what_suggests_nothing_is_known() {
        assert!(holds(|| Suggests(plain).verdict()));
        assert!(holds(|| Suggests(fails_later).verdict()));
        assert!(!holds(|| Suggests(number).verdict()));
    }
}
