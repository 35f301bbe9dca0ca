//! What mdoc(7) spells out: standards, libraries, versions of AT&T's Unix.

/// `-p1003.1-2008` of `.St`.
pub(super) fn standard(name: &str) -> Option<&'static str> {
    Some(match name {
        "-ansiC" | "-ansiC-89" => "ANSI X3.159-1989 (“ANSI C89”)",
        "-isoC" | "-isoC-90" => "ISO/IEC 9899:1990 (“ISO C90”)",
        "-isoC-amd1" => "ISO/IEC 9899/AMD1:1995 (“ISO C90, Amendment 1”)",
        "-isoC-tcor1" => "ISO/IEC 9899/TCOR1:1994 (“ISO C90, Technical Corrigendum 1”)",
        "-isoC-tcor2" => "ISO/IEC 9899/TCOR2:1995 (“ISO C90, Technical Corrigendum 2”)",
        "-isoC-99" => "ISO/IEC 9899:1999 (“ISO C99”)",
        "-isoC-2011" => "ISO/IEC 9899:2011 (“ISO C11”)",
        "-iso9945-1-90" | "-p1003.1-90" => "IEEE Std 1003.1-1990 (“POSIX.1”)",
        "-iso9945-1-96" | "-p1003.1-96" => "ISO/IEC 9945-1:1996 (“POSIX.1”)",
        "-p1003.1" => "IEEE Std 1003.1 (“POSIX.1”)",
        "-p1003.1-88" => "IEEE Std 1003.1-1988 (“POSIX.1”)",
        "-p1003.1b" | "-p1003.1b-93" => "IEEE Std 1003.1b-1993 (“POSIX.1b”)",
        "-p1003.1c-95" => "IEEE Std 1003.1c-1995 (“POSIX.1c”)",
        "-p1003.1g-2000" => "IEEE Std 1003.1g-2000 (“POSIX.1g”)",
        "-p1003.1i-95" => "IEEE Std 1003.1i-1995 (“POSIX.1i”)",
        "-p1003.1-2001" => "IEEE Std 1003.1-2001 (“POSIX.1”)",
        "-p1003.1-2004" => "IEEE Std 1003.1-2004 (“POSIX.1”)",
        "-p1003.1-2008" => "IEEE Std 1003.1-2008 (“POSIX.1”)",
        "-p1003.2" => "IEEE Std 1003.2 (“POSIX.2”)",
        "-p1003.2-92" => "IEEE Std 1003.2-1992 (“POSIX.2”)",
        "-p1003.2a-92" => "IEEE Std 1003.2a-1992 (“POSIX.2”)",
        "-iso9945-2-93" => "ISO/IEC 9945-2:1993 (“POSIX.2”)",
        "-ieee754" => "IEEE Std 754-1985",
        "-iso8601" => "ISO 8601",
        "-iso8802-3" => "ISO 8802-3: 1989",
        "-ieee1275-94" => "IEEE Std 1275-1994 (“Open Firmware”)",
        "-xpg3" => "X/Open Portability Guide Issue 3 (“XPG3”)",
        "-xpg4" => "X/Open Portability Guide Issue 4 (“XPG4”)",
        "-xpg4.2" => "X/Open Portability Guide Issue 4, Version 2 (“XPG4.2”)",
        "-xsh4.2" => "X/Open System Interfaces and Headers Issue 4, Version 2 (“XSH4.2”)",
        "-xsh5" => "X/Open System Interfaces and Headers Issue 5 (“XSH5”)",
        "-xns5" => "X/Open Networking Services Issue 5 (“XNS5”)",
        "-xns5.2" => "X/Open Networking Services Issue 5.2 (“XNS5.2”)",
        "-susv1" => "Version 1 of the Single UNIX Specification (“SUSv1”)",
        "-susv2" => "Version 2 of the Single UNIX Specification (“SUSv2”)",
        "-susv3" => "Version 3 of the Single UNIX Specification (“SUSv3”)",
        "-susv4" => "Version 4 of the Single UNIX Specification (“SUSv4”)",
        "-svid4" => "System V Interface Definition, Fourth Edition (“SVID4”)",
        _ => return None,
    })
}

/// `libc` of `.Lb`.
pub(super) fn library(name: &str) -> Option<&'static str> {
    Some(match name {
        "libarchive" => "Streaming Archive Library (libarchive, -larchive)",
        "libbsd" => "Utility functions from BSD systems (libbsd, -lbsd)",
        "libc" => "Standard C Library (libc, -lc)",
        "libcrypt" => "Crypt Library (libcrypt, -lcrypt)",
        "libcrypto" => "OpenSSL crypto library (libcrypto, -lcrypto)",
        "libcurses" => "Curses Library (libcurses, -lcurses)",
        "libedit" => "Command Line Editor Library (libedit, -ledit)",
        "libevent" => "Event Notification Library (libevent, -levent)",
        "libkvm" => "Kernel Data Access Library (libkvm, -lkvm)",
        "libm" => "Math Library (libm, -lm)",
        "libmagic" => "Magic Number Recognition Library (libmagic, -lmagic)",
        "libmd" => "Message Digest (MD4, MD5, etc.) Support Library (libmd, -lmd)",
        "libpcap" => "Packet Capture Library (libpcap, -lpcap)",
        "libpthread" => "POSIX Threads Library (libpthread, -lpthread)",
        "librt" => "POSIX Real-time Library (librt, -lrt)",
        "libssl" => "OpenSSL ssl library (libssl, -lssl)",
        "libutil" => "System Utilities Library (libutil, -lutil)",
        "libz" => "General-purpose compression library (libz, -lz)",
        _ => return None,
    })
}

/// `v7`, `V.4`, `32v` of `.At`.
pub(super) fn system_v(version: &str) -> &'static str {
    match version {
        "v1" => "Version 1 AT&T UNIX",
        "v2" => "Version 2 AT&T UNIX",
        "v3" => "Version 3 AT&T UNIX",
        "v4" => "Version 4 AT&T UNIX",
        "v5" => "Version 5 AT&T UNIX",
        "v6" => "Version 6 AT&T UNIX",
        "v7" => "Version 7 AT&T UNIX",
        "32v" => "AT&T UNIX v32",
        "III" => "AT&T System III UNIX",
        "V" => "AT&T System V UNIX",
        "V.1" => "AT&T System V Release 1 UNIX",
        "V.2" => "AT&T System V Release 2 UNIX",
        "V.3" => "AT&T System V Release 3 UNIX",
        "V.4" => "AT&T System V Release 4 UNIX",
        _ => "AT&T UNIX",
    }
}
