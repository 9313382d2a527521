#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fastmcp_fuzz::edge(data));
