//! What lets nodes of two versions share a store while one version is being replaced.
//!
//! A newer version adds fields at the top of a record, with a default for their absence. An older
//! one does not know them, and in a grant or client gives them back as they were when it writes the
//! record; a login, which ends within minutes, does without. A record
//! that it cannot read at all is no reason to think that there is none: the answer is then 503
//! (see [`Sealed`](crate::store::Sealed)), and the other node serves the request.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of a record that this version does not know.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Later(Map<String, Value>);

/// They may hold secrets.
impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}
