//! The upstream client against a provider that records every call and answers as it is told.

mod development;
mod discovery;
mod failures;
mod give_back;
mod identity;
mod memberships;
mod signer;
mod stub;
mod tokens;
