//! Handles: what a client brings back is what it was given, or nothing.

use proptest::prelude::*;

use super::super::GrantId;
use super::super::handle::{RefreshHandle, keys_of_state, refresh_token};
use crate::keys::Keys;
use crate::parts::fuzz::edited;

/// What a client holds, after `edits`; `None` where they left it as it was.
fn touched(handle: &str, edits: &[u8]) -> Option<String> {
    let touched = String::from_utf8(edited(handle.as_bytes(), edits)).ok()?;
    (touched != handle).then_some(touched)
}

proptest! {
    #[test]
    fn every_handle_leads_back_to_its_grant_and_no_other_text_does(
        id: [u8; 16],
        master in 1_u8..,
        generation: u32,
        edits in prop::collection::vec(any::<u8>(), 4..16),
    ) {
        let id = GrantId::from_bytes(&id).unwrap();
        let earlier = Keys::from_master([master; 32]);
        let keys = Keys::from_master([0; 32]).with_previous(&earlier);
        let stranger = Keys::from_master([0; 32]);
        prop_assert_eq!(GrantId::from_text(&id.to_text()), Some(id));
        let (state, code) = (id.state(&earlier), id.code(&earlier));
        prop_assert_eq!(GrantId::from_state(state.expose(), &keys), Some(id));
        prop_assert_eq!(GrantId::from_code(code.expose(), &keys), Some(id));
        let maker = keys_of_state(state.expose(), &keys).unwrap();
        prop_assert_eq!(maker.id(), earlier.id());
        prop_assert_eq!(GrantId::from_state(state.expose(), &stranger), None);
        prop_assert_eq!(GrantId::from_code(code.expose(), &stranger), None);
        // One is never the other, though both name the same login.
        prop_assert_eq!(GrantId::from_code(state.expose(), &keys), None);
        prop_assert_eq!(GrantId::from_state(code.expose(), &keys), None);
        if let Some(touched) = touched(state.expose(), &edits) {
            prop_assert_eq!(GrantId::from_state(&touched, &keys), None);
        }
        if let Some(touched) = touched(code.expose(), &edits) {
            prop_assert_eq!(GrantId::from_code(&touched, &keys), None);
        }

        let token = refresh_token(b"the secret of a grant", id, generation);
        let handle = RefreshHandle::parse(token.expose()).unwrap();
        prop_assert_eq!((handle.grant, handle.generation), (id, generation));
        prop_assert!(handle.proven_by(b"the secret of a grant"));
        prop_assert!(!handle.proven_by(b"the secret of another"));
        let forged = touched(token.expose(), &edits);
        let forged = forged.as_deref().and_then(RefreshHandle::parse);
        prop_assert!(!forged.is_some_and(|it| it.proven_by(b"the secret of a grant")));
    }
}
