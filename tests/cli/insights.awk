# What `docent insights` is to count, counted again: docent's log (as on stderr) -> lines of "what TAB which TAB how often".
# All lines are of one month, and no value has a quote in it.

function field(name,   at, rest) {
    at = index($0, " " name "=")
    if (!at) return ""
    rest = substr($0, at + length(name) + 2)
    if (substr(rest, 1, 1) == "\"") { rest = substr(rest, 2); sub(/".*/, "", rest) }
    else sub(/ .*/, "", rest)
    return rest
}

function seconds(time) {
    return substr(time, 9, 2) * 86400 + substr(time, 12, 2) * 3600 + substr(time, 15, 2) * 60 + substr(time, 18, 2)
}

{
    tool = field("tool"); now = seconds($1); last = now
    who = field("client"); sub(/\/.*/, "", who)
    calls[who " " field("protocol")]++
    took = field("microseconds") + 0
    if (took > longest) longest = took
    pages = field("pages")
}

tool == "search" {
    outcome = field("outcome"); count["outcome\t" outcome]++
    query = tolower(field("query")); gsub(/[ \t]+/, " ", query); sub(/^ /, "", query); sub(/ $/, "", query)
    count["asked\t" query]++
    day = substr($1, 1, 10); count["day\t" day]++
    if (outcome == "nothing" || outcome == "poor") count["not_found\t" query]++
    if (outcome == "exact" || outcome == "relaxed") {
        found++
        found_at[found] = now; found_line[found] = NR; found_query[found] = query
        found_pages[found] = pages; found_who[found] = who " " field("address")
    }
}

tool == "read" {
    missing = field("missing")
    if (missing != "") count["missing\t" missing]++
    else {
        count["read\t" pages]++
        key = who " " field("address") " " pages
        reads[key] = reads[key] " " now ":" NR
    }
}

END {
    for (search = 1; search <= found; search++) {
        is_read = 0
        shown = split(found_pages[search], page, " ")
        for (place = 1; place <= shown; place++) {
            times = split(reads[found_who[search] " " page[place]], time, " ")
            for (one = 1; one <= times; one++) {
                split(time[one], part, ":")
                if (part[2] > found_line[search] && part[1] - found_at[search] <= 600) is_read = 1
            }
        }
        if (is_read) print "total\tfound_and_read\t1"
        else if (last - found_at[search] > 600) {
            print "total\tnothing_read\t1"
            count["nothing_read\t" found_query[search]]++
        } else print "total\tnot_known\t1"
    }
    for (key in count) print key "\t" count[key]
    for (key in calls) print "calls\t" key "\t" calls[key]
    print "longest\t\t" longest
}
