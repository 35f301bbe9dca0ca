#![no_main]
//! Any text, read as a file named `index.json`.

use docent::corpus::Format;
use docent_fuzz::convert;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // A page that is skipped with a reason is as good an answer as one that is converted.
    let _ = convert(Format::HugoIndex, "index.json", text);
});
