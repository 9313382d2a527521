//! GitHub organisations and teams: each that a rule names is asked for by itself, so the answer is
//! exact however many the user is in.
//!
//! | asked | answer |
//! |---|---|
//! | `GET /user/memberships/orgs/{org}` | `state` is `active`, or `pending` until an invitation is taken |
//! | `GET /orgs/{org}/teams/{team}/memberships/{login}` | the same |
//!
//! Both want the scope `read:org`. 404 is a user who is no member, 403 an organisation that does
//! not let this app see its members: in neither case anybody is one.

use std::collections::BTreeSet;

use http::StatusCode;
use serde::Deserialize;

use super::Upstream;
use super::endpoints::Endpoints;
use super::error::UpstreamError;
use crate::secret::Secret;

/// The organisations and the teams of a user, as far as they were asked for.
type Memberships = (BTreeSet<String>, BTreeSet<String>);

#[derive(Deserialize)]
struct Membership {
    state: String,
}

impl Upstream {
    /// Those that the options name and the user is an active member of.
    pub(super) async fn memberships(
        &self,
        endpoints: &Endpoints,
        token: &Secret,
        login: Option<&str>,
    ) -> Result<Memberships, UpstreamError> {
        let wanted = &self.0.options.memberships;
        let (mut organizations, mut teams) = Memberships::default();
        let Some(api) = &endpoints.membership_api else {
            return Ok((organizations, teams));
        };
        for organization in &wanted.organizations {
            let address = format!("{api}/user/memberships/orgs/{organization}");
            if self.is_member(&address, token).await? {
                organizations.insert(organization.clone());
            }
        }
        let login = login.filter(|login| is_login(login));
        for (organization, team) in &wanted.teams {
            let Some(login) = login else { break };
            let address = format!("{api}/orgs/{organization}/teams/{team}/memberships/{login}");
            if self.is_member(&address, token).await? {
                teams.insert(format!("{organization}/{team}"));
            }
        }
        Ok((organizations, teams))
    }

    async fn is_member(&self, address: &str, token: &Secret) -> Result<bool, UpstreamError> {
        let asked = self.get_with_status::<Membership>("memberships", address, token);
        let (status, membership) = asked.await?;
        match (status, membership) {
            (_, Some(membership)) => Ok(membership.state == "active"),
            (StatusCode::NOT_FOUND, None) => Ok(false),
            (StatusCode::FORBIDDEN, None) => {
                tracing::warn!(
                    provider = %self.0.provider.name,
                    "an organisation that `admits` names does not let this app see its members; \
                     its owners have to approve the app, or the login was without `read:org`"
                );
                Ok(false)
            }
            _ => Err(UpstreamError::BadAnswer),
        }
    }
}

/// Whether it can be part of an address as it is.
fn is_login(login: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !login.is_empty() && login.bytes().all(good)
}
