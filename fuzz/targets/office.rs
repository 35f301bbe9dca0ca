#![no_main]
//! Any bytes, read as an archive; and any text, as the main part of a sound one.

use docent::corpus::Format;
use docent_fuzz::convert_bytes;
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// `true`: the bytes are the whole file; else the text is packed as its parts.
type Input<'a> = (bool, &'a [u8], &'a str, &'a str);

fuzz_target!(|input: Input| {
    let (is_whole, bytes, main, other) = input;
    let formats = [
        (
            Format::Docx,
            "a.docx",
            ["word/document.xml", "word/styles.xml"],
        ),
        (Format::Odt, "a.odt", ["content.xml", "styles.xml"]),
        (
            Format::Epub,
            "a.epub",
            ["META-INF/container.xml", "book.opf"],
        ),
    ];
    for (format, path, names) in formats {
        if is_whole {
            let _ = convert_bytes(format, path, bytes);
        } else {
            let _ = convert_bytes(
                format,
                path,
                &packed(&[(names[0], main), (names[1], other)]),
            );
        }
    }
});

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, options).expect("memory");
        zip.write_all(text.as_bytes()).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
