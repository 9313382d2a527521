//! Which of several things happens next: every combination in turn, or a random one.

/// Where the choices of one schedule come from.
pub(super) enum Choices {
    /// Depth first through all combinations: what was chosen, and of how many.
    Every {
        path: Vec<(usize, usize)>,
        at: usize,
    },
    /// xorshift64, so that a seed names its schedule.
    Random(u64),
}

impl Choices {
    pub(super) fn every() -> Self {
        Self::Every {
            path: Vec::new(),
            at: 0,
        }
    }

    pub(super) fn random(seed: u64) -> Self {
        Self::Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// One of `options`; the first is the plain course of things.
    pub(super) fn choose(&mut self, options: usize) -> usize {
        if options < 2 {
            return 0;
        }
        match self {
            Self::Every { path, at } => {
                if *at == path.len() {
                    path.push((0, options));
                }
                let (chosen, of) = path[*at];
                assert_eq!(
                    of, options,
                    "a schedule does not repeat: the code is not deterministic"
                );
                *at += 1;
                chosen
            }
            Self::Random(state) => {
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                usize::try_from((*state >> 16) % options as u64).unwrap()
            }
        }
    }

    /// Whether something rare happens; both ways where every combination is tried.
    pub(super) fn seldom(&mut self) -> bool {
        match self {
            Self::Every { .. } => self.choose(2) == 1,
            Self::Random(_) => self.choose(6) == 1,
        }
    }

    /// Goes on to the next combination; `false` after the last.
    pub(super) fn next(&mut self) -> bool {
        let Self::Every { path, at } = self else {
            return false;
        };
        *at = 0;
        while let Some((chosen, of)) = path.pop() {
            if chosen + 1 < of {
                path.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}
