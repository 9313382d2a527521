//! (being built)

pub(crate) mod upstream;

pub use self::upstream::{ClientAuthentication, TokenVerifier};
