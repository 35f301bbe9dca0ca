# The commands of a Markdown page: for each line of each block marked `sh`, the heading above the
# block, its number under that heading, and the line, separated by tabs.
/^#+ / && !inside { heading = $0; sub(/^#+ /, "", heading); number = 0 }
/^```/ {
    if (inside) { inside = 0; next }
    inside = $0 == "```sh" ? 2 : 1
    if (inside == 2) number++
    next
}
inside == 2 && NF { print heading "\t" number "\t" $0 }
