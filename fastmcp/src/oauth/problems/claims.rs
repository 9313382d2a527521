//! A passthrough that lets nothing pass, or contradicts itself.

use super::Problems;
use crate::faults::{self, Fault};
use crate::token::claims::{PROTECTED, Passthrough};

impl Problems {
    pub(in super::super) fn claims(&mut self, claims: &Passthrough) {
        let setting = "custom_claims_passthrough";
        let allowed = claims.allowed_claims.as_deref().unwrap_or_default();
        let blocked = &claims.blocked_claims;
        self.add(setting, nothing_passes(claims));
        if claims.claim_prefix.as_deref() == Some("") {
            self.add(
                setting,
                [Fault::new(
                    "FM0804",
                    "an empty `claim_prefix` changes nothing",
                    "write a prefix such as `up_`, or leave it out",
                )],
            );
        }
        self.add(setting, faults::words::twice(allowed));
        self.add(setting, faults::words::twice(blocked));
        let both = blocked.iter().filter(|claim| allowed.contains(claim));
        self.add(
            setting,
            both.map(|claim| {
                let fault = format!("claim `{claim}` is allowed and blocked");
                Fault::new("FM0411", fault, "remove it from one of the two lists")
            }),
        );
        let never = allowed.iter();
        let never = never.filter_map(|claim| faults::claim_fault(claim, &PROTECTED));
        self.add(setting, never.map(|text| Fault::told("FM0412", &text)));
    }
}

fn nothing_passes(claims: &Passthrough) -> Vec<Fault> {
    let mut found = Vec::new();
    if claims.max_claim_value_size == 0 {
        found.push(Fault::new(
            "FM0409",
            "`max_claim_value_size` is zero, so no claim passes",
            "write a size in bytes, such as 2000",
        ));
    }
    let is_off = !claims.from_access_token && !claims.from_id_token;
    if is_off && *claims != Passthrough::off() {
        found.push(Fault::new(
            "FM0411",
            "no claim passes from either token, so the other options change nothing",
            "leave `from_access_token` or `from_id_token` on, or write `Passthrough::off()`",
        ));
    }
    found
}
