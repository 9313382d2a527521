//! Lifetimes of the proxy, and one against another.

use std::time::Duration;

use super::super::options::ProxyOptions;
use super::super::settings::LONGEST_ACCESS;
use super::Problems;
use crate::faults::duration;
use crate::provider::Provider;

const SECOND: Duration = Duration::from_secs(1);

impl Problems {
    pub(in super::super) fn lifetimes(&mut self, options: &ProxyOptions, provider: &Provider) {
        let (hours, minutes) = (Duration::from_hours, Duration::from_mins);
        let login = options.refresh_token_ttl;
        let all = [
            ("transaction_ttl", options.transaction_ttl, hours(1)),
            (
                "authorization_code_ttl",
                options.authorization_code_ttl,
                minutes(10),
            ),
            ("refresh_token_ttl", login, hours(24 * 366)),
            (
                "upstream_request_timeout",
                options.upstream_request_timeout,
                minutes(1),
            ),
        ];
        for (setting, value, most) in all {
            self.add(setting, duration::lifetime(setting, value, SECOND, most));
        }
        self.access(options, provider);
        let (setting, grace) = ("refresh_grace", options.refresh_grace);
        let fault = duration::lifetime(setting, grace, Duration::ZERO, hours(1));
        // The default is nobody's mistake: it ends with a shorter login.
        let is_chosen = grace != ProxyOptions::default().refresh_grace;
        let beyond = || duration::grace_outlives_login(grace, login).filter(|_| is_chosen);
        self.add(setting, fault.or_else(beyond));
    }

    fn access(&mut self, options: &ProxyOptions, provider: &Provider) {
        let Some(access) = options.access_token_ttl else {
            return;
        };
        let setting = "access_token_ttl";
        let fault = duration::lifetime(setting, access, SECOND, LONGEST_ACCESS);
        let beyond = || duration::access_outlives_login(access, options.refresh_token_ttl);
        self.add(setting, fault.or_else(beyond));
        if !options.enable_token_swap && provider.name == "google" {
            self.add(setting, duration::google_decides(access));
        }
    }
}
