#![no_main]
//! Any text, read as a Jupyter notebook.

use docent::corpus::Format;
use docent_fuzz::convert;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = convert(Format::Notebook, "page.ipynb", text);
});
