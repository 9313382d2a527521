//! Nodes of two versions over one store.

use serde_json::{Value, json};

use super::client::metadata;
use super::*;
use crate::ledger::{client as clients, grant as grants};

/// Writes a field that this version does not know into the record.
async fn touched_by_a_newer_version(fixture: &Fixture, kind: &'static str, id: &[u8]) {
    let sealed = fixture.ledger.sealed();
    let mut live = sealed.get::<Value>(kind, id).await.unwrap().unwrap();
    let record = live.value.as_object_mut().unwrap();
    let top = match record.get_mut("Live") {
        Some(grant) => grant.as_object_mut().unwrap(),
        None => record,
    };
    top.insert("from_later".into(), json!({"deep": [1, "hidden"]}));
    let expected = Expected::Version(live.version);
    let put = sealed.put(kind, id, &live.value, live.expires_at, expected);
    assert!(matches!(put.await.unwrap(), Put::Done(_)));
}

async fn from_later(fixture: &Fixture, kind: &'static str, id: &[u8]) -> Value {
    let live = fixture
        .ledger
        .sealed()
        .get::<Value>(kind, id)
        .await
        .unwrap();
    let value = live.unwrap().value;
    value.get("Live").unwrap_or(&value)["from_later"].clone()
}

#[tokio::test]
async fn what_a_newer_version_added_outlives_every_change_by_this_one() {
    let fixture = Fixture::new().await;
    let grant = fixture.grant("t", facts()).await;
    let refresh_token = grant.refresh_token();
    touched_by_a_newer_version(&fixture, grants::KIND, grant.id().as_bytes()).await;
    let shown = format!("{:?}", fixture.ledger.grant(grant.id()).await.unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
    let rotated = fixture.rotate(&refresh_token).await;
    assert!(matches!(rotated, Refresh::Rotated { .. }));
    let kept = from_later(&fixture, grants::KIND, grant.id().as_bytes()).await;
    assert_eq!(kept, json!({"deep": [1, "hidden"]}));

    let (registered, _) = fixture
        .ledger
        .register(metadata(ClientAuth::None))
        .await
        .unwrap();
    let id = registered.id().as_bytes();
    touched_by_a_newer_version(&fixture, clients::KIND, id).await;
    fixture.ledger.client_used(&registered).await.unwrap();
    let kept = from_later(&fixture, clients::KIND, id).await;
    assert_eq!(kept, json!({"deep": [1, "hidden"]}));
}

#[tokio::test]
async fn a_record_in_a_form_of_later_is_an_outage_and_never_a_dead_token() {
    let fixture = Fixture::new().await;
    let grant = fixture.grant("t", facts()).await;
    let refresh_token = grant.refresh_token();
    let (sealed, id) = (fixture.ledger.sealed(), grant.id());
    let live = sealed
        .get::<Value>(grants::KIND, id.as_bytes())
        .await
        .unwrap()
        .unwrap();
    let later = json!({"Suspended": {"until": 9}});
    let expected = Expected::Version(live.version);
    let put = sealed.put(
        grants::KIND,
        id.as_bytes(),
        &later,
        live.expires_at,
        expected,
    );
    assert!(matches!(put.await.unwrap(), Put::Done(_)));
    assert!(
        fixture
            .ledger
            .standing(refresh_token.expose())
            .await
            .is_err()
    );
    assert!(fixture.ledger.grant(id).await.is_err());
    assert!(fixture.ledger.revoke(id).await.is_err());
}
