# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_docent_global_optspecs
    string join \n v/verbose q/quiet h/help V/version
end

function __fish_docent_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_docent_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_docent_using_subcommand
    set -l cmd (__fish_docent_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c docent -n "__fish_docent_needs_command" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_needs_command" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_needs_command" -s h -l help -d 'Print help'
complete -c docent -n "__fish_docent_needs_command" -s V -l version -d 'Print version'
complete -c docent -n "__fish_docent_needs_command" -f -a "init" -d 'Write a configuration for folders of documents'
complete -c docent -n "__fish_docent_needs_command" -f -a "serve" -d 'Serve documents to AI assistants'
complete -c docent -n "__fish_docent_needs_command" -f -a "mcp" -d 'Answer an assistant on this machine over standard input and output'
complete -c docent -n "__fish_docent_needs_command" -f -a "search" -d 'Search the documents once, as an assistant would'
complete -c docent -n "__fish_docent_needs_command" -f -a "eval" -d 'Measure how well the documents are found'
complete -c docent -n "__fish_docent_needs_command" -f -a "check" -d 'Read a configuration and its documents, and show what would be served'
complete -c docent -n "__fish_docent_needs_command" -f -a "connect" -d 'Tell how to connect an assistant, or connect it'
complete -c docent -n "__fish_docent_needs_command" -f -a "key" -d 'Make, list and revoke access keys'
complete -c docent -n "__fish_docent_needs_command" -f -a "renew" -d 'Obtain the certificate, or renew it when it is due'
complete -c docent -n "__fish_docent_needs_command" -f -a "revoke" -d 'Revoke the certificate: declare to everybody that it must not be trusted any more'
complete -c docent -n "__fish_docent_needs_command" -f -a "status" -d 'Show how things stand with the certificate, the service and its documents'
complete -c docent -n "__fish_docent_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c docent -n "__fish_docent_needs_command" -f -a "doctor" -d 'See what keeps assistants from connecting, before they try'
complete -c docent -n "__fish_docent_needs_command" -f -a "insights" -d 'Tell how the documentation is used: what is asked, found, read and missing'
complete -c docent -n "__fish_docent_needs_command" -f -a "jwks" -d 'Fetch the keys of the issuers that vouch for people, or see which there are'
complete -c docent -n "__fish_docent_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c docent -n "__fish_docent_using_subcommand init" -s o -l output -d 'The file to write; `-` prints it' -r -F
complete -c docent -n "__fish_docent_using_subcommand init" -l force -d 'Write over a file that is there'
complete -c docent -n "__fish_docent_using_subcommand init" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand init" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand serve" -s c -l config -d 'The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand serve" -s l -l listen -d 'The port, or address and port, to listen on; port 0 takes a free one [default: 127.0.0.1:8080]' -r
complete -c docent -n "__fish_docent_using_subcommand serve" -l name -d 'What the document set is called [default: after its folder]' -r
complete -c docent -n "__fish_docent_using_subcommand serve" -l base-url -d 'Where the documents are published, so that assistants can link to them' -r
complete -c docent -n "__fish_docent_using_subcommand serve" -l cache-dir -d 'Where to keep the index [default: ~/.cache/docent]' -r -F
complete -c docent -n "__fish_docent_using_subcommand serve" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand serve" -l public -d 'Answer other machines too: everybody who reaches this one can read everything, unencrypted'
complete -c docent -n "__fish_docent_using_subcommand serve" -l open -d 'Show the page for people in a browser, once docent answers'
complete -c docent -n "__fish_docent_using_subcommand serve" -l rebuild -d 'Build the index again, even where the new one has far fewer pages'
complete -c docent -n "__fish_docent_using_subcommand serve" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand serve" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand mcp" -s c -l config -d 'The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand mcp" -l cache-dir -d 'Where to keep the index [default: ~/.cache/docent]' -r -F
complete -c docent -n "__fish_docent_using_subcommand mcp" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand mcp" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand mcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand search" -s c -l config -d 'The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand search" -s n -l limit -d 'Pages to show at the most' -r
complete -c docent -n "__fish_docent_using_subcommand search" -l set -d 'Only pages of this document set' -r
complete -c docent -n "__fish_docent_using_subcommand search" -l docs-version -d 'Only this version of the documents, where a set holds several, or all' -r
complete -c docent -n "__fish_docent_using_subcommand search" -l language -d 'Only pages in this language, such as de' -r
complete -c docent -n "__fish_docent_using_subcommand search" -l format -d 'How to print the results' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand search" -l cache-dir -d 'Where to keep the index [default: ~/.cache/docent]' -r -F
complete -c docent -n "__fish_docent_using_subcommand search" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand search" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand eval" -s c -l config -d 'The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand eval" -l run -d 'Write the rankings to this file, outside of the documents' -r -F
complete -c docent -n "__fish_docent_using_subcommand eval" -l compare -d 'Compare with the rankings that --run wrote earlier, question by question' -r -F
complete -c docent -n "__fish_docent_using_subcommand eval" -l fails -d 'List the questions that did worst: 15, or N' -r
complete -c docent -n "__fish_docent_using_subcommand eval" -l format -d 'How to print the figures' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand eval" -l cache-dir -d 'Where to keep the index [default: ~/.cache/docent]' -r -F
complete -c docent -n "__fish_docent_using_subcommand eval" -l self -d 'Ask for headings and links of the documents themselves, taken out of the index first'
complete -c docent -n "__fish_docent_using_subcommand eval" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand eval" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand eval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand check" -s c -l config -d 'The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand check" -l as -d 'Look as this user does [default: as the service\'s user, `docent`, where root asks]' -r
complete -c docent -n "__fish_docent_using_subcommand check" -l format -d 'How to print it' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand check" -l config-only -d 'Only read the configuration, not the documents: quick, and silent where nothing is wrong'
complete -c docent -n "__fish_docent_using_subcommand check" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand check" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand connect" -l url -d 'Where docent answers [default: what the configuration says, else http://127.0.0.1:8080]' -r
complete -c docent -n "__fish_docent_using_subcommand connect" -l name -d 'What the assistant is to call it [default: made of the configured title, else docent]' -r
complete -c docent -n "__fish_docent_using_subcommand connect" -s c -l config -d 'The configuration of the docent that is connected [default: ./docent.toml, else /etc/docent/docent.toml, where there is one]' -r -F
complete -c docent -n "__fish_docent_using_subcommand connect" -l file -d 'Write into this file [default: where the assistant looks]' -r -F
complete -c docent -n "__fish_docent_using_subcommand connect" -l write -d 'Make the change in the assistant\'s own configuration file, after showing it'
complete -c docent -n "__fish_docent_using_subcommand connect" -l project -d 'Write for everybody who works on the project in the current folder'
complete -c docent -n "__fish_docent_using_subcommand connect" -s y -l yes -d 'Do not ask before writing'
complete -c docent -n "__fish_docent_using_subcommand connect" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand connect" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -f -a "new" -d 'Make an access key, and print it once'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -f -a "list" -d 'List the access keys: whom each is for, when it ends, and when it was last used'
complete -c docent -n "__fish_docent_using_subcommand key; and not __fish_seen_subcommand_from new list revoke" -f -a "revoke" -d 'Revoke access keys: they open nothing any more'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s a -l audience -d 'The audience whose documentation it opens, as the configuration names it' -r
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s e -l expires -d 'When it ends: 90d, 12h, 2w, 1y, the beginning of a day (2027-01-31), a moment, or never' -r
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s c -l config -d 'The configuration that it is for [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -l no-reload -d 'Do not tell the service'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -s c -l config -d 'The configuration that they are for [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -l unit -d 'The unit whose journal tells of use [default: docent.service, for /etc/docent/docent.toml]' -r
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -l format -d 'How to print it' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -l json -d 'The same as --format json'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from revoke" -s c -l config -d 'The configuration that they are for [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from revoke" -l no-reload -d 'Do not tell the service'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand key; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand renew" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand renew" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand renew" -l force -d 'Ask the authority now, whatever the schedule says'
complete -c docent -n "__fish_docent_using_subcommand renew" -l dry-run -d 'Try it with the authority\'s staging directory, and keep nothing; where it has none, only have the names validated'
complete -c docent -n "__fish_docent_using_subcommand renew" -l due -d 'Only say whether the certificate is due: exit status 0 if it is, 1 if not'
complete -c docent -n "__fish_docent_using_subcommand renew" -l new-account-key -d 'Give the account at the authority a new key, and do nothing else'
complete -c docent -n "__fish_docent_using_subcommand renew" -l scheduled -d 'Look as a timer does, often: a failure ends with its exit status once, and until the next attempt with 0; nothing is printed'
complete -c docent -n "__fish_docent_using_subcommand renew" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand renew" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand revoke" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand revoke" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand revoke" -l reason -d 'Why, in the words of X.509' -r -f -a "unspecified\t''
keyCompromise\t''
affiliationChanged\t''
superseded\t''
cessationOfOperation\t''"
complete -c docent -n "__fish_docent_using_subcommand revoke" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand revoke" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand status" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand status" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand status" -l as -d 'Look as this user does [default: as the service\'s user, `docent`, where root asks]' -r
complete -c docent -n "__fish_docent_using_subcommand status" -l format -d 'How to print it' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand status" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand status" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand completions" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand completions" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand doctor" -l url -d 'The address that assistants are given [default: as the configuration says]' -r
complete -c docent -n "__fish_docent_using_subcommand doctor" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml, and none with --url]' -r -F
complete -c docent -n "__fish_docent_using_subcommand doctor" -l as -d 'Look as this user does [default: as the service\'s user, `docent`, where root asks]' -r
complete -c docent -n "__fish_docent_using_subcommand doctor" -l ca-file -d 'Trust these certificates alone (PEM), for an authority of your own [default: those that browsers trust]' -r -F
complete -c docent -n "__fish_docent_using_subcommand doctor" -l resolve -d 'Take this for an address of the name, in place of what DNS says; may be repeated' -r
complete -c docent -n "__fish_docent_using_subcommand doctor" -l connect-to -d 'Connect to another place for this host and port, as curl does: HOST:PORT:ADDRESS:PORT; may be repeated' -r
complete -c docent -n "__fish_docent_using_subcommand doctor" -l token -d 'Examine what is behind the sign-in too, with an access key or token that is read from FILE or, without one, from standard input: paste it, and press Enter. It is sent to the address alone, and shown nowhere' -r -F
complete -c docent -n "__fish_docent_using_subcommand doctor" -l timeout -d 'How long one connection or one answer may take, in seconds' -r
complete -c docent -n "__fish_docent_using_subcommand doctor" -l format -d 'How to print it' -r -f -a "text\t'For people'
json\t'For programs'"
complete -c docent -n "__fish_docent_using_subcommand doctor" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand doctor" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand insights" -l since -d 'From when on: 7d, 24h, a day, or a moment [default: 7d of the journal, all of a file]' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -l until -d 'Up to when [default: now]' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -l file -d 'Read this in place of this machine\'s journal: lines of docent\'s stderr or of `journalctl -o json`, a file or folder of the journal, or - for standard input' -r -F
complete -c docent -n "__fish_docent_using_subcommand insights" -l unit -d 'The unit whose lines of the journal count' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -l audience -d 'Count only what this audience asks' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -s n -l rows -d 'Rows of each list at the most' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -l format -d 'How to print it' -r -f -a "text\t'For people, here'
json\t'For programs'
html\t'For people, as a page with plots'"
complete -c docent -n "__fish_docent_using_subcommand insights" -s c -l config -d 'The configuration whose index tells which pages there are [default: /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand insights" -l as -d 'Look as this user does [default: as the service\'s user, `docent`, where root asks]' -r
complete -c docent -n "__fish_docent_using_subcommand insights" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand insights" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand insights" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -f -a "fetch" -d 'Fetch the keys of all issuers in the configuration'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -f -a "list" -d 'Show the keys that are there, and how old they are; asks nobody'
complete -c docent -n "__fish_docent_using_subcommand jwks; and not __fish_seen_subcommand_from fetch list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l scheduled -d 'Do as a timer does: print nothing where it works, and ask an issuer once a second at the most'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from list" -s c -l config -d 'The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]' -r -F
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from list" -l state-dir -d 'Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the default configuration; else certs/ beside the configuration]' -r -F
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log more: -v for details, -vv for everything'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Log less: -q for warnings, -qq for errors alone'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from help" -f -a "fetch" -d 'Fetch the keys of all issuers in the configuration'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show the keys that are there, and how old they are; asks nobody'
complete -c docent -n "__fish_docent_using_subcommand jwks; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "init" -d 'Write a configuration for folders of documents'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "serve" -d 'Serve documents to AI assistants'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "mcp" -d 'Answer an assistant on this machine over standard input and output'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "search" -d 'Search the documents once, as an assistant would'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "eval" -d 'Measure how well the documents are found'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "check" -d 'Read a configuration and its documents, and show what would be served'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "connect" -d 'Tell how to connect an assistant, or connect it'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "key" -d 'Make, list and revoke access keys'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "renew" -d 'Obtain the certificate, or renew it when it is due'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "revoke" -d 'Revoke the certificate: declare to everybody that it must not be trusted any more'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "status" -d 'Show how things stand with the certificate, the service and its documents'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "completions" -d 'Print the completions of a shell'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "doctor" -d 'See what keeps assistants from connecting, before they try'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "insights" -d 'Tell how the documentation is used: what is asked, found, read and missing'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "jwks" -d 'Fetch the keys of the issuers that vouch for people, or see which there are'
complete -c docent -n "__fish_docent_using_subcommand help; and not __fish_seen_subcommand_from init serve mcp search eval check connect key renew revoke status completions doctor insights jwks help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c docent -n "__fish_docent_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "new" -d 'Make an access key, and print it once'
complete -c docent -n "__fish_docent_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "list" -d 'List the access keys: whom each is for, when it ends, and when it was last used'
complete -c docent -n "__fish_docent_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "revoke" -d 'Revoke access keys: they open nothing any more'
complete -c docent -n "__fish_docent_using_subcommand help; and __fish_seen_subcommand_from jwks" -f -a "fetch" -d 'Fetch the keys of all issuers in the configuration'
complete -c docent -n "__fish_docent_using_subcommand help; and __fish_seen_subcommand_from jwks" -f -a "list" -d 'Show the keys that are there, and how old they are; asks nobody'
