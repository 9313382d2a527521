//! What strangers, clients and browsers send to the authorization server, and what is read in it.
//!
//! | file | what it holds against what |
//! |---|---|
//! | `form` | our strict form parser against the lenient one of the URL standard |
//! | `client_auth` | Basic credentials against a decoder by hand; one proof, never two |
//! | `metadata` | registrations and client documents: what was accepted keeps every rule |
//! | `page` | the consent form, its cookie and its token: genuine to the byte, or nothing |

mod client_auth;
mod form;
mod metadata;
mod page;

pub use self::client_auth::client_auth;
pub use self::form::form;
pub use self::metadata::{document, registration};
pub use self::page::page;
pub use super::upstream::fuzz::answer;
