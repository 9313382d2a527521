//! Protocol revisions, and what differs between them, as data.
//!
//! Two eras share one endpoint. In the *legacy* era a handshake opens a session; in the *modern*
//! era (2026-07-28 and later) every request says for itself which revision it speaks.

/// The revision of the modern era that is served.
pub(crate) const MODERN: &str = "2026-07-28";

/// Every served revision, newest first, as `server/discover` and refusals name them.
pub(crate) const SUPPORTED: [&str; 4] = [MODERN, "2025-11-25", "2025-06-18", "2025-03-26"];

/// The two ways of speaking to this endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Era {
    /// A handshake opened a session (2025-11-25 and earlier).
    Legacy,
    /// Every request carries its own metadata (2026-07-28 and later).
    Modern,
}

/// Whether `version` is a served revision of the legacy era. Dates compare as text.
pub(crate) fn is_legacy(version: &str) -> bool {
    version != MODERN && SUPPORTED.contains(&version)
}

/// The newest revision of the legacy era.
pub(crate) fn newest_legacy() -> &'static str {
    SUPPORTED[1]
}

/// Whether clients of `version` understand an event without data, from which they can come back to
/// a stream; those before read every event as a message.
pub(crate) fn resumes(version: &str) -> bool {
    version >= "2025-11-25"
}

/// Whether `version` has the form of a revision of the modern era, served or not.
pub(crate) fn is_modern_form(version: &str) -> bool {
    is_date(version) && version >= MODERN
}

/// Whether a client of `version` may send batches: they came and went with 2025-03-26, whose
/// clients send no version header.
pub(crate) fn has_batches(version: Option<&str>) -> bool {
    matches!(version, None | Some("2025-03-26"))
}

fn is_date(version: &str) -> bool {
    version.len() == 10
        && version
            .bytes()
            .enumerate()
            .all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_belongs_to_one_era() {
        assert!(is_legacy("2025-11-25") && !is_modern_form("2025-11-25"));
        assert!(is_modern_form(MODERN) && !is_legacy(MODERN));
        assert!(is_modern_form("2027-01-01"));
        assert!(!is_modern_form("v999.0.0") && !is_legacy("v999.0.0"));
        assert!(!is_legacy("1999-01-01"));
    }
}
