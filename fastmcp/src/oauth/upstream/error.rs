//! Why a provider gave no tokens, as far as the rest of the server needs to know.

use std::fmt;
use std::time::Duration;

/// How a request to the provider failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpstreamError {
    /// The provider no longer honours the code or refresh token (`invalid_grant`). Final.
    Refused,
    /// It vouches for somebody of another tenant than the one that was configured. Final.
    AnotherTenant,
    /// It answered, but with nothing that can be used: our configuration or its fault.
    BadAnswer,
    /// It did not answer in time, is overloaded, or says that it is out of order. Worth another
    /// try with the same code or token.
    Unavailable {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
}

impl UpstreamError {
    /// How long the provider asks to be left alone, if it does.
    pub(crate) fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after } => retry_after,
            Self::Refused | Self::AnotherTenant | Self::BadAnswer => None,
        }
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the identity provider refused the code or refresh token",
            Self::AnotherTenant => "the user belongs to another tenant",
            Self::BadAnswer => "the identity provider gave an answer that cannot be used",
            Self::Unavailable { .. } => "the identity provider is out of reach for the moment",
        })
    }
}

impl std::error::Error for UpstreamError {}
