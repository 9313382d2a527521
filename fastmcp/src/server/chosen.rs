//! Settings of the server itself, and settings of a login against whether there is one.

use super::choices::Choices;
use super::{AuthDeclaration, ServerDeclaration};
use crate::error::Problem;
use crate::faults::{self, Fault};
use crate::keys::MIN_ITERATIONS;
use crate::provider::Provider;
use crate::settings::places;

/// Every reason why what was declared and chosen cannot be or changes nothing, as far as neither
/// the tools nor a proxy need to be asked.
pub(super) fn check(declaration: &ServerDeclaration, choices: &Choices) -> Vec<Problem> {
    let mut problems = of_server(choices);
    let is_open =
        declaration.auth.is_none() && choices.provider.is_none() && choices.proxy.is_none();
    if is_open {
        problems.extend(without_auth(declaration, choices));
        return problems;
    }
    if declaration.roles_from.is_some() && declaration.roles.is_empty() {
        problems.push(told(faults::login::roles_from_nothing(), "roles_from"));
    }
    problems.extend(rounds(choices));
    problems.extend(development(declaration, choices, cfg!(debug_assertions)));
    problems
}

fn told(fault: Fault, setting: &str) -> Problem {
    Problem::new(fault.code, fault.words, fault.help).at(places(setting))
}

fn of_server(choices: &Choices) -> Vec<Problem> {
    let name = choices.name.as_deref().and_then(faults::words::name);
    let origins = &choices.allowed_origins;
    let odd = origins
        .iter()
        .filter_map(|origin| faults::url::origin(origin));
    let of_origins = odd.chain(faults::words::twice(origins));
    let no_body = (choices.max_body == Some(0)).then(|| {
        Fault::new(
            "FM0409",
            "`max_body` is zero, so no request fits",
            "write a size in bytes, or leave it out for 4 MiB",
        )
    });
    let no_connection = (choices.max_connections == Some(0)).then(|| {
        Fault::new(
            "FM0409",
            "`max_connections` is zero, so nobody can connect",
            "write a number, or leave it out for 10,000",
        )
    });
    let name = name.map(|fault| told(fault, "name"));
    let of_origins = of_origins.map(|fault| told(fault, "allowed_origins"));
    let no_body = no_body.map(|fault| told(fault, "max_body"));
    let no_connection = no_connection.map(|fault| told(fault, "max_connections"));
    let sizes = no_body.into_iter().chain(no_connection);
    name.into_iter().chain(of_origins).chain(sizes).collect()
}

/// What changes nothing where nobody signs in.
fn without_auth(declaration: &ServerDeclaration, choices: &Choices) -> Vec<Problem> {
    let declared = [
        ("roles", !declaration.roles.is_empty()),
        ("scopes", !declaration.scopes.is_empty()),
        ("roles_from", declaration.roles_from.is_some()),
        ("admits", declaration.admits.is_some()),
    ];
    let declared = declared.into_iter().filter(|(_, is_there)| *is_there);
    let idle = declared.map(|(name, _)| name).chain(choices.of_login());
    let idle = idle.map(|name| told(faults::login::needs_auth(name), name));
    let nothing = declaration
        .anonymous
        .then(|| told(faults::login::nothing_to_open(), "anonymous"));
    nothing.into_iter().chain(idle).collect()
}

/// Rounds of key derivation that are too few, or beside keys that were made elsewhere. Without a
/// secret they wait for one: the attribute is the same where the server runs and where it is made.
fn rounds(choices: &Choices) -> Option<Problem> {
    let fault = match choices.secret_iterations? {
        rounds if rounds < MIN_ITERATIONS => faults::login::few_rounds(rounds),
        _ if choices.keys.is_some() => faults::login::rounds_without_secret(),
        _ => return None,
    };
    Some(told(fault, "secret_iterations"))
}

/// What is asked of a provider over the network, which `dev` is not.
const OVER_THE_NETWORK: [&str; 8] = [
    "upstream_authorization_endpoint",
    "upstream_token_endpoint",
    "upstream_token_endpoint_auth_method",
    "upstream_request_timeout",
    "extra_authorization_params",
    "forward_pkce",
    "custom_claims_passthrough",
    "token_verifier",
];

/// `dev` in a release, and beside it what is for real providers. Where it takes the place of a
/// declared one for local work, the settings are that one's.
fn development(declaration: &ServerDeclaration, choices: &Choices, is_debug: bool) -> Vec<Problem> {
    let declared = match declaration.auth {
        Some(AuthDeclaration::Provider(provider)) => Some(provider()),
        _ => None,
    };
    let declares_dev = declared.is_some_and(|provider| provider.is_development());
    let chosen = choices.provider.as_ref();
    let is_dev = chosen.map_or(declares_dev, Provider::is_development);
    if !is_dev || choices.proxy.is_some() {
        return Vec::new();
    }
    // The build has judged a declared one, and knows whether it may.
    let released = faults::dev_fault(is_debug).filter(|_| !declares_dev);
    let released = released.map(|text| told(Fault::told("FM0208", &text), "provider"));
    let stands_in = !declares_dev && declaration.auth.is_some();
    let idle = choices
        .of_login()
        .filter(|name| !stands_in && OVER_THE_NETWORK.contains(name));
    let idle = idle.map(|name| told(faults::login::dev_asks_nobody(name), name));
    released.into_iter().chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;

    const OPEN: ServerDeclaration = ServerDeclaration {
        name: "Notes",
        title: None,
        version: "1",
        instructions: "",
        auth: None,
        roles: &[],
        scopes: &[],
        roles_from: None,
        admits: None,
        anonymous: false,
    };

    #[test]
    fn dev_is_released_on_purpose_alone() {
        let of = |auth| ServerDeclaration { auth, ..OPEN };
        let dev = Some(AuthDeclaration::Provider(provider::dev));
        let google = Some(AuthDeclaration::Provider(provider::google));
        let chosen = || Choices {
            provider: Some(provider::dev()),
            ..Choices::default()
        };
        for (auth, choices, is_debug, refused) in [
            (google, chosen(), false, true),
            (None, chosen(), false, true),
            (google, chosen(), true, false),
            (dev, Choices::default(), false, false),
            (dev, chosen(), false, false),
            (google, Choices::default(), false, false),
        ] {
            let found = development(&of(auth), &choices, is_debug);
            let codes: Vec<_> = found.iter().map(Problem::code).collect();
            assert_eq!(codes.contains(&"FM0208"), refused, "{auth:?} {is_debug}");
        }
    }
}
