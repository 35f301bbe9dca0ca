use std::fs;

use super::{super::error::MAX_DIAGNOSTICS, *};
use crate::config::{
    Boost, CertificateSource, ChallengeType, Factor, Group, KeyType, Proxy, TokenType, Versions,
};

fn parse(text: &str) -> Result<Settings, ConfigError> {
    {
        let path = Path::new("/etc/docent.toml");
        Settings::parse(
            &Sources::of(path, text.to_owned()),
            path,
            Path::new("/nowhere"),
            Roots::Exist,
        )
    }
}

/// What a text gets wrong, one line each, without excerpts.
fn faults(text: &str) -> Vec<String> {
    match parse(text) {
        Err(ConfigError::Invalid { diagnostics, .. }) => diagnostics
            .into_iter()
            .map(|diagnostic| match diagnostic.help {
                Some(help) => format!("{} ({help})", diagnostic.message),
                None => diagnostic.message,
            })
            .collect(),
        other => panic!("expected faults, found {other:?}"),
    }
}

#[test]
fn the_shipped_file_shows_every_key_at_its_default() {
    let shipped = include_str!("../../../etc/docent/docent.toml");
    let manual = tempfile::tempdir().unwrap();
    let path = manual.path().to_str().unwrap();
    let parse = |text: &str| {
        let path = Path::new("/etc/docent.toml");
        let sources = Sources::of(path, text.to_owned());
        Settings::parse(&sources, path, manual.path(), Roots::Exist)
    };
    let defaults = Settings {
        server: ServerSettings::default(),
        tls: None,
        limits: Limits::default(),
        access: AccessSettings {
            keys_file: Some("/etc/keys.toml".into()),
            sealing_key_file: Some("/etc/sealing.key".into()),
            ..AccessSettings::default()
        },
        site: SiteSettings::default(),
        mcp: McpSettings::default(),
        log: LogSettings::default(),
        search: SearchSettings::default(),
        look_every: None,
        docs: vec![DocSet::new("docent", manual.path())],
    };
    assert_eq!(parse(shipped).unwrap(), defaults);

    let keys_only: Vec<&str> = shipped
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => key,
            _ => line,
        })
        .collect();
    let uncommented = keys_only.join("\n").replace(INSTALLED_MANUAL, path);
    let mut parsed = parse(&uncommented).unwrap();
    // An audience and an issuer are no defaults: they are shown as an example.
    let access = std::mem::replace(&mut parsed.access, defaults.access.clone());
    assert_eq!(parsed, defaults);
    let [staff] = &access.audiences[..] else {
        panic!("{access:?}");
    };
    assert_eq!(
        (staff.name.as_str(), &staff.docs[..]),
        ("staff", &["docent".to_owned()][..])
    );
    let [issuer] = &access.issuers[..] else {
        panic!("{access:?}");
    };
    assert_eq!(issuer.types, [TokenType::AccessToken]);
    assert!(
        issuer
            .accepted_audiences
            .contains(&"http://localhost:8080/mcp".to_owned())
    );
    assert_eq!(
        (access.sign_in.enabled, access.identity_headers),
        (false, None)
    );
    for key in crate::config::file::all_keys() {
        let line = format!("\n{key} = ");
        assert!(uncommented.contains(&line), "`{key}` is not in the file");
    }
}

#[test]
fn all_faults_are_shown_at_once() {
    let text = "
[server]
plain = \"0.0.0.0:80\"
colour = 1
hosts = [\"https://a.b\"]
[limits]
connections = 0
header_timeout = 10
request_body = \"big\"
[search]
language = \"englsh\"
[[docs]]
pathh = \"/tmp\"
[serach]
";
    insta::assert_snapshot!(faults(text).join("\n"));
}

#[test]
fn faults_that_are_not_shown_are_counted() {
    let read = |count: usize| {
        let keys: String = (0..count).map(|n| format!("colour{n} = 1\n")).collect();
        parse(&format!("[server]\n{keys}[[docs]]\npath = \"/\"\n"))
            .unwrap_err()
            .to_string()
    };
    assert!(!read(20).contains(" more "), "{}", read(20));
    let told = read(24);
    assert!(told.ends_with("\nand 4 more mistakes"), "{told}");
    assert!(read(21).ends_with("\nand 1 more mistake"));
}

#[test]
fn a_number_for_a_text_is_told_of_quotes() {
    let wrong = faults("[server]\nplain = 8090\n[[docs]]\npath = \"/\"\n");
    assert!(
        wrong[0].contains("write it in quotes: \"8090\""),
        "{wrong:?}"
    );
}

#[test]
fn wrong_shapes() {
    let texts = [
        "",
        "docs = 1\n",
        "[docs]\npath = \"/\"\n",
        "path = \"/\"\n",
        "server = []\n",
        "[[docs]]\npath = 1\n",
        "[[docs]]\nname = \"a\"\n",
        "[[docs]]\npath = \"\"\n",
        "[[docs]]\npath = \"~/docs\"\n",
        "[[docs]]\npath = \"/dev/null\"\n",
        "[[docs]]\npath = \"nothing\"\n",
        "[[docs]]\npath = \"/\"\nname = \"My Docs\"\n",
        "[[docs]]\npath = \"/etc\"\n[[docs]]\npath = \"/usr/../etc\"\nname = \"etc\"\n",
        "[[docs]]\npath = \"/\"\ninclude = [\"[z-a]\"]\nexclude = \"x\"\n",
        "[[docs]]\npath = \"/\"\nbase_url = \"docs.example.com\"\n",
        "[[docs]]\npath = \"/\"\ngenerator = \"Hugoo\"\nmax_file_size = 0\nmax_files = 0\nmax_size = \"-1\"\n",
        "[[docs]]\npath = \"/\nname = 3",
        "[server]\n[server]\n",
        "[server]\nplain = \"localhost:8080\"\n",
    ];
    let shown = texts.map(|text| format!("{text:?}\n  {}", faults(text).join("\n  ")));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn hostile_files_end_quickly() {
    let deep = format!("[server]\nhosts = {}", "[".repeat(200_000));
    let keys = (0..100_000).fold(String::from("[server]\n"), |text, n| {
        text + &format!("k{n} = 1\n")
    });
    let long = format!("[server]\n{} = 1\n", "x".repeat(1_000_000));
    for text in [deep, keys, long, "\0\u{feff}\0".to_owned()] {
        let shown = faults(&text);
        assert!(shown.len() <= MAX_DIAGNOSTICS);
    }
}

#[test]
fn what_is_written_arrives() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("My Docs")).unwrap();
    let file = folder.path().join("docent.toml");
    fs::write(
        &file,
        "
[server]
plain = \"0.0.0.0:80\"
plain_public = true
hosts = [\"Docs.example.com\"]
[limits]
request_body = 2048
header_timeout = \"2m\"
[search]
language = \"german\"
[[docs]]
path = \"My Docs\"
base_url = \"https://docs.example.com/h\"
include = [\"*.md\"]
generator = \"hugo\"
max_file_size = \"1 MiB\"
max_files = 500_000
max_size = \"8 GiB\"
",
    )
    .unwrap();
    let settings = Settings::load(&file).unwrap();
    assert_eq!(settings.server.plain, Some("0.0.0.0:80".parse().unwrap()));
    assert_eq!(settings.server.hosts, ["docs.example.com"]);
    assert_eq!(settings.limits.request_body, 2048);
    assert_eq!(settings.limits.header_timeout, Duration::from_secs(120));
    assert_eq!(
        settings.limits.drain_timeout,
        Limits::default().drain_timeout
    );
    assert_eq!(settings.search.language, Language::German);
    let expected = DocSet {
        base_url: Some("https://docs.example.com/h/".into()),
        include: vec!["*.md".into()],
        generator: Generator::Hugo,
        max_file_size: 1 << 20,
        max_files: 500_000,
        max_size: 8 << 30,
        ..DocSet::new("my-docs", folder.path().join("My Docs"))
    };
    assert_eq!(settings.docs, [expected]);
}

#[test]
fn sets_without_a_name_take_none_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["handbook/docs", "handbook/site", "文档"] {
        fs::create_dir_all(folder.path().join(path)).unwrap();
    }
    let file = folder.path().join("docent.toml");
    let tables = "[[docs]]\npath = \"handbook/docs\"\n\
                  [[docs]]\npath = \"handbook/site\"\n\
                  [[docs]]\npath = \"文档\"\n\
                  [[docs]]\npath = \"文档\"\nname = \"handbook\"\n";
    fs::write(&file, tables).unwrap();
    let settings = Settings::load(&file).unwrap();
    let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(
        names,
        ["handbook-docs", "handbook-site", "文档", "handbook"]
    );
}

#[test]
fn all_is_no_name_of_a_set() {
    let told = faults("[[docs]]\npath = \"/\"\nname = \"all\"\n");
    assert_eq!(
        told,
        [
            "/etc/docent.toml:3:8: `all` cannot be the name of a document set (assistants say it when they mean every set; choose another name)"
        ]
    );
}

#[test]
fn topics_are_few_and_short() {
    let topics = |list: &str| format!("[[docs]]\npath = \"/\"\nname = \"a\"\ntopics = {list}\n");
    let settings = parse(&topics("[\" backup and restore \", \"on-call duty\"]")).unwrap();
    assert_eq!(
        settings.docs[0].topics,
        ["backup and restore", "on-call duty"]
    );
    let many = format!("[{}]", "\"x\", ".repeat(13));
    for (list, fault) in [
        (many.as_str(), "more than 12 topics"),
        ("[\"\"]", "an empty topic says nothing"),
        (
            "[\"a\\nb\"]",
            "a topic is one line of at most 60 characters",
        ),
        ("\"backup\"", "expected a list"),
    ] {
        let told = faults(&topics(list));
        assert!(told[0].contains(fault), "{told:?}");
    }
}

#[test]
fn paths_alone_get_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a/html", "b/html"].map(|path| folder.path().join(path));
    for path in &paths {
        fs::create_dir_all(path).unwrap();
    }
    let settings = Settings::for_paths(&paths).unwrap();
    let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_domain_brings_https() {
    let tls = |text: &str| {
        let text = format!("{text}\n[[docs]]\npath = \"/\"\nname = \"a\"\n");
        parse(&text).unwrap().tls
    };
    assert_eq!(tls(""), None);
    let asked = tls("[server]\ndomain = \"Docs.example.com.\"\n[acme]\naccept_terms = true\ncontact = \"mailto:ops@example.com\"").unwrap();
    assert_eq!(asked.primary().to_string(), "docs.example.com");
    let CertificateSource::Acme(acme) = asked.source else {
        panic!("an authority is asked");
    };
    assert_eq!(acme.contact.as_deref(), Some("ops@example.com"));
    assert_eq!(acme.key_type, KeyType::P256);
    assert_eq!(
        acme.challenges,
        [ChallengeType::Http01, ChallengeType::TlsAlpn01]
    );
    assert_eq!(acme.authorities.len(), 1);
    assert!(
        acme.authorities[0]
            .directory
            .contains("acme-v02.api.letsencrypt.org")
    );
    assert!(acme.authorities[0].staging.is_some());
    assert_eq!(acme.authorities[0].profile, None);

    let asked = tls("
[server]
domains = [\"docs.example.com\", \"192.0.2.1\", \"[2001:DB8::1]\"]
[acme]
accept_terms = true
key_type = \"p384\"
challenges = [\"tls-alpn-01\"]
[[acme_fallback]]
directory = \"https://ca.example/dir\"
ca_file = \"root.pem\"
eab_kid = \"k\"
eab_hmac_key_file = \"/run/key\"
")
    .unwrap();
    // An authority of one's own issues for what is one's own.
    let private = tls(
        "[server]\ndomains = [\"localhost\", \"docs\", \"wiki.internal\", \"10.0.0.7\"]\n[acme]\naccept_terms = true\ndirectory = \"https://ca.example/dir\"\nproxy = \"http://p:3128\"\n",
    );
    let CertificateSource::Acme(acme) = private.unwrap().source else {
        panic!("an authority is asked");
    };
    assert_eq!(
        acme.authorities[0].proxy,
        Some(Proxy::new("http://p:3128", ""))
    );
    let names: Vec<String> = asked.names.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["docs.example.com", "192.0.2.1", "2001:db8::1"]);
    let CertificateSource::Acme(acme) = asked.source else {
        panic!("an authority is asked");
    };
    // Let's Encrypt certifies addresses in this profile alone.
    assert_eq!(acme.authorities[0].profile.as_deref(), Some("shortlived"));
    assert_eq!(acme.authorities[1].profile, None);
    assert_eq!(
        acme.authorities[1].ca_file.as_deref(),
        Some(Path::new("/etc/root.pem"))
    );
    assert_eq!(acme.challenges, [ChallengeType::TlsAlpn01]);

    let own =
        tls("[server]\ndomain = \"a.example\"\n[tls]\ncert = \"c.pem\"\nkey = \"/k.pem\"").unwrap();
    assert_eq!(
        own.source,
        CertificateSource::Files {
            cert: "/etc/c.pem".into(),
            key: "/k.pem".into()
        }
    );
}

#[test]
fn faults_of_certificates() {
    let texts = [
        "[server]\ndomain = \"docs.example.com\"",
        "[server]\ndomain = \"docs.example.com\"\n[acme]\naccept_terms = false",
        "[server]\ndomain = \"*.example.com\"\n[acme]\naccept_terms = true",
        "[server]\ndomain = \"https://docs.example.com\"\n[acme]\naccept_terms = true",
        "[server]\ndomain = \"a.example.com\"\ndomains = [\"b.example.com\"]\n[acme]\naccept_terms = true",
        "[tls]\ncert = \"c.pem\"",
        "[tls]\ncert = \"c.pem\"\nkey = \"k.pem\"",
        "[acme]\ndirectory = \"letsencript\"",
        "[acme]\ndirectory = \"http://ca.example/\"",
        "[acme]\nkey_type = \"p521\"\nchallenges = []\ncontact = \"ops\"",
        "[acme]\nchallenges = [\"dns-01\"]\neab_kid = \"k\"",
        "[[acme_fallback]]\nprofile = \"a b\"",
        "[acme]\nkey_type = \"rsa2048\"\nproxy = \"socks5://me:s3cret@p\"",
        "[server]\ndomains = [\"localhost\", \"docs\", \"wiki.internal\", \"10.0.0.7\", \"docs.example.com\"]\n[acme]\naccept_terms = true",
        "[server]\ndomains = [\"1.2.3\", \"docs.example.com.7\", \"-a.example.com\"]\n[acme]\naccept_terms = true\ndirectory = \"https://ca.example/dir\"",
        "[server]\nhsts = \"900d\"\nidle_exit = \"5\"\nuser = \"0\"\nhttps = \"443\"",
    ];
    let shown = texts.map(|text| {
        let whole = format!("{text}\n[[docs]]\npath = \"/\"\nname = \"a\"\n");
        format!("{text:?}\n  {}", faults(&whole).join("\n  "))
    });
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn drop_ins_override_and_add() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b", "docent.toml.d"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("docent.toml");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "docent.toml",
        "[server]\nplain = \"127.0.0.1:1\"\nhosts = [\"x\"]\n[[docs]]\npath = \"a\"\n",
    );
    write(
        "docent.toml.d/20.toml",
        "[server]\nplain = \"127.0.0.1:3\"\n",
    );
    write(
        "docent.toml.d/10.toml",
        "[server]\nplain = \"127.0.0.1:2\"\n[[docs]]\npath = \"b\"\n",
    );
    write("docent.toml.d/10.toml.dpkg-old", "nonsense");
    let settings = Settings::load(&file).unwrap();
    assert_eq!(settings.server.plain, Some("127.0.0.1:3".parse().unwrap()));
    assert_eq!(settings.server.hosts, ["x"]);
    let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);

    // A fault is shown in the file that it is in.
    write("docent.toml.d/10.toml", "\n[server]\nplian = 1\n");
    write("docent.toml.d/20.toml", "[limits]\nconnections = 0\n");
    let Err(ConfigError::Invalid { diagnostics, .. }) = Settings::load(&file) else {
        panic!("two faults");
    };
    let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        shown[0].contains("10.toml:3:1: unknown key `plian`"),
        "{shown:?}"
    );
    assert!(shown[0].contains("3 | plian = 1"), "{shown:?}");
    assert!(
        shown[1].contains("20.toml:2:15: 0 is not between"),
        "{shown:?}"
    );
}

#[test]
fn networks_are_checked() {
    let settings = parse("[limits]\nshared_addresses = [\"192.0.2.0/24\"]\n[server]\ntrusted_proxies = [\"10.0.0.5\", \"unix\"]\n[[docs]]\npath = \"/\"").unwrap();
    let [shared] = &*settings.limits.shared_addresses else {
        panic!("one network takes the place of the default");
    };
    assert!(shared.contains("192.0.2.9".parse().unwrap()));
    assert!(settings.server.trusted_proxies.unix);
    assert_eq!(settings.server.trusted_proxies.networks.len(), 1);
    let wrong = faults(
        "[limits]\nshared_addresses = [\"192.0.2.9/24\", \"office\"]\n[[docs]]\npath = \"/\"",
    );
    assert!(wrong[0].contains("begins at 192.0.2.0"), "{wrong:?}");
    assert!(wrong[1].contains("192.0.2.0/24"), "{wrong:?}");
}

#[test]
fn a_share_leaves_the_others_some() {
    let limits = Limits::default();
    let share = |address: &str, places| limits.share(address.parse().unwrap(), places);
    assert_eq!(share("192.0.2.1", 1024), 128);
    assert_eq!(share("160.79.104.1", 1024), 512);
    assert_eq!((share("192.0.2.1", 16), share("192.0.2.1", 1)), (8, 1));
}

#[test]
fn a_service_waits_for_folders_and_for_nothing_else() {
    let read = |text: &str, roots| {
        let path = Path::new("/etc/docent.toml");
        let sources = Sources::of(path, text.to_owned());
        Settings::parse(&sources, path, Path::new("/nowhere"), roots)
    };
    let missing = "[[docs]]\npath = \"no-such-folder/current\"\n";
    assert!(read(missing, Roots::Exist).is_err());
    let settings = read(missing, Roots::MayCome).unwrap();
    assert_eq!(settings.docs[0].name, "no-such-folder");
    assert_eq!(
        settings.docs[0].root,
        Path::new("/etc/no-such-folder/current")
    );
    for faulty in [
        "[[docs]]\npath = \"~/docs\"\n",
        "[[docs]]\npath = \"\"\n",
        "[[docs]]\n",
    ] {
        assert!(read(faulty, Roots::MayCome).is_err(), "{faulty}");
    }
}

#[test]
fn how_often_to_look() {
    let every = |value: &str| {
        let docs = "[[docs]]\npath = \"/\"\n";
        parse(&format!("[search]\nlook_every = {value:?}\n{docs}"))
            .map(|settings| settings.look_every)
    };
    assert_eq!(every("auto").unwrap(), None);
    assert_eq!(every("").unwrap(), None);
    assert_eq!(every("30s").unwrap(), Some(Duration::from_secs(30)));
    assert!(every("often").is_err());
    assert!(every("2h").is_err());
}

#[test]
fn audiences_read_sets_in_the_order_of_the_sets() {
    let settings = parse(
        "[[docs]]\nname = \"a\"\npath = \"/etc\"\n[[docs]]\nname = \"b\"\npath = \"/usr\"\n[[docs]]\nname = \"c\"\npath = \"/var\"
         [[audience]]\nname = \"staff\"\ndocs = [\"b\", \"a\"]\ngroups = [\"*\", \"eng\"]\nkeys = [\"ci@build\"]
         [[audience]]\nname = \"anonymous\"\ndocs = [\"a\"]",
    )
    .unwrap();
    let staff = settings.access.named().next().unwrap();
    let names: Vec<_> = settings
        .docs_of(staff)
        .into_iter()
        .map(|set| set.name)
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(
        staff.groups,
        [Group::Everybody, Group::Called("eng".to_owned())]
    );
    assert_eq!(settings.access.anonymous().unwrap().docs, ["a"]);
    let nobodys: Vec<_> = settings.docs_of_nobody().map(|set| &*set.name).collect();
    assert_eq!(nobodys, ["c"]);
}

#[test]
fn faults_of_audiences_and_issuers_are_told() {
    let docs = "[[docs]]\nname = \"handbook\"\npath = \"/\"\n";
    for (text, expected) in [
        ("[[audience]]\ndocs = [\"all\"]", "no `name`"),
        ("[[audience]]\nname = \"staff\"", "no `docs`"),
        (
            "[[audience]]\nname = \"staff\"\ndocs = [\"handbok\"]",
            "did you mean `handbook`",
        ),
        (
            "[[audience]]\nname = \"Staff\"\ndocs = [\"all\"]",
            "lower-case",
        ),
        (
            "[[audience]]\nname = \"anonymous\"\ndocs = [\"all\"]\ngroups = [\"x\"]",
            "no groups and no keys",
        ),
        (
            "[[audience]]\nname = \"a\"\ndocs = [\"all\"]\n[[audience]]\nname = \"a\"\ndocs = [\"all\"]",
            "two audiences are named `a`",
        ),
        (
            "[[issuer]]\nurl = \"https://login.example.com\"",
            "an issuer without an audience",
        ),
        (
            "[sign_in]\nenabled = true",
            "a sign-in page without an audience",
        ),
        (
            "[[audience]]\nname = \"a\"\ndocs = [\"all\"]\n[[issuer]]\nurl = \"http://login.example.com\"",
            "does not start with https://",
        ),
        (
            "[[audience]]\nname = \"a\"\ndocs = [\"all\"]\n[[issuer]]\nurl = \"https://a.b\"\ntypes = [\"jwt\"]",
            "docent knows `at+jwt` and `JWT`",
        ),
        (
            "[identity_headers]\nuser = \"X-Forwarded-User\"",
            "believed from nobody",
        ),
        (
            "[identity_headers]\nuser = \"Authorization\"\npeers = [\"caddy\"]",
            "no header that a proxy names people in",
        ),
        (
            "[identity_headers]\nuser = \"X-User\"\ngroups = \"x-user\"\npeers = [\"990\"]",
            "names the user and the groups",
        ),
        (
            "[identity_headers]\nuser = \"X-Forwarded-For\"\npeers = [\"caddy\"]",
            "no header that a proxy names people in",
        ),
        (
            "[server]\ntrusted_proxies = [\"10.0.0.1\", \"::/0\"]\n[identity_headers]\nuser = \"X-User\"",
            "believed from everybody",
        ),
        (
            "[identity_headers]\nuser = \"X-User\"\npeers = [\"a b\"]",
            "cannot be the name of a user",
        ),
        (
            "[identity_headers]\ngroups = \"X-Groups\"",
            "none that says whose they are",
        ),
    ] {
        let wrong = faults(&format!("{docs}{text}\n"));
        assert!(wrong.join("\n").contains(expected), "{text}: {wrong:?}");
    }
    let many: String = (0..17)
        .map(|at| format!("[[audience]]\nname = \"a{at}\"\ndocs = [\"all\"]\n"))
        .collect();
    assert!(faults(&format!("{docs}{many}"))[0].contains("more than 16 audiences"));
}

#[test]
fn a_token_is_for_one_of_docents_own_addresses() {
    let accepted = |server: &str| {
        let rest = "[[docs]]\npath = \"/\"\n[[audience]]\nname = \"a\"\ndocs = [\"all\"]\n[[issuer]]\nurl = \"https://a.b\"";
        let settings = parse(&format!("{server}\n{rest}")).unwrap();
        settings.access.issuers[0].accepted_audiences.clone()
    };
    let has = |server: &str, resource: &str| accepted(server).iter().any(|it| it == resource);
    assert!(has(
        "[server]\nurl = \"https://a.example/docs\"",
        "https://a.example/docs/mcp"
    ));
    assert!(has("", "http://localhost:8080/sse"));
    let tls = "[server]\ndomain = \"docs.example.com\"\n[acme]\naccept_terms = true";
    assert!(has(tls, "https://docs.example.com/mcp"));
    assert!(!has(tls, "http://localhost:80/mcp"));
}

#[test]
fn versions_are_a_word_or_the_names_of_folders() {
    let versions = |value: &str| {
        let text = format!("[[docs]]\npath = \"/\"\nname = \"a\"\n{value}\n");
        let set = parse(&text).map(|settings| settings.docs[0].clone());
        set.map(|set| (set.versions, set.default_version))
    };
    for (value, expected) in [
        ("", Versions::All),
        ("versions = \"all\"", Versions::All),
        ("versions = \"default\"", Versions::Default),
        ("versions = \"none\"", Versions::None),
        (
            "versions = [\"trixie\", \"bookworm\"]",
            Versions::Listed(vec!["trixie".into(), "bookworm".into()]),
        ),
    ] {
        assert_eq!(versions(value).unwrap(), (expected, None), "{value}");
    }
    assert!(
        versions("versions = \"default\"")
            .unwrap()
            .0
            .is_default_alone()
    );
    assert!(!versions("").unwrap().0.is_default_alone());
    let (_, default) = versions("default_version = \"2.1\"").unwrap();
    assert_eq!(default.as_deref(), Some("2.1"));
    assert_eq!(versions("default_version = \"\"").unwrap().1, None);
    let set = "[[docs]]\npath = \"/\"\nname = \"a\"\n";
    for (value, fault) in [
        ("versions = \"defualt\"", "did you mean `default`?"),
        ("versions = true", "expected \"all\", \"default\", \"none\""),
        ("versions = []", "no version is named"),
        ("versions = [\"1.0\", \"1.0\"]", "`1.0` is named twice"),
        ("versions = [\"a/b\"]", "`a/b` cannot be a version"),
        ("default_version = \"a/b\"", "`a/b` cannot be a version"),
        (
            "versions = \"none\"\ndefault_version = \"1.0\"",
            "a set whose versions are none",
        ),
    ] {
        let told = faults(&format!("{set}{value}\n"));
        assert!(told.join("\n").contains(fault), "{value}: {told:?}");
    }
}

#[test]
fn boosts_are_for_a_set_or_a_path() {
    let docs = "[[docs]]\npath = \"/\"\nname = \"a\"\n[[docs]]\npath = \"/tmp\"\nname = \"b\"\n";
    let settings = parse(&format!(
        "[search]\nboost = [{{ set = \"a\", factor = 2 }}, {{ path = \"guide/**\", factor = 1.5 }}]\n\
         demote = [\"**/changelog/**\"]\n{docs}"
    ))
    .unwrap();
    let boost = |path: Option<&str>, factor: f64| Boost {
        path: path.map(str::to_owned),
        factor: Factor::new(factor).unwrap(),
    };
    let of_path = [
        boost(Some("guide/**"), 1.5),
        boost(Some("**/changelog/**"), 0.5),
    ];
    assert_eq!(settings.docs[1].boosts, of_path);
    assert_eq!(settings.docs[0].boosts[0], boost(None, 2.0));
    assert_eq!(settings.docs[0].boosts[1..], of_path);
    let tables = format!("[[search.boost]]\nset = \"b\"\nfactor = 0.5\n{docs}");
    assert_eq!(parse(&tables).unwrap().docs[1].boosts, [boost(None, 0.5)]);
    let many = "\"x\", ".repeat(101);
    for (text, fault) in [
        ("boost = [{ factor = 2 }]", "changes nothing"),
        ("boost = [{ path = \"x\" }]", "has no `factor`"),
        (
            "boost = [{ path = \"x\", factor = 0 }]",
            "0 is not between 0.1 and 10",
        ),
        (
            "boost = [{ path = \"x\", factor = nan }]",
            "is not between 0.1 and 10",
        ),
        (
            "boost = [{ path = \"[z-a]\", factor = 2 }]",
            "is not a pattern",
        ),
        (
            "boost = [{ set = \"aa\", factor = 2 }]",
            "did you mean `a`?",
        ),
        (
            "boost = [{ sets = \"a\", factor = 2 }]",
            "expected one of `set`, `path`, `factor`",
        ),
        ("boost = [{ set = \"a\", factor = \"2\" }]", "expected"),
        ("demote = [\"\"]", "an empty pattern"),
        (&format!("demote = [{many}]"), "more than 100 patterns"),
    ] {
        let told = faults(&format!("[search]\n{text}\n{docs}"));
        assert!(told.join("\n").contains(fault), "{text}: {told:?}");
    }
}

#[test]
fn synonyms_are_read_with_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("docent.toml");
    let words = folder.path().join("words.txt");
    let configured = "[search]\nsynonyms = \"words.txt\"\n[[docs]]\npath = \".\"\n";
    fs::write(&file, configured).unwrap();
    let told = || match Settings::load(&file) {
        Err(error @ ConfigError::Invalid { .. }) => error.to_string(),
        other => panic!("expected faults, found {other:?}"),
    };
    let missing = told();
    assert!(
        missing.contains("docent.toml:2:12: the synonyms"),
        "{missing}"
    );
    assert!(missing.contains("words.txt cannot be read"), "{missing}");
    fs::write(&words, "k8s, kubernetes\r\ndb => database\n").unwrap();
    let first = Settings::load(&file).unwrap().search;
    assert_eq!(first.synonyms.rules().len(), 2);
    fs::write(&words, "k8s, kubernetes\n").unwrap();
    let second = Settings::load(&file).unwrap().search;
    assert_ne!(first, second, "a reload follows what is in the file");
    assert_eq!(second, Settings::load(&file).unwrap().search);

    // Faults of both files at once, each with its place; what stands in this one is not shown.
    fs::write(&words, "# names\n\nsecret token\na => b => c\n").unwrap();
    fs::write(
        &file,
        configured.replace("[search]", "[search]\nlook_every = 5"),
    )
    .unwrap();
    let both = told();
    for expected in [
        "docent.toml:2:14: ",
        "words.txt:3:1: a line needs two terms at least",
        "words.txt:4:1: more than one `=>` in a line",
        "help: write a line for each",
    ] {
        assert!(both.contains(expected), "{expected}: {both}");
    }
    assert!(!both.contains("secret token"), "{both}");
    fs::write(&file, configured).unwrap();
    fs::write(&words, b"good, fine\nbad, \xff\n").unwrap();
    assert!(
        told().contains("words.txt:2:6: it is not UTF-8"),
        "{}",
        told()
    );
    fs::write(&words, "a, b\n".repeat(300_000)).unwrap();
    assert!(told().contains("larger than 1 MiB"), "{}", told());
    fs::write(&words, format!("a, {}\n", "b, ".repeat(20))).unwrap();
    assert!(Settings::load(&file).is_ok());
    fs::write(&words, "").unwrap();
    assert_eq!(
        Settings::load(&file).unwrap().search,
        SearchSettings::default()
    );
    fs::write(&file, configured.replace("words.txt", ".")).unwrap();
    assert!(told().contains("is no file"), "{}", told());
    fs::write(&file, configured.replace("words.txt", "/dev/zero")).unwrap();
    assert!(told().contains("is no file"), "{}", told());
    // A certificate is renewed whatever they say.
    assert!(Settings::load_certificate(&file).is_ok());
}
