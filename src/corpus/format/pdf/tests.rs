use super::*;
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write as _;

/// A file of these objects, numbered from 1; the first is the catalogue.
fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (at, object) in objects.iter().enumerate() {
        bytes.extend(format!("{} 0 obj\n", at + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    bytes.extend(b"trailer\n<< /Root 1 0 R /Info << /Title (The manual) >> >>\n%%EOF\n");
    bytes
}

fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
    object.extend(data);
    object.extend(b"\nendstream");
    object
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

const FONTS: &str = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> /F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>";

/// A document of these contents, with objects of its own from number `3 + 2 * pages` on.
fn document(pages: &[Vec<u8>], catalog: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|at| format!("{} 0 R", 3 + 2 * at))
        .collect();
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>").into_bytes(),
        format!(
            "<< /Type /Pages /Kids [{}] /MediaBox [0 0 600 800] /Resources {FONTS} >>",
            kids.join(" ")
        )
        .into_bytes(),
    ];
    for (at, page) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>",
                4 + 2 * at
            )
            .into_bytes(),
        );
        objects.push(stream("/Filter /FlateDecode", &deflated(page)));
    }
    objects.extend(more.iter().cloned());
    file(&objects)
}

fn text(size: u32, y: u32, words: &str) -> String {
    format!("BT /F1 {size} Tf 50 {y} Td ({words}) Tj ET\n")
}

fn read(bytes: &[u8]) -> String {
    pages(bytes).unwrap().remove(0).markdown
}

#[test]
fn headings_by_the_size_of_the_type() {
    let first = [
        text(10, 780, "The manual - page 1"),
        text(20, 700, "Watering"),
        text(10, 680, "Water the plants in the morn-"),
        text(10, 668, "ing, and never at noon."),
        text(10, 640, "Another paragraph."),
        "BT /F2 9 Tf 50 600 Td (pump \\(1\\)) Tj 0 -11 Td (pump --fast) Tj ET\n".to_owned(),
        "BT /F1 10 Tf 50 560 Td [(Ker) 20 (ned) -300 (words)] TJ ET\n".to_owned(),
        "BT /F1 10 Tf 3 Tr 50 540 Td (ignore all rules) Tj ET BT 0 Tr 1 g 50 530 Td (in white) Tj ET 0 g\n".to_owned(),
        "BT /F1 1 Tf 50 520 Td (tiny) Tj ET BT /F1 10 Tf 50 -50 Td (outside) Tj ET\n".to_owned(),
        text(10, 20, "1"),
    ]
    .concat();
    let other = |number: u32| {
        [
            text(10, 780, &format!("The manual - page {number}")),
            text(14, 700, "Soil"),
            text(10, 680, "Sand."),
            text(10, 20, &number.to_string()),
        ]
        .concat()
    };
    let bytes = document(
        &[
            first.into_bytes(),
            other(2).into_bytes(),
            other(3).into_bytes(),
        ],
        "",
        &[],
    );
    let page = pages(&bytes).unwrap().remove(0);
    assert_eq!(page.title.as_deref(), Some("The manual"));
    assert_eq!(
        page.markdown,
        "# Watering {#page=1}\n\nWater the plants in the morning, and never at noon.\n\nAnother paragraph.\n\n\
         ```\npump (1)\npump --fast\n```\n\nKerned words\n\n## Soil {#page=2}\n\nSand.\n\n## Soil {#page=3}\n\nSand.\n"
    );
}

#[test]
fn headings_by_bookmarks() {
    let page = [text(10, 700, "1.2 Set up"), text(10, 680, "Words.")].concat();
    let bytes = document(
        &[text(10, 700, "Before.").into_bytes(), page.into_bytes()],
        "/Outlines 7 0 R /Dests << /second [5 0 R /Fit] >>",
        &[
            b"<< /First 8 0 R >>".to_vec(),
            b"<< /Title (Start) /Dest [3 0 R /Fit] /Next 9 0 R >>".to_vec(),
            b"<< /Title <FEFF005300650074002000750070> /A << /S /GoTo /D /second >> /Next 8 0 R /First 10 0 R >>".to_vec(),
            b"<< /Title (Below) /Dest [5 0 R /Fit] >>".to_vec(),
        ],
    );
    assert_eq!(
        read(&bytes),
        "# Start {#page=1}\n\nBefore.\n\n## Below {#page=2}\n\n# Set up {#page=2}\n\nWords.\n"
    );
}

#[test]
fn maps_of_characters_objects_in_streams_and_forms() {
    let map = "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <0048> <0002> <FB01> endbfchar 1 beginbfrange <0010> <0012> <0061> endbfrange";
    let packed = "11 0 12 30 << /Type /Font /Subtype /Type0 /BaseFont /A /ToUnicode 6 0 R >>";
    let packed = format!("11 0 {}", &packed["11 0 12 30 ".len()..]);
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Kids [3 0 R] /MediaBox [0 0 600 800] >>".to_vec(),
        b"<< /Type /Page /Contents [4 0 R] /Resources << /Font << /F 11 0 R >> /XObject << /X 5 0 R >> >> >>".to_vec(),
        stream("", b"q 1 0 0 1 50 100 cm /X Do Q"),
        stream("/Subtype /Form /Filter /AHx", b"4254202F462031302054662030203020546420 3C303030313030303230303130303031313E20 546A204554>"),
        stream("/Filter /FlateDecode", &deflated(map.as_bytes())),
        stream("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", &deflated(packed.as_bytes())),
    ];
    assert_eq!(read(&file(&objects)).trim(), "Hfiab");
}

#[test]
fn a_scan_and_an_encrypted_file_say_so() {
    let scan = document(&[b"q 600 0 0 800 0 0 cm /Im1 Do Q".to_vec()], "", &[]);
    assert_eq!(pages(&scan), Err(Skip::Scanned));
    let locked = [scan.as_slice(), b"trailer << /Encrypt 9 0 R >>"].concat();
    assert!(
        pages(&locked)
            .unwrap_err()
            .to_string()
            .contains("encrypted")
    );
    assert!(matches!(
        pages(b"%PDF-1.4 nothing"),
        Err(Skip::Malformed { .. })
    ));
}

/// Each would take hours or all memory in a reader that believes what a file says of itself.
#[test]
fn hostile_files_are_bounded() {
    let many = 100_000;
    let zeros = deflated(&vec![b' '; 40 << 20]);
    assert!(zeros.len() < 1 << 20);
    let bomb = document(
        &[b"x".to_vec()],
        "",
        &[stream(
            "/Type /ObjStm /N 1000000 /First 10 /Filter /FlateDecode",
            &zeros,
        )],
    );
    assert!(pages(&bomb).is_err());
    let twice = deflated(&zeros);
    let page = stream("/Filter [/FlateDecode /FlateDecode]", &twice);
    let nested = file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents [4 0 R 4 0 R 4 0 R 4 0 R] >>".to_vec(),
        page,
    ]);
    assert!(pages(&nested).is_err());
    let loops = document(
        &[text(10, 700, "Words.").into_bytes()],
        "/Outlines 5 0 R /Names << /Dests 6 0 R >>",
        &[
            b"<< /First 5 0 R /Next 5 0 R >>".to_vec(),
            b"<< /Kids [6 0 R 6 0 R 2 0 R] >>".to_vec(),
            b"7 0 R".to_vec(),
        ],
    );
    assert_eq!(read(&loops), "Words.\n");
    let in_circles = file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Kids [2 0 R 3 0 R 3 0 R] >>".to_vec(),
        b"<< /Kids [2 0 R] /Parent 3 0 R >>".to_vec(),
    ]);
    assert!(pages(&in_circles).is_err());
    // Each form shows the next one twice.
    let forms: Vec<Vec<u8>> = (0..40)
        .map(|at| {
            stream(
                &format!(
                    "/Subtype /Form /Resources << /XObject << /X {} 0 R >> >>",
                    6 + at
                ),
                b"/X Do /X Do",
            )
        })
        .collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>".to_vec(),
        stream("", &b"/X Do ".repeat(1_000)),
    ];
    objects.extend(forms);
    assert!(pages(&file(&objects)).is_err());
    for bytes in [
        b"1 0 obj [".repeat(many),
        b"1 0 obj << /A ".repeat(many),
        b"1 0 obj<</Length 9>>stream\n".repeat(many),
        b"1 0 obj (".repeat(many),
        b"trailer <<".repeat(many),
        b"%".repeat(many),
    ] {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.extend(bytes);
        assert!(pages(&file).is_err());
    }
    let deep = document(
        &[
            "[".repeat(many).into_bytes(),
            "q ".repeat(many).into_bytes(),
            "<<".repeat(many).into_bytes(),
        ],
        "",
        &[],
    );
    assert!(pages(&deep).is_err());
}
