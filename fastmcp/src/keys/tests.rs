use std::fs;

use super::*;
use crate::parts::Random;
use crate::secret::Secret;

fn keys(byte: u8) -> Keys {
    Keys::from_master([byte; 32])
}

const PURPOSES: [Purpose; 4] = [
    Purpose::Jwt,
    Purpose::Storage,
    Purpose::Consent,
    Purpose::Handles,
];

#[test]
fn labels_give_different_keys_even_from_one_secret() {
    let one = [7; 32];
    let keys = keys(1)
        .with_jwt_key(one)
        .with_storage_key(one)
        .with_consent_key(one);
    let mut seen: Vec<_> = PURPOSES.iter().map(|p| *keys.key(*p).bytes()).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn debug_shows_the_fingerprint_alone() {
    let keys = keys(1);
    assert_eq!(
        format!("{keys:?}"),
        format!("Keys {{ id: {:?}, previous: [], .. }}", keys.id())
    );
    assert_eq!(format!("{:?}", KeyMaterial::from([1; 32])), "[redacted]");
    assert_eq!(keys.id().len(), 8);
    assert_ne!(keys.id(), self::keys(2).id());
    assert_ne!(keys.id(), self::keys(1).with_storage_key([9; 32]).id());
    assert_eq!(keys.id(), self::keys(1).with_jwt_key([9; 32]).id());
}

#[test]
fn mac_is_framed_and_bound_to_its_purpose() {
    let keys = keys(1);
    assert_ne!(
        keys.mac(Purpose::Jwt, &[b"ab", b"c"]),
        keys.mac(Purpose::Jwt, &[b"a", b"bc"])
    );
    assert_ne!(
        keys.mac(Purpose::Jwt, &[b"ab"]),
        keys.mac(Purpose::Jwt, &[b"ab", b""])
    );
    assert_ne!(
        keys.mac(Purpose::Jwt, &[b"a"]),
        keys.mac(Purpose::Handles, &[b"a"])
    );
}

#[test]
fn seals_open_only_where_they_belong() {
    let (keys, random) = (keys(1), Random::system());
    let sealed = keys.seal(Purpose::Consent, b"aad", b"hello", &random);
    assert_eq!(
        &**keys.open(Purpose::Consent, b"aad", &sealed).unwrap(),
        b"hello"
    );
    assert!(keys.open(Purpose::Consent, b"other", &sealed).is_none());
    assert!(keys.open(Purpose::Handles, b"aad", &sealed).is_none());
    assert!(
        self::keys(2)
            .open(Purpose::Consent, b"aad", &sealed)
            .is_none()
    );
    assert_ne!(
        sealed,
        keys.seal(Purpose::Consent, b"aad", b"hello", &random)
    );
    for text in ["", "AAAA", "not base64!", &sealed[..sealed.len() - 2]] {
        assert!(keys.open(Purpose::Consent, b"aad", text).is_none());
    }
    let bytes = seal::from_text(&sealed).unwrap();
    for index in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[index] ^= 1;
        assert!(
            keys.open(Purpose::Consent, b"aad", &seal::to_text(&bytes))
                .is_none()
        );
    }
}

#[test]
fn a_ring_makes_with_the_current_key_and_knows_what_the_previous_ones_made() {
    let (first, second) = (keys(1), keys(2).with_previous(&keys(1)));
    let third = keys(3).with_previous(&second);
    let random = Random::system();
    let proof = first.mac(Purpose::Handles, &[b"id"]);
    let sealed = first.seal(Purpose::Consent, b"aad", b"hello", &random);
    for ring in [&first, &second, &third] {
        assert!(ring.made(Purpose::Handles, &[b"id"], &proof));
        assert!(ring.made(Purpose::Handles, &[b"id"], &proof[..16]));
        assert!(ring.open(Purpose::Consent, b"aad", &sealed).is_some());
        assert!(ring.storage_key(first.id()).is_some());
        let maker = ring.maker(Purpose::Handles, &[b"id"], &proof).unwrap();
        assert_eq!(maker.ids().collect::<Vec<_>>(), [first.id()]);
    }
    let stranger = keys(4);
    for (parts, proof) in [
        (b"id", &proof[..15]),
        (b"id", &[]),
        (b"di", &proof[..]),
        (b"id", &[proof, proof].concat()),
    ] {
        assert!(!third.made(Purpose::Handles, &[parts], proof));
    }
    assert!(!stranger.made(Purpose::Handles, &[b"id"], &proof));
    assert!(!first.made(
        Purpose::Handles,
        &[b"id"],
        &third.mac(Purpose::Handles, &[b"id"])
    ));
    assert_eq!(
        third.mac(Purpose::Handles, &[b"id"]),
        keys(3).mac(Purpose::Handles, &[b"id"])
    );
    let known = [third.id(), keys(2).id(), first.id()].map(str::to_owned);
    assert_eq!(third.ids().collect::<Vec<_>>(), known);
    assert_eq!(
        format!("{third:?}"),
        format!(
            "Keys {{ id: {:?}, previous: {:?}, .. }}",
            known[0],
            &known[1..]
        )
    );
}

#[test]
fn weak_secrets_are_refused() {
    for secret in [
        "",
        "12345678",
        "123456789012345",
        "\0".repeat(32).as_str(),
        &"ab".repeat(20),
    ] {
        assert!(
            derive_key(&Secret::from(secret), b"salt", 100_000).is_err(),
            "{secret}"
        );
    }
    for secret in [
        "changemechangeme",
        "Change-Me-Please-1",
        "your-secret-here",
        "<replace this secret>",
    ] {
        let error = derive_key(&Secret::from(secret), b"salt", 100_000).unwrap_err();
        assert!(matches!(error, KeyError::Placeholder), "{secret}");
        assert!(!error.to_string().contains(secret));
    }
    let good = Secret::from("correct horse battery staple");
    assert!(matches!(
        derive_key(&good, b"s", 99_999),
        Err(KeyError::TooFewIterations)
    ));
    assert!(derive_key(&good, b"s", 100_000).is_ok());
}

#[test]
fn written_keys_are_read_in_three_spellings() {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let one = KeyMaterial::parse(&Secret::from(hex)).unwrap();
    for text in [
        base64.to_owned(),
        format!("{base64}="),
        format!("{base64}\n"),
    ] {
        assert_eq!(
            KeyMaterial::parse(&Secret::from(text)).unwrap().bytes(),
            one.bytes()
        );
    }
    let zeros = "0".repeat(64);
    for text in ["", "AAEC", "not base64", &zeros, &hex[..62]] {
        assert!(KeyMaterial::parse(&Secret::from(text)).is_err());
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_is_private_and_lasting() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("data");
    let random = Random::system();
    let first = Keys::load_or_create(&directory, &random).unwrap();
    assert_eq!(
        first.id(),
        Keys::load_or_create(&directory, &random).unwrap().id()
    );
    let path = directory.join("fastmcp.key");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);

    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    Keys::load_or_create(&directory, &random).unwrap();
    assert_eq!(mode(&directory), 0o700);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        Keys::load_or_create(&directory, &random),
        Err(KeyError::Exposed(_))
    ));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "half a key").unwrap();
    assert!(matches!(
        Keys::load_or_create(&directory, &random),
        Err(KeyError::Damaged(_))
    ));

    fs::remove_file(&path).unwrap();
    fs::write(directory.join("fastmcp.redb"), "").unwrap();
    assert!(matches!(
        Keys::load_or_create(&directory, &random),
        Err(KeyError::Missing(_))
    ));
    assert!(!path.exists());
}

#[test]
fn a_key_file_is_exchanged_and_the_old_key_stays_until_it_is_forgotten() {
    let parent = tempfile::tempdir().unwrap();
    let (directory, random) = (parent.path().join("data"), Random::system());
    let old = Keys::load_or_create(&directory, &random).unwrap();
    let new = Keys::rotate(&directory, &random).unwrap();
    assert_ne!(new.id(), old.id());
    let loaded = Keys::load_or_create(&directory, &random).unwrap();
    assert_eq!(loaded.ids().collect::<Vec<_>>(), [new.id(), old.id()]);
    let previous = Keys::load_previous(&directory).unwrap().unwrap();
    assert_eq!(previous.ids().collect::<Vec<_>>(), [old.id()]);
    assert!(matches!(
        Keys::rotate(&directory, &random),
        Err(KeyError::Unfinished(_))
    ));
    Keys::forget_previous(&directory).unwrap();
    Keys::forget_previous(&directory).unwrap();
    assert!(Keys::load_previous(&directory).unwrap().is_none());
    let loaded = Keys::load_or_create(&directory, &random).unwrap();
    assert_eq!(loaded.ids().collect::<Vec<_>>(), [new.id()]);

    // Cut off between its two steps, an exchange can be begun again.
    let (file, previous) = (
        directory.join("fastmcp.key"),
        directory.join("fastmcp.key.previous"),
    );
    fs::hard_link(&file, &previous).unwrap();
    let third = Keys::rotate(&directory, &random).unwrap();
    assert_eq!(third.ids().collect::<Vec<_>>(), [third.id(), new.id()]);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
}

#[test]
fn known_answers() {
    let keys = keys(0x42);
    // Computed with another implementation (Python's `hmac` and `hashlib`).
    let expected = [
        "9904228375e70ec0cd79e667f20ee2382a6a00f8601f367ad98cebce77658886",
        "7cdf1d1fb4c4d7e0a2445038ad826f66c9d63e75942a75dd29fb9aff174a6720",
        "2540c8d64de0e3386b12129a297d8a90b207a7d4d0eedddc37c109114adc20f8",
        "28afc1c380623aae3bf48263e6b5e199b873b27535b54f76d555804aca5753f2",
    ];
    let answers = PURPOSES.map(|purpose| hex(keys.key(purpose).bytes()));
    assert_eq!(answers.each_ref().map(String::as_str), expected);
    let secret = Secret::from("correct horse battery staple");
    let derived = derive_key(&secret, &[1; 16], 100_000).unwrap();
    assert_eq!(
        hex(derived.bytes()),
        "edbf2623573574820910af736ccc68c4872cfea18f9cfd98f920c9c5b996662c"
    );
}
