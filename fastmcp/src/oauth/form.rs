//! Strict reading of `application/x-www-form-urlencoded` texts: request bodies and queries.
//!
//! Two parsers that read one text differently are how parameters get smuggled, so this one has no
//! leniency: pairs are divided by `&` alone (`;` is data), `+` is a space, every `%` starts two hex
//! digits, and the result is UTF-8. A name may be written in any escaped form; two forms of one
//! name are a repetition. What a repetition means is for the endpoint to say, so every pair is
//! kept, and nothing is ever chosen from among several.
//!
//! Bounds: [`MAX_PARAMETERS`] pairs; the length is bounded by whoever reads the text.

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use futures_util::stream::once;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

/// The longest body that any endpoint reads, in bytes.
pub(super) const MAX_BODY: usize = 64 * 1024;
/// A body must have arrived after this long.
const TIME: Duration = Duration::from_secs(10);
/// The most parameters that are read.
const MAX_PARAMETERS: usize = 100;

/// Parameters by name, none of them chosen over another. No `Debug`: values are secrets at times.
pub(super) struct Form(Vec<(String, String)>);

/// Why a text is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormError {
    /// More than [`MAX_PARAMETERS`] parameters.
    TooMany,
    /// A broken escape, or text that is not UTF-8.
    Malformed,
}

impl Form {
    /// Reads `text`.
    pub(super) fn parse(text: &[u8]) -> Result<Self, FormError> {
        let mut pairs = Vec::new();
        for pair in text.split(|byte| *byte == b'&') {
            if pair.is_empty() {
                continue;
            }
            if pairs.len() == MAX_PARAMETERS {
                return Err(FormError::TooMany);
            }
            let split = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match split {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`; empty counts as absent (RFC 6749 section 3.1). Only for names that
    /// were found not to be doubled.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether `name` is there more than once, empty or not.
    pub(super) fn is_doubled(&self, name: &str) -> bool {
        self.0.iter().filter(|(known, _)| known == name).count() > 1
    }

    /// Whether any of `names` is there more than once.
    pub(super) fn doubles_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is_doubled(name))
    }

    /// Whether any name at all is there more than once.
    pub(super) fn doubles_any(&self) -> bool {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Undoes form encoding; also what the two halves of HTTP Basic credentials are written in
/// (RFC 6749 section 2.3.1).
pub(super) fn decode(text: &[u8]) -> Result<String, FormError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (high, low) = match rest {
                    [high, low, after @ ..] => {
                        rest = after;
                        (hex(*high), hex(*low))
                    }
                    _ => return Err(FormError::Malformed),
                };
                high.zip(low)
                    .map(|(high, low)| high << 4 | low)
                    .ok_or(FormError::Malformed)?
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| FormError::Malformed)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl FormError {
    /// The fault, for whoever wrote the client.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::TooMany => "more than 100 parameters",
            Self::Malformed => "the parameters are not form-encoded UTF-8",
        }
    }
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Longer than the limit; the rest was not read.
    TooLarge,
    /// The connection broke off.
    Broken,
    /// It did not arrive in time.
    Late,
}

/// Reads a body of at most `limit` bytes; one that announces more is not read at all.
pub(super) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<bytes::Bytes, BodyError> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(BodyError::TooLarge);
    }
    let collected = timeout(TIME, Limited::new(body, limit).collect()).await;
    let Ok(collected) = collected else {
        return Err(BodyError::Late);
    };
    match collected {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(error) => Err(of_arrival(&error)),
    }
}

/// The same body once it has arrived, so that whoever reads it waits for nobody; one that cannot be
/// read tells its reader why.
pub(super) async fn arrived(headers: &HeaderMap, body: Body) -> Body {
    match read_body(headers, body, MAX_BODY).await {
        Ok(bytes) => Body::from(bytes),
        Err(error) => Body::from_stream(once(ready(Err::<bytes::Bytes, _>(error)))),
    }
}

/// Why [`arrived`] could not read the body that broke off with `error`.
fn of_arrival(error: &BoxError) -> BodyError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&**error);
    while let Some(error) = cause {
        if let Some(known) = error.downcast_ref() {
            return *known;
        }
        cause = error.source();
    }
    BodyError::Broken
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too long",
            Self::Broken => "the body broke off",
            Self::Late => "the body took too long",
        })
    }
}

impl Error for BodyError {}

/// Whether the one `Content-Type` is `media_type`, with no parameter but `charset=utf-8`.
pub(super) fn has_type(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    is_type(value, media_type)
}

pub(super) fn is_type(value: &HeaderValue, media_type: &str) -> bool {
    let Ok(text) = value.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let named = parts.next().unwrap_or_default();
    named.eq_ignore_ascii_case(media_type)
        && parts.all(|parameter| {
            parameter.is_empty()
                || parameter.split_once('=').is_some_and(|(name, value)| {
                    name.trim().eq_ignore_ascii_case("charset")
                        && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_pairs_as_browsers_write_them() {
        let form = form("a=1;b=2&&c=x+y%2Bz&%64=%C3%A9&e&=f&g==");
        assert_eq!(form.get("a"), Some("1;b=2"));
        assert_eq!(form.get("b"), None);
        assert_eq!(form.get("c"), Some("x y+z"));
        assert_eq!(form.get("d"), Some("é"));
        assert_eq!(form.get("e"), None, "empty counts as absent");
        assert_eq!(form.get(""), Some("f"));
        assert_eq!(form.get("g"), Some("="));
        assert!(!form.doubles_any());
    }

    #[test]
    fn a_name_in_two_spellings_is_doubled() {
        let form = form("code=1&c%6fde=2&state=&state=x");
        assert!(form.is_doubled("code") && form.is_doubled("state"));
        assert!(form.doubles_any() && form.doubles_one_of(&["x", "state"]));
        assert!(!form.doubles_one_of(&["x"]));
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for text in ["a=%", "a=%4", "a=%zz", "%=1", "a=%ff", "a=%c3", "a=%+1"] {
            assert_eq!(
                Form::parse(text.as_bytes()).err(),
                Some(FormError::Malformed),
                "{text}"
            );
        }
        assert!(Form::parse("a=1&".repeat(100).as_bytes()).is_ok());
        assert_eq!(
            Form::parse("a=1&".repeat(101).as_bytes()).err(),
            Some(FormError::TooMany)
        );
    }

    #[test]
    fn knows_its_media_type() {
        let accepts = |value: &'static str| {
            let form = "application/x-www-form-urlencoded";
            is_type(&HeaderValue::from_static(value), form)
        };
        assert!(accepts("application/x-www-form-urlencoded"));
        assert!(accepts("Application/X-WWW-Form-urlencoded; charset=UTF-8"));
        assert!(accepts(
            "application/x-www-form-urlencoded;charset=\"utf-8\""
        ));
        for value in [
            "application/x-www-form-urlencodedX",
            "application/x-www-form-urlencoded; charset=utf-16",
            "application/x-www-form-urlencoded; boundary=x",
            "application/json",
            "multipart/form-data",
            "",
        ] {
            assert!(!accepts(value), "{value}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let never = Body::from_stream(futures_util::stream::pending::<
            Result<bytes::Bytes, axum::Error>,
        >());
        let body = read_body(&HeaderMap::new(), never, 5).await;
        assert_eq!(body, Err(BodyError::Late));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_was_read_ahead_fails_as_it_did_at_first() {
        let none = HeaderMap::new();
        let good = arrived(&none, Body::from("12345")).await;
        let body = read_body(&none, good, MAX_BODY).await;
        assert_eq!(body.as_deref(), Ok(&b"12345"[..]));
        let never = futures_util::stream::pending::<Result<bytes::Bytes, axum::Error>>();
        let broken = once(ready(Err::<bytes::Bytes, _>("reset")));
        for (body, fault) in [
            (Body::from_stream(never), BodyError::Late),
            (Body::from_stream(broken), BodyError::Broken),
            (Body::from(vec![b'x'; MAX_BODY + 1]), BodyError::TooLarge),
        ] {
            let ahead = arrived(&none, body).await;
            assert_eq!(read_body(&none, ahead, MAX_BODY).await, Err(fault));
        }
    }

    #[tokio::test]
    async fn a_long_body_is_refused_announced_or_not() {
        let none = HeaderMap::new();
        let body = read_body(&none, Body::from("12345"), 5).await;
        assert_eq!(body.as_deref(), Ok(&b"12345"[..]));
        let body = read_body(&none, Body::from("123456"), 5).await;
        assert_eq!(body, Err(BodyError::TooLarge));
        let announced = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static("6"))]);
        let body = read_body(&announced, Body::empty(), 5).await;
        assert_eq!(body, Err(BodyError::TooLarge));
    }
}
