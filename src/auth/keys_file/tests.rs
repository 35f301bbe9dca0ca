use std::fs;

use proptest::prelude::*;

use super::*;

/// Reads a text as the file.
fn read(text: &str) -> Result<KeysFile, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    fs::write(&path, text).unwrap();
    KeysFile::read(&path)
}

/// What a text gets wrong, one line each.
fn faults(text: &str) -> Vec<String> {
    let Err(ConfigError::Invalid { diagnostics, .. }) = read(text) else {
        panic!("nothing is wrong with {text}");
    };
    let messages = diagnostics
        .into_iter()
        .inspect(|it| assert_eq!(it.excerpt, None));
    messages
        .map(|it| it.message.rsplit_once("keys.toml:").unwrap().1.to_owned())
        .collect()
}

fn key(name: &str, digit: char) -> KeptKey {
    KeptKey::new(
        KeyName::new(name).unwrap(),
        AudienceName::new("staff").unwrap(),
        digit.to_string().repeat(64).parse().unwrap(),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_230_400),
        None,
    )
}

#[test]
fn what_is_written_is_read() {
    let file = KeysFile::default();
    assert!(
        KeysFile::read(Path::new("/nowhere/keys.toml"))
            .unwrap()
            .keys()
            .is_empty()
    );
    let first = KeptKey {
        expires: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
        ..key("ci", 'a')
    };
    let text = file.with(&first).unwrap();
    assert_eq!(
        text,
        format!(
            "\
# Access keys of docent: their names, the audiences that they are for, and their SHA-256, of which
# no key can be made. `docent key new` and `docent key revoke` write this file; docent reads it when
# it starts and at each reload (systemctl reload docent).

[[key]]
name = \"ci\"
audience = \"staff\"
sha256 = \"{}\"
created = 2025-11-27T08:00:00Z
expires = 2027-01-15T08:00:00Z
",
            "a".repeat(64)
        )
    );
    let file = read(&text).unwrap();
    let second = key("alice@laptop", 'b');
    let text = file.with(&second).unwrap();
    assert!(
        text.contains("08:00:00Z\n\n[[key]]\nname = \"alice@laptop\"\n"),
        "{text}"
    );
    let file = read(&text).unwrap();
    let is = |kept: &KeptKey, key: &KeptKey| {
        KeptKey {
            named: 0..0,
            ..kept.clone()
        } == *key
    };
    assert!(is(&file.keys()[0], &first) && is(&file.keys()[1], &second));
    assert_eq!(file.without(&["bob"]).unwrap(), text);
    // The comment above all of them stays when the first goes.
    let text = file.without(&["ci"]).unwrap();
    assert!(text.starts_with("# Access keys of docent"), "{text}");
    let file = read(&text).unwrap();
    assert_eq!(file.keys().len(), 1);
    let text = file.without(&["alice@laptop"]).unwrap();
    assert!(text.starts_with("# Access keys of docent"), "{text}");
    let file = read(&text).unwrap();
    assert!(file.keys().is_empty());
    let text = file.with(&second).unwrap();
    assert_eq!(text.matches("# Access keys").count(), 1, "{text}");
    assert_eq!(read(&text).unwrap().keys().len(), 1);
}

#[test]
fn what_people_write_stays_but_for_what_is_about_the_key() {
    let entry = |name: &str, digit: &str| {
        format!(
            "[[key]] # of {name}\nname = '{name}'   # so\naudience = \"staff\"\nsha256 = \"{}\"\n",
            digit.repeat(64)
        )
    };
    let (a, b, c) = (entry("a", "a"), entry("b", "b"), entry("c", "c"));
    let text =
        format!("# Ours.\n\n# About a.\n{a}\n# The machines.\n\n# About b.\n{b}\n{c}# The end.\n");
    let file = read(&text).unwrap();
    let with = file.with(&key("d", 'd')).unwrap();
    assert!(with.starts_with(&text), "{with}");
    assert_eq!(read(&with).unwrap().keys().len(), 4);
    assert_eq!(
        file.without(&["b"]).unwrap(),
        format!("# Ours.\n\n# About a.\n{a}\n# The machines.\n\n{c}# The end.\n")
    );
    assert_eq!(
        file.without(&["a"]).unwrap(),
        format!("# Ours.\n\n# The machines.\n\n# About b.\n{b}\n{c}# The end.\n")
    );
    assert_eq!(
        file.without(&["c"]).unwrap(),
        format!("# Ours.\n\n# About a.\n{a}\n# The machines.\n\n# About b.\n{b}\n# The end.\n")
    );
    let all = ["a", "b", "c"].into_iter().fold(file, |file, name| {
        read(&file.without(&[name]).unwrap()).unwrap()
    });
    assert!(all.keys().is_empty());
}

#[test]
fn lines_may_end_as_elsewhere() {
    let entry = |name: &str, digit: &str| {
        format!(
            "[[key]]\nname = \"{name}\"\naudience = \"staff\"\nsha256 = \"{}\"\n",
            digit.repeat(64)
        )
    };
    let text = format!(
        "# Ours.\n\n# About a.\n{}\n{}",
        entry("a", "a"),
        entry("b", "b")
    );
    let file = read(&text.replace('\n', "\r\n")).unwrap();
    let left = file.without(&["a"]).unwrap();
    assert_eq!(
        left.replace("\r\n", "\n"),
        format!("# Ours.\n\n{}", entry("b", "b"))
    );
    let with = read(&file.with(&key("c", 'c')).unwrap()).unwrap();
    assert_eq!(with.keys().len(), 3);
}

#[test]
fn all_that_is_wrong_is_told_with_its_place_and_without_a_key() {
    let key = format!("docent_{}", "k".repeat(49));
    let (a, b) = ("a".repeat(64), "b".repeat(64));
    let text = format!(
        "[[key]]\nname = \"{key}\"\naudience = \"staff\"\nsha256 = \"{a}\"\n\
         [[key]]\nname = \"x\"\naudience = \"Staff!\"\nsha256 = \"{key}\"\ncreated = 2026-11-27\n\
         [[key]]\nname = \"y\"\naudience = \"staff\"\nsha256 = \"{b}\"\nexpires = 2026-11-27T10:00:00\n\
         [[key]]\nname = \"y\"\naudience = \"staff\"\nsha256 = \"{b}\"\n"
    );
    assert_eq!(
        faults(&text),
        [
            "2:8: `docent_[…]` is no name of a key",
            "7:12: `Staff!` is no name of an audience",
            "8:10: this is no SHA-256 of a key",
            "9:11: 2026-11-27 is no moment",
            "14:11: 2026-11-27T10:00:00 is no moment",
            "16:8: two keys are named `y`",
            "18:10: the same key has another name already",
        ]
    );
    for (text, place) in [
        ("nonsense".to_owned(), "1:"),
        (format!("{key} = 1\n"), "1:1: "),
        (format!("[[key]]\nkey = \"{key}\"\n"), "2:1: "),
        (format!("[[key]]\nname = [\"{key}\"]\n"), "2:8: "),
        (
            format!(
                "[[key]]\nname = \"a\"\naudience = \"s\"\nsha256 = \"{a}\"\ncreated = \"{key}\"\n"
            ),
            "5:11: ",
        ),
        ("[[key]]\nname = \"a\"\n".to_owned(), "1:1: "),
        ("key = 1\n".to_owned(), "1:7: "),
    ] {
        let faults = faults(&text);
        assert!(faults[0].starts_with(place), "{text}: {faults:?}");
        assert!(!faults.concat().contains("kkkk"), "{faults:?}");
    }
    let text = format!("[[key]]\nname = \"y\"\naudience = \"staf\"\nsha256 = \"{b}\"\n");
    let error = read(&text)
        .unwrap()
        .check_audiences(&["staff", "public"])
        .unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("keys.toml:3:12: there is no audience `staf`"),
        "{said}"
    );
    assert!(said.contains("did you mean `staff`?"), "{said}");
}

#[test]
fn a_file_has_bounds() {
    let entry = |number: usize| {
        format!("[[key]]\nname = \"k{number}\"\naudience = \"staff\"\nsha256 = \"{number:064x}\"\n")
    };
    let full: String = (0..MAX_KEYS).map(entry).collect();
    let file = read(&full).unwrap();
    assert_eq!(file.with(&key("one-more", 'f')), Err(EditError::Full));
    let more = full + &entry(MAX_KEYS);
    let said = faults(&more);
    assert!(
        said[0].ends_with("there are more than 10000 keys"),
        "{said:?}"
    );
    let large = "#".repeat(9 << 20);
    assert!(matches!(read(&large), Err(ConfigError::Unreadable { .. })));
}

/// A file as somebody may have written it: keys in some order, with comments and blank lines between.
fn written() -> impl Strategy<Value = String> {
    let between = proptest::collection::vec(prop_oneof!["\n", "# [ -~]{0,20}\n", "  \n"], 0..4);
    let piece = (between, any::<bool>());
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| {
        let mut text = String::new();
        for (number, (between, is_tidy)) in pieces.into_iter().enumerate() {
            text += &between.concat();
            let name = if is_tidy { "name = " } else { "  name   =   " };
            text += &format!(
                "[[key]]\n{name}\"k{number}\"\naudience = \"staff\" # {number}\nsha256 = \"{number:064x}\"\n"
            );
        }
        text
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    /// Whatever is added and taken out again, the rest is as it was written.
    #[test]
    fn what_is_added_can_be_taken_out(text in written(), end in "(# [ -~]{0,10}\n?)?") {
        let text = text + &end;
        let file = read(&text).unwrap();
        let with = read(&file.with(&key("one-more", 'f')).unwrap()).unwrap();
        prop_assert_eq!(with.keys().len(), file.keys().len() + 1);
        let without = with.without(&["one-more"]).unwrap();
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.filter(|line| !HEADER_LINES.contains(line)).map(str::to_owned).collect()
        };
        prop_assert_eq!(lines(&without), lines(&text));
    }

    /// A key that goes takes none of the others along, nor a comment that stands apart.
    #[test]
    fn what_is_taken_out_leaves_the_others(text in written(), at in 0_usize..6) {
        let file = read(&text).unwrap();
        let name = format!("k{at}");
        let left = read(&file.without(&[&name]).unwrap()).unwrap();
        let names = |file: &KeysFile| -> Vec<String> {
            file.keys().iter().map(|key| key.name.to_string()).filter(|it| *it != name).collect()
        };
        prop_assert_eq!(names(&left), names(&file));
        prop_assert!(left.find(&name).is_none());
    }
}

/// What docent writes above the first key of a file that has nothing else.
const HEADER_LINES: [&str; 3] = [
    "# Access keys of docent: their names, the audiences that they are for, and their SHA-256, of which",
    "# no key can be made. `docent key new` and `docent key revoke` write this file; docent reads it when",
    "# it starts and at each reload (systemctl reload docent).",
];
