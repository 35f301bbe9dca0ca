//! Documents and questions in any language.

use super::folder::{Folder, paths};
use docent::search::{Query, Relaxation};

fn first(folder: &Folder, query: &str) -> String {
    let (snapshot, _) = folder.update();
    paths(&snapshot, query)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// A manual in English, and parts of it in other languages.
fn manual() -> Folder {
    let folder = Folder::new();
    folder.write(
        "kerberos.md",
        "# MIT Kerberos\n\nThe server can use MIT Kerberos to find out who its users are, if a ticket is sent with the request.\n",
    );
    folder.write(
        "backup.md",
        "# Backups\n\nBackups of the database are made at night and are kept for a week, and they can be restored with `pg_restore`.\n",
    );
    folder.write(
        "network.md",
        "# Network\n\nThe connections of the clients are bound by `max_connections`, which is set in the configuration of the server.\n",
    );
    folder
}

fn german(folder: &Folder) {
    folder.write(
        "de/sicherung.md",
        "# Sicherungen\n\nDie Sicherungen der Datenbank werden in der Nacht gemacht und eine Woche lang aufgehoben, danach löscht sie der \
         Dienst. Mit `pg_restore` stellt man sie wieder her.\n",
    );
    folder.write(
        "de/netz.md",
        "# Netzwerk\n\nDie Verbindungen der Rechner werden durch `max_connections` begrenzt, was in der Konfiguration des Servers \
         eingestellt ist und nicht im laufenden Betrieb geändert werden kann.\n",
    );
}

#[test]
fn words_are_reduced_in_the_language_of_the_page() {
    let folder = Folder::new();
    german(&folder);
    folder.write("other.md", "# Other\n\nThis is of no use to anybody who is looking for what the others say, and it is in English.\n");
    assert_eq!(first(&folder, "Sicherung"), "de/sicherung.md");
    assert_eq!(first(&folder, "Verbindung begrenzen"), "de/netz.md");
    folder.write(
        "ru.md",
        "# Сеть\n\nНастройки соединений с базой данных хранятся в файле, который читается при запуске сервера и не меняется.\n",
    );
    assert_eq!(first(&folder, "настройка соединения"), "ru.md");
}

#[test]
fn a_question_is_answered_in_its_own_language_where_there_is_an_answer() {
    let folder = manual();
    german(&folder);
    assert_eq!(
        first(&folder, "Wie stelle ich pg_restore ein?"),
        "de/sicherung.md"
    );
    assert_eq!(first(&folder, "what is pg_restore for"), "backup.md");
    assert_eq!(
        first(&folder, "max_connections"),
        "network.md",
        "a name is asked for in the configured language"
    );
}

#[test]
fn a_language_that_is_asked_for_is_told_by_the_text_where_no_path_tells_it() {
    let folder = manual();
    folder.write(
        "sicherung.md",
        "# Sicherungen\n\nDie Sicherungen der Datenbank werden in der Nacht gemacht und eine Woche lang aufgehoben, danach löscht sie der \
         Dienst. Mit `pg_restore` stellt man sie wieder her.\n",
    );
    let (snapshot, _) = folder.update();
    assert_eq!(snapshot.sets()[0].languages, ["de", "en"]);
    let query = |language: &str| Query {
        language: Some(language.to_owned()),
        ..Query::new("pg_restore")
    };
    for (language, path) in [
        ("de", "sicherung.md"),
        ("de-AT", "sicherung.md"),
        ("German", "sicherung.md"),
        ("en", "backup.md"),
    ] {
        assert!(!snapshot.lacks_language(&query(language)), "{language}");
        let answer = snapshot.search(&query(language)).expect("an answer");
        let paths: Vec<_> = answer.hits.iter().map(|hit| &hit.page.path).collect();
        assert_eq!(paths, [path], "{language}");
    }
    for language in ["fr", "klingon", ""] {
        assert!(snapshot.lacks_language(&query(language)), "{language}");
    }
}

#[test]
fn a_question_in_a_language_that_no_page_is_in_finds_names_and_no_chance_matches() {
    let folder = manual();
    let (snapshot, _) = folder.update();
    assert_eq!(
        paths(&snapshot, "Wie setze ich max_connections?")[0],
        "network.md"
    );
    assert_eq!(
        paths(&snapshot, "接続数を max_connections で制限する")[0],
        "network.md"
    );
    let found = paths(&snapshot, "Wie verbinde ich mich mit dem Drucker?");
    assert!(!found.contains(&"kerberos.md".to_owned()), "{found:?}");
    let answer = snapshot
        .search(&Query::new("Wie melde ich mich mit einem Drucker an?"))
        .expect("an answer");
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
    assert_eq!(paths(&snapshot, "MIT Kerberos")[0], "kerberos.md");
}

#[test]
fn words_that_had_to_be_guessed_are_no_answer_to_a_question_in_another_language() {
    let folder = manual();
    let (snapshot, _) = folder.update();
    let ask = |query: &str| snapshot.search(&Query::new(query)).expect("an answer");
    let answer = ask("les serveurs et les tikets sont dans le network sans request");
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
    assert_eq!(
        answer.unknown,
        ["serveurs", "tikets"],
        "nobody has what was looked up for them"
    );
    // Slips in the language of the pages are slips.
    for query in [
        "the serveur and the tikets are in the network of the request",
        "conections of clients",
    ] {
        let answer = ask(query);
        let is_fuzzy = matches!(answer.relaxation, Relaxation::Fuzzy { .. });
        assert!(is_fuzzy, "{query}: {:?}", answer.relaxation);
    }
}

#[test]
fn scripts_without_spaces_are_searched() {
    let folder = manual();
    folder.write(
        "ja/setsuzoku.md",
        "# データベース接続\n\nサーバーへの接続数は設定ファイルで制限します。変更した後は、サーバーを再起動してください。半角のﾃﾞｰﾀも読みます。\n",
    );
    folder.write(
        "zh/beifen.md",
        "# 数据库备份\n\n备份在夜间进行，并保留一个星期。可以用命令恢复备份。如果磁盘空间不足，旧的备份会被删除。\n",
    );
    folder.write(
        "ko/yeongyeol.md",
        "# 데이터베이스 연결\n\n서버에 연결하는 클라이언트의 수는 설정 파일에서 제한합니다. 설정을 바꾼 다음에는 서버를 다시 시작하십시오.\n",
    );
    folder.write(
        "th/phen.md",
        "# การสำรองข้อมูล\n\nฐานข้อมูลจะถูกสำรองทุกคืนและเก็บไว้หนึ่งสัปดาห์ คุณสามารถกู้คืนข้อมูลได้ด้วยคำสั่งเดียว การตั้งค่าอยู่ในไฟล์\n",
    );
    let (snapshot, _) = folder.update();
    for (query, expected) in [
        ("データベースに接続する方法", "ja/setsuzoku.md"),
        ("ﾃﾞｰﾀﾍﾞｰｽ", "ja/setsuzoku.md"),
        ("如何恢复备份", "zh/beifen.md"),
        ("데이터베이스를 연결하려면", "ko/yeongyeol.md"),
        ("클라이언트가", "ko/yeongyeol.md"),
        ("สำรองข้อมูล", "th/phen.md"),
        ("การตั้งค่า", "th/phen.md"),
    ] {
        assert_eq!(paths(&snapshot, query)[0], expected, "{query}");
    }
}

#[test]
fn marks_may_be_left_out() {
    let folder = Folder::new();
    folder.write(
        "es.md",
        "# Configuración de la contraseña\n\nLa configuración del servidor está en un archivo y se lee cuando se inicia, pero no cambia.\n",
    );
    folder.write(
        "fr.md",
        "# Sécurité du réseau\n\nLa sécurité des données est assurée par le serveur, qui ne répond pas à ceux qui n'ont pas de clé.\n",
    );
    folder.write(
        "pt.md",
        "# Opções de instalação\n\nAs opções de instalação são lidas do arquivo que está na pasta do usuário e não podem faltar.\n",
    );
    let (snapshot, _) = folder.update();
    for (query, expected) in [
        ("configuracion de la contrasena", "es.md"),
        ("securite du reseau", "fr.md"),
        ("opcoes de instalacao", "pt.md"),
        ("sécurité", "fr.md"),
    ] {
        assert_eq!(paths(&snapshot, query)[0], expected, "{query}");
    }
}

#[test]
fn a_changed_page_is_searched_in_its_new_language() {
    let folder = manual();
    folder.update();
    german(&folder);
    assert_eq!(first(&folder, "Sicherung"), "de/sicherung.md");
    folder.write(
        "backup.md",
        "# Sauvegardes\n\nLes sauvegardes de la base sont faites la nuit et gardées pendant une semaine, puis elles sont effacées.\n",
    );
    assert_eq!(first(&folder, "comment faire une sauvegarde"), "backup.md");
}
