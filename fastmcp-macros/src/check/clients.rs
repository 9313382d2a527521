//! Who may connect, and whose word about an address counts.

use std::net::IpAddr;

use syn::LitStr;

use super::take;
use super::words::once;
use crate::codes;
use crate::diagnose::{Diagnostics, choices};
use crate::model::{Registration, SettingValue};
use crate::parse::{Given, Text, Texts};

const WAYS: &[&str] = &["open", "limited", "off"];

pub(super) fn registration(
    given: Option<Given<Text>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let word: LitStr = take(given, errors)?;
    let way = match word.value().as_str() {
        "open" => Registration::Open,
        "limited" => Registration::Limited,
        "off" => Registration::Off,
        other => {
            errors.error(
                codes::REGISTRATION,
                &word,
                format_args!("`{other}` is no way to register"),
                choices(other, "ways", WAYS),
            );
            return None;
        }
    };
    Some(SettingValue::Registration(way))
}

pub(super) fn trusted_proxies(
    given: Option<Given<Texts>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let networks = once(take(given, errors)?.items, errors);
    for network in &networks {
        let text = network.value();
        if !is_network(&text) {
            errors.error(
                codes::NOT_A_NETWORK,
                network,
                format_args!("`{text}` is not a network"),
                "write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`",
            );
        }
    }
    Some(SettingValue::Texts(networks))
}

fn is_network(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}
