//! Rules for who may log in that admit nobody, as the attribute refuses them.

use fastmcp::provider::{self, Admission};

use super::twins::Twin;
use super::{at, google, open};

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const ANOTHER: &str = "11111111-86f1-41af-91ab-2d7cd011db47";

pub(super) const ADMITS: &[Twin] = &[
    ("admits/without_auth", || {
        open().admits(Admission::email_domain("example.com"))
    }),
    ("admits/address_for_a_domain", || {
        google().admits(Admission::email_domain("ada@example.com"))
    }),
    ("admits/at_before_a_domain", || {
        google().admits(Admission::hosted_domain("@example.com"))
    }),
    ("admits/empty_domain", || {
        google().admits(Admission::email_domain(""))
    }),
    ("admits/wildcard_domain", || {
        google().admits(Admission::email_domain("*.example.com"))
    }),
    ("admits/domain_for_a_tenant", || {
        at(provider::azure("common")).admits(Admission::tenant("example.com"))
    }),
    ("admits/blank_group", || {
        at(provider::azure("common")).admits(Admission::group(" "))
    }),
    ("admits/team_for_an_organization", || {
        at(provider::github()).admits(Admission::organization("acme/ops"))
    }),
    ("admits/team_without_organization", || {
        at(provider::github()).admits(Admission::team("ops"))
    }),
    ("admits/hosted_domain_without_google", || {
        at(provider::github()).admits(Admission::hosted_domain("example.com"))
    }),
    ("admits/organization_without_github", || {
        google().admits(Admission::organization("acme"))
    }),
    ("admits/group_without_claim", || {
        google().admits(Admission::group("staff"))
    }),
    ("admits/domain_of_atlassian", || {
        at(provider::atlassian()).admits(Admission::email_domain("example.com"))
    }),
    ("admits/tenant_without_azure", || {
        let provider = provider::oidc("https://login.example.com");
        at(provider).admits(Admission::tenant(TENANT))
    }),
    ("admits/another_tenant", || {
        at(provider::azure(TENANT)).admits(Admission::tenant(ANOTHER))
    }),
];
