#![no_main]
//! Any bytes, read as a PDF file.

use docent::corpus::Format;
use docent_fuzz::convert_bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = convert_bytes(Format::Pdf, "a.pdf", bytes);
});
