//! Why a redirect URI is refused, in words that may go to the client.

use std::fmt;

/// Why a text is not a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectUriError {
    /// Longer than 2048 bytes.
    TooLong,
    /// A space, a control character or a character outside ASCII.
    Character,
    /// No scheme, or not in lower case.
    NotAbsolute,
    /// A scheme that no client receives an answer by.
    ForbiddenScheme,
    /// It has a fragment.
    Fragment,
    /// It has a user name or an `@` before the host.
    UserInfo,
    /// No host, or not a lower-case host name.
    Host,
    /// `http` to something other than `localhost`, `127.0.0.1` or `[::1]`.
    Cleartext,
    /// The port is not a number from 1 to 65535.
    Port,
    /// Dot segments, empty segments, or escapes that hide part of the path.
    Path,
    /// An empty query or one with characters that must be escaped.
    Query,
    /// The query holds a parameter that the answer will carry.
    ResponseParameter,
    /// A standard parser would write it differently.
    NotCanonical,
}

impl fmt::Display for RedirectUriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "redirect URI is longer than 2048 bytes",
            Self::Character => "redirect URI has a space, a control or a non-ASCII character",
            Self::NotAbsolute => "redirect URI does not begin with a lower-case scheme",
            Self::ForbiddenScheme => "redirect URI has a scheme that receives no answer",
            Self::Fragment => "redirect URI has a fragment",
            Self::UserInfo => "redirect URI has a user name before its host",
            Self::Host => "redirect URI has no proper lower-case host name",
            Self::Cleartext => {
                "redirect URI uses plain http; that is for localhost, 127.0.0.1 and [::1] only"
            }
            Self::Port => "redirect URI has a port that is not a number from 1 to 65535",
            Self::Path => "redirect URI has a path that can be read in more than one way",
            Self::Query => "redirect URI has an empty or badly escaped query",
            Self::ResponseParameter => {
                "redirect URI already holds a parameter of the authorization response"
            }
            Self::NotCanonical => "redirect URI is not in canonical form",
        })
    }
}

impl std::error::Error for RedirectUriError {}
