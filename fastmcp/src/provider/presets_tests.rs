//! Every provider that is known by name, as a value.

use super::*;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

#[test]
fn every_preset_is_valid_and_names_its_environment() {
    for (provider, prefix) in [
        (google(), "GOOGLE"),
        (github(), "GITHUB"),
        (azure("common"), "AZURE"),
        (azure(TENANT), "AZURE"),
        (github_enterprise("github.example.com"), "GITHUB"),
        (okta("acme.okta.com", "default"), "OKTA"),
        (okta("acme.okta.com", "org"), "OKTA"),
        (auth0("acme.eu.auth0.com"), "AUTH0"),
        (gitlab("gitlab.com"), "GITLAB"),
        (
            keycloak("https://id.example.com/auth/", "staff"),
            "KEYCLOAK",
        ),
        (cognito("eu-west-1_AbCdEfGhI"), "COGNITO"),
        (workos("acme.authkit.app"), "WORKOS"),
        (slack(), "SLACK"),
        (discord(), "DISCORD"),
        (atlassian(), "ATLASSIAN"),
        (
            custom("https://a.example/a", "https://a.example/t"),
            "OAUTH",
        ),
        (oidc("https://id.example"), "OAUTH"),
        (dev(), ""),
    ] {
        assert_eq!(provider.validate(), Ok(()), "{}", provider.name);
        assert_eq!(provider.env_prefix, prefix);
    }
}

#[test]
fn an_issuer_follows_from_what_its_users_know() {
    for (provider, issuer) in [
        (
            okta("Acme.okta.com", "default"),
            "https://acme.okta.com/oauth2/default",
        ),
        (okta("acme.okta.com", "org"), "https://acme.okta.com"),
        (auth0("acme.eu.auth0.com"), "https://acme.eu.auth0.com/"),
        (
            gitlab("git.example.com:8443"),
            "https://git.example.com:8443",
        ),
        (
            keycloak("https://id.example.com/auth/", "staff"),
            "https://id.example.com/auth/realms/staff",
        ),
        (
            cognito("eu-west-1_AbC"),
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC",
        ),
        (
            cognito("cn-north-1_AbC"),
            "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbC",
        ),
        (workos("acme.authkit.app"), "https://acme.authkit.app"),
    ] {
        assert_eq!(provider.issuer.as_deref(), Some(issuer));
        assert!(provider.is_discovered());
    }
}

#[test]
fn a_refresh_token_is_asked_for_where_it_takes_a_scope() {
    let asks = |provider: Provider| provider.scopes.iter().any(|it| it == "offline_access");
    for yes in [
        okta("acme.okta.com", "default"),
        auth0("acme.eu.auth0.com"),
        keycloak("https://id.example.com", "staff"),
        workos("acme.authkit.app"),
        atlassian(),
    ] {
        assert!(asks(yes));
    }
    // These refuse a scope that they do not know, and give one anyway.
    for no in [
        gitlab("gitlab.com"),
        cognito("eu-west-1_AbC"),
        slack(),
        discord(),
    ] {
        assert!(!asks(no));
    }
}

#[test]
fn what_a_provider_is_made_of_is_judged_before_what_is_made_of_it() {
    for (provider, told) in [
        (
            okta("https://acme.okta.com", "default"),
            "`domain` is not a domain; write `domain = \"acme.okta.com\"`",
        ),
        (
            okta("acme", "default"),
            "`domain` is not a domain; write `domain = \"acme.okta.com\"`",
        ),
        (
            keycloak("https://id.example.com/realms/staff", "staff"),
            "`url` is not the address of the server alone; write `url = \"https://id.example.com\"`",
        ),
        (
            keycloak("id.example.com", "staff"),
            "`url` is not an absolute URL; write `https://…`",
        ),
        (
            github_enterprise("https://github.example.com/"),
            "`host` is not a host; write `host = \"github.example.com\"`",
        ),
        (
            cognito("AbC"),
            "`user_pool` is not the id of a user pool; write `user_pool = \"eu-west-1_AbCdEfGhI\"`",
        ),
    ] {
        let faults = provider.validate().unwrap_err();
        let texts: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(texts, [told]);
    }
}

#[test]
fn github_enterprise_has_its_api_where_its_host_says() {
    for (host, api) in [
        ("github.example.com", "https://github.example.com/api/v3"),
        ("acme.ghe.com", "https://api.acme.ghe.com"),
    ] {
        let provider = github_enterprise(host);
        assert_eq!(provider.userinfo_endpoint.unwrap(), format!("{api}/user"));
        assert_eq!(provider.membership_api.as_deref(), Some(api));
        let token = format!("https://{host}/login/oauth/access_token");
        assert_eq!(provider.token_endpoint, token);
    }
    assert_eq!(
        github().revocation_endpoint.unwrap(),
        "https://api.github.com/applications/{client_id}/token"
    );
}
