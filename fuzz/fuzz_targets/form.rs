#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fastmcp::__fuzz::form(data));
