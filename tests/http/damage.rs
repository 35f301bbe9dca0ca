//! An index that is damaged while it is served.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use docent::config::Limits;
use serde_json::{Value, json};

use crate::server::{Server, library};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// Writes into a file that stays the same one, and as long: whoever has mapped it reads this.
fn write_in_place(path: &Path, bytes: &[u8]) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// Everything that looks into the index; the answers.
fn ask(server: &Server) -> Vec<Value> {
    let tool = |name: &str, arguments: Value| {
        server.call("tools/call", json!({"name": name, "arguments": arguments}))
    };
    let mut answers = vec![
        tool("read", json!({"id": "guide/tasks/backup.md"})),
        tool("browse", json!({})),
        server.call("resources/list", json!({})),
        server.call(
            "resources/read",
            json!({"uri": "docent://guide/install.md"}),
        ),
    ];
    for query in [
        "retention_days",
        "Lantern",
        "how to bakup evrything",
        "zzzz",
        "install",
    ] {
        answers.push(tool("search", json!({ "query": query })));
    }
    answers
}

#[test]
fn what_cannot_be_read_is_an_error_of_each_search_and_of_no_other_one() {
    let (library, cache) = library::handbook();
    let server = Server::holding((library, cache), Limits::default());
    let sound = ask(&server);
    let kept: Vec<_> = files(server.cache())
        .into_iter()
        .map(|path| (fs::read(&path).unwrap(), path))
        .collect();
    let mut errors = 0;
    let damages: [fn(u8) -> u8; 4] = [|_| 0, |_| 0xff, |byte| !byte, |byte| byte.rotate_left(3)];
    for damage in damages {
        for (bytes, path) in &kept {
            let damaged: Vec<u8> = bytes.iter().map(|byte| damage(*byte)).collect();
            write_in_place(path, &damaged);
        }
        for answer in ask(&server) {
            let is_error = answer["result"]["isError"] == true || answer["error"].is_object();
            assert!(is_error || answer["result"].is_object(), "{answer}");
            errors += usize::from(is_error);
        }
        assert!([200, 503].contains(&server.get("/healthz").status));
        assert_eq!(server.call("ping", json!({}))["result"], json!({}));
    }
    assert!(errors > 0, "something of it was read from the files");
    for (bytes, path) in &kept {
        write_in_place(path, bytes);
    }
    for (again, first) in ask(&server).iter().zip(&sound) {
        assert_eq!(
            again["result"]["isError"], first["result"]["isError"],
            "{again}"
        );
        assert_eq!(again["error"], first["error"], "{again}");
    }
    assert_eq!(server.get("/healthz").status, 200);
}
