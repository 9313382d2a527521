//! Values of options. Reading one never fails here: a value that does not fit is kept as a
//! [`Fault`] until `check` asks for it, so that a mistake nobody depends on stays one error.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitBool, LitInt, LitStr, Meta, Path};

use crate::codes;
use crate::diagnose::{Diagnostics, Fault};
use crate::options;

/// A value that was given, with the word that gave it.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub(crate) key: Path,
    value: Result<T, Fault>,
}

impl<T> Given<T> {
    /// The value, or its error.
    pub(crate) fn take(self, errors: &mut Diagnostics) -> Option<T> {
        match self.value {
            Ok(value) => Some(value),
            Err(fault) => {
                errors.push(fault);
                None
            }
        }
    }
}

impl<T: Read> FromMeta for Given<T> {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let key = meta.path().clone();
        let value = T::read(meta).ok_or_else(|| misfit::<T>(meta));
        Ok(Self { key, value })
    }
}

/// A kind of value.
pub(crate) trait Read: Sized {
    /// What it needs, for the message.
    const NEEDS: &'static str;

    fn read(meta: &Meta) -> Option<Self>;

    /// Where a value does not fit: the wrong part of it, and what to write instead.
    fn cure(_meta: &Meta) -> Option<(TokenStream, String)> {
        None
    }
}

fn misfit<T: Read>(meta: &Meta) -> Fault {
    let name = meta.path().to_token_stream().to_string();
    let tokens = match meta {
        Meta::Path(path) => path.to_token_stream(),
        Meta::List(list) => list.to_token_stream(),
        Meta::NameValue(meta) => meta.value.to_token_stream(),
    };
    let example = options::example(&name).unwrap_or(&name);
    let (tokens, example) = T::cure(meta).unwrap_or_else(|| (tokens, example.to_owned()));
    Fault::new(
        codes::WRONG_VALUE,
        tokens,
        format_args!("`{name}` needs {}", T::NEEDS),
        format_args!("write `{example}`"),
    )
}

/// `x = "text"`.
pub(crate) type Text = LitStr;

impl Read for LitStr {
    const NEEDS: &'static str = "a text in quotes";

    fn read(meta: &Meta) -> Option<Self> {
        text(value(meta)?)
    }

    fn cure(meta: &Meta) -> Option<(TokenStream, String)> {
        let value = value(meta)?;
        let name = meta.path().to_token_stream();
        quoted(value).map(|text| (value.to_token_stream(), format!("{name} = {text}")))
    }
}

/// A word that lacks its quotes, with them.
fn quoted(value: &Expr) -> Option<String> {
    match bare(value) {
        Expr::Path(path) => path.path.get_ident().map(|word| format!("\"{word}\"")),
        _ => None,
    }
}

/// `x = ["a", "b"]`, with the list's own tokens.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) tokens: TokenStream,
    pub(crate) items: Vec<LitStr>,
}

impl Read for Texts {
    const NEEDS: &'static str = "a list of texts in quotes";

    fn read(meta: &Meta) -> Option<Self> {
        let Expr::Array(array) = value(meta)? else {
            return None;
        };
        Some(Self {
            tokens: array.to_token_stream(),
            items: array.elems.iter().map(text).collect::<Option<_>>()?,
        })
    }

    fn cure(meta: &Meta) -> Option<(TokenStream, String)> {
        let value = value(meta)?;
        let name = meta.path().to_token_stream();
        let Expr::Array(array) = value else {
            let text = text(value).map(|text| text.to_token_stream().to_string());
            let text = text.or_else(|| quoted(value))?;
            return Some((value.to_token_stream(), format!("{name} = [{text}]")));
        };
        let wrong = array.elems.iter().find(|item| text(item).is_none())?;
        let text = match bare(wrong) {
            Expr::Lit(literal) => Some(format!("\"{}\"", literal.to_token_stream())),
            wrong => quoted(wrong),
        };
        let text = text.unwrap_or_else(|| "\"…\"".to_owned());
        Some((wrong.to_token_stream(), text))
    }
}

/// `x = ["a", "b"]`, or `x = some::path`: values that are there, or a function that finds them.
#[derive(Clone, Debug)]
pub(crate) enum Suggestions {
    Values(Texts),
    Function(Path),
}

impl Read for Suggestions {
    const NEEDS: &'static str = "a list of texts in quotes, or the name of a function";

    fn read(meta: &Meta) -> Option<Self> {
        let function = || Path::read(meta).map(Self::Function);
        Texts::read(meta).map(Self::Values).or_else(function)
    }

    fn cure(meta: &Meta) -> Option<(TokenStream, String)> {
        match value(meta)? {
            Expr::Call(call) => {
                let name = meta.path().to_token_stream();
                let function = call.func.to_token_stream().to_string().replace(' ', "");
                Some((call.to_token_stream(), format!("{name} = {function}")))
            }
            _ => Texts::cure(meta),
        }
    }
}

/// `x = [("a", "b")]`.
#[derive(Clone, Debug)]
pub(crate) struct Pairs(pub(crate) Vec<(LitStr, LitStr)>);

impl Read for Pairs {
    const NEEDS: &'static str = "a list of pairs of texts";

    fn read(meta: &Meta) -> Option<Self> {
        let Expr::Array(array) = value(meta)? else {
            return None;
        };
        let pair = |item: &Expr| match bare(item) {
            Expr::Tuple(tuple) if tuple.elems.len() == 2 => {
                Some((text(&tuple.elems[0])?, text(&tuple.elems[1])?))
            }
            _ => None,
        };
        array
            .elems
            .iter()
            .map(pair)
            .collect::<Option<_>>()
            .map(Self)
    }
}

/// A bare word, or `x = true`, or `x = false`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag(pub(crate) bool);

impl Read for Flag {
    const NEEDS: &'static str = "no value, or `true` or `false` without quotes";

    fn read(meta: &Meta) -> Option<Self> {
        match meta {
            Meta::Path(_) => Some(Self(true)),
            Meta::NameValue(meta) => match &meta.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Bool(LitBool { value, .. }),
                    ..
                }) => Some(Self(*value)),
                _ => None,
            },
            Meta::List(_) => None,
        }
    }
}

/// A bare word, or `x = "word"`.
#[derive(Clone, Debug)]
pub(crate) struct Word(pub(crate) Option<LitStr>);

impl Read for Word {
    const NEEDS: &'static str = "no value, or a word in quotes";

    fn read(meta: &Meta) -> Option<Self> {
        match meta {
            Meta::Path(_) => Some(Self(None)),
            _ => text(value(meta)?).map(|word| Self(Some(word))),
        }
    }

    fn cure(meta: &Meta) -> Option<(TokenStream, String)> {
        LitStr::cure(meta)
    }
}

/// `x = 2000`, with its own token.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) value: usize,
    pub(crate) tokens: LitInt,
}

impl Read for Number {
    const NEEDS: &'static str = "a whole number";

    fn read(meta: &Meta) -> Option<Self> {
        match value(meta)? {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) => LitInt::base10_parse(number).ok().map(|value| Self {
                value,
                tokens: number.clone(),
            }),
            _ => None,
        }
    }
}

/// `x = <expression>`; what it may be is for `check` to say.
impl Read for Expr {
    const NEEDS: &'static str = "a value";

    fn read(meta: &Meta) -> Option<Self> {
        value(meta).cloned()
    }
}

/// `default` alone, or `default = <expression>`.
impl Read for Option<Expr> {
    const NEEDS: &'static str = "no value, or a value";

    fn read(meta: &Meta) -> Option<Self> {
        match meta {
            Meta::Path(_) => Some(None),
            Meta::NameValue(meta) => Some(Some(meta.value.clone())),
            Meta::List(_) => None,
        }
    }
}

/// `x = some::path`.
impl Read for Path {
    const NEEDS: &'static str = "a path";

    fn read(meta: &Meta) -> Option<Self> {
        match value(meta)? {
            Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
            _ => None,
        }
    }
}

/// `x(…)`, its inside unread.
impl Read for TokenStream {
    const NEEDS: &'static str = "options in parentheses";

    fn read(meta: &Meta) -> Option<Self> {
        match meta {
            Meta::List(list) => Some(list.tokens.clone()),
            _ => None,
        }
    }
}

fn value(meta: &Meta) -> Option<&Expr> {
    match meta {
        Meta::NameValue(meta) => Some(bare(&meta.value)),
        _ => None,
    }
}

/// Without the invisible groups that `macro_rules!` leaves.
pub(crate) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => bare(&group.expr),
        expr => expr,
    }
}

fn text(expr: &Expr) -> Option<LitStr> {
    match bare(expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.clone()),
        _ => None,
    }
}
