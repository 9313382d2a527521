//! (stub until `main` is merged)
#![allow(missing_docs)]
use crate::{parts::UnixSeconds, secret::Secret, spec::Scopes};
#[derive(Clone, Debug)]
pub struct UpstreamTokens {
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub expires_at: Option<UnixSeconds>,
    pub scopes: Option<Scopes>,
    pub refresh_expires_at: Option<UnixSeconds>,
}
