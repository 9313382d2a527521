//! Which revision of the protocol a connection speaks.

use std::fmt;

/// A revision of MCP that the server serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Revision {
    /// 2026-07-28: no handshake, every request stands by itself.
    #[default]
    V2026_07_28,
    /// 2025-11-25: a session, opened by a handshake.
    V2025_11_25,
    /// 2025-06-18.
    V2025_06_18,
    /// 2025-03-26.
    V2025_03_26,
}

impl Revision {
    /// Every one, the newest first.
    pub const ALL: [Self; 4] = [
        Self::V2026_07_28,
        Self::V2025_11_25,
        Self::V2025_06_18,
        Self::V2025_03_26,
    ];

    /// Its name on the wire: `2026-07-28`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2026_07_28 => "2026-07-28",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_03_26 => "2025-03-26",
        }
    }

    /// Whether it begins with a handshake.
    pub fn has_sessions(self) -> bool {
        self != Self::V2026_07_28
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
