//! Who is logged in, and ending that.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;

use super::args::Filter;
use super::tell::{Failed, bar, line};
use crate::audit::{AuditEvent, AuditId, Ended};
use crate::ledger::{Grant, GrantId, Party};
use crate::parts::UnixSeconds;
use crate::server::operator::Opened;

/// Prints the grants that `filter` means.
pub(super) async fn list(opened: &Opened, filter: &Filter, as_json: bool) -> Result<(), Failed> {
    let chosen = Chosen::of(filter)?;
    let (mut after, mut seen) = (None, std::collections::HashSet::new());
    loop {
        let page = opened.ledger().grants(after.as_ref()).await?;
        for grant in page
            .grants
            .iter()
            .filter(|grant| chosen.is(&Party::of_grant(grant)))
        {
            // A walk may meet one twice.
            if seen.insert(grant.id()) {
                line(if as_json {
                    as_object(grant)
                } else {
                    as_text(grant)
                })?;
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if !as_json {
        line(logins(seen.len() as u64))?;
    }
    Ok(())
}

/// Ends the grants that `filter` means.
pub(super) async fn revoke(opened: &Opened, filter: &Filter, all: bool) -> Result<(), Failed> {
    let chosen = Chosen::of(filter)?;
    if chosen.is_everybody() && !all {
        return Err(Failed::said(
            "which logins? name `--subject`, `--client` or `--grant`, or say `--all`",
        ));
    }
    if let (Some(id), None, None) = (chosen.grant, &chosen.subject, &chosen.client) {
        let ended = opened.ledger().revoke(id).await?;
        if let Some(grant) = &ended {
            tell(opened, grant);
        }
        let ended = ended.is_some();
        told(opened, "revoke", u64::from(ended));
        return line(format!("ended {}", logins(u64::from(ended))));
    }
    let progress = bar(None, "ending logins");
    let is_chosen = |party: &Party<'_>| {
        progress.inc(1);
        chosen.is(party)
    };
    let each = |grant: Grant| tell(opened, &grant);
    let done = opened.ledger().revoke_all(is_chosen, each).await?;
    told(opened, "revoke", done.ended);
    progress.finish_and_clear();
    line(format!("ended {}", logins(done.ended)))?;
    match done.unreadable {
        0 => Ok(()),
        count => Err(Failed::said(format!(
            "{count} grants cannot be read, so nobody can tell whose they are; see `check`"
        ))),
    }
}

/// The audit log hears of each login that ended.
fn tell(opened: &Opened, grant: &Grant) {
    opened.ledger().parts().tell(AuditEvent::GrantEnded {
        client: AuditId::of(&grant.binding().client_id),
        subject: AuditId::of(&grant.facts().subject),
        grant: AuditId::of(&grant.id().to_text()),
        reason: Ended::ByOperator,
    });
}

/// The audit log hears of the command.
pub(super) fn told(opened: &Opened, action: &'static str, count: u64) {
    let event = AuditEvent::AdminAction { action, count };
    opened.ledger().parts().tell(event);
}

/// A filter whose parts can be compared.
struct Chosen {
    subject: Option<String>,
    client: Option<String>,
    grant: Option<GrantId>,
}

impl Chosen {
    fn of(filter: &Filter) -> Result<Self, Failed> {
        let grant = filter.grant.as_deref().map(|text| {
            GrantId::from_text(text)
                .ok_or_else(|| Failed::said("`--grant` takes an id from the list of `grants`"))
        });
        Ok(Self {
            subject: filter.subject.clone(),
            client: filter.client.clone(),
            grant: grant.transpose()?,
        })
    }

    fn is_everybody(&self) -> bool {
        self.subject.is_none() && self.client.is_none() && self.grant.is_none()
    }

    fn is(&self, party: &Party<'_>) -> bool {
        let subject = self.subject.as_deref();
        let client = self.client.as_deref();
        subject.is_none_or(|subject| Some(subject) == party.subject)
            && client.is_none_or(|client| client == party.client_id)
            && self.grant.is_none_or(|id| id == party.grant)
    }
}

fn as_text(grant: &Grant) -> String {
    format!(
        "{}\n  user    {}\n  client  {} -> {}\n  scopes  {}\n  since   {}\n  until   {}",
        grant.id().to_text(),
        plain(&grant.facts().subject),
        plain(&grant.binding().client_id),
        plain(grant.binding().redirect_uri.as_str()),
        grant.facts().scopes,
        date(grant.created_at()),
        date(grant.expires_at()),
    )
}

fn as_object(grant: &Grant) -> String {
    json!({
        "grant": grant.id().to_text(),
        "subject": grant.facts().subject,
        "client_id": grant.binding().client_id,
        "redirect_uri": grant.binding().redirect_uri.as_str(),
        "scope": grant.facts().scopes.to_string(),
        "created_at": grant.created_at(),
        "expires_at": grant.expires_at(),
    })
    .to_string()
}

/// Text from outside must not steer the terminal.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

fn date(at: UnixSeconds) -> String {
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(at));
    time.map_or_else(
        || at.to_string(),
        |time| humantime::format_rfc3339_seconds(time).to_string(),
    )
}

fn logins(count: u64) -> String {
    match count {
        1 => "1 login".to_owned(),
        count => format!("{count} logins"),
    }
}
