//! A proxy's problems by the names and places that its settings have on a server.

use crate::error::Problem;
use crate::settings::places;

/// A problem of the proxy by the names that the setting has here; `prefix` begins the provider's
/// variables.
pub(super) fn named(problem: crate::oauth::Problem, prefix: &str) -> Problem {
    // The proxy calls them by the names that it has when it is used alone.
    let setting = match problem.setting {
        "scopes" => "upstream_scopes",
        "declared_scopes" => "scopes",
        "provider" => "auth",
        setting => setting,
    };
    Problem::new(problem.code, problem.fault, problem.help).at(places_of(setting, prefix))
}

/// Where a setting of a provider is written: option, builder method, variable.
pub(super) fn places_of(setting: &str, prefix: &str) -> Option<String> {
    let in_auth = |option: &str| format!("`auth = …({option} = …)` in `#[server]`");
    match setting {
        "upstream_client_id" => Some(format!("`.{setting}(…)`, `{prefix}_CLIENT_ID`")),
        "upstream_client_secret" => Some(format!("`.{setting}(…)`, `{prefix}_CLIENT_SECRET`")),
        "upstream_scopes" => {
            let variable = (prefix == "OAUTH").then_some(", `OAUTH_SCOPES`");
            let variable = variable.unwrap_or_default();
            Some(format!(
                "{}, `.upstream_scopes(…)`{variable}",
                in_auth("scopes")
            ))
        }
        "authorization_endpoint" | "token_endpoint" => {
            let rest = places(&format!("upstream_{setting}")).unwrap_or_default();
            Some(format!("{}, {rest}", in_auth(setting)))
        }
        "issuer" | "jwks_uri" | "userinfo_endpoint" | "revocation_endpoint" => {
            let variable = setting.to_ascii_uppercase();
            Some(format!("{}, `OAUTH_{variable}`", in_auth(setting)))
        }
        "domain" | "host" | "url" | "realm" | "authorization_server" | "user_pool" => {
            Some(in_auth(setting))
        }
        "tenant" => Some(format!("{}, `AZURE_TENANT_ID`", in_auth("tenant"))),
        setting => places(setting),
    }
}
