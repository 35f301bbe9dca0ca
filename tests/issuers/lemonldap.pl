# An identity provider, LemonLDAP::NG, on a free port of loopback: perl lemonldap.pl FOLDER AUDIENCE REDIRECT
#
# It keeps everything in FOLDER. A client called "docent-tests", without a secret, is told to it beforehand, as an administrator does; its
# access tokens are JWTs (RS256, with the type "JWT" and an array of audiences) for AUDIENCE. It prints {"issuer": URL} when it
# serves, and ends with its standard input. Its users are those of its demonstration: dwho (groups timelords, users), rtyler and
# msmith (earthlings, users), each with their name as the password.
#
# A line of standard input, {"do": "rotate"}, gives it another key; it is answered by a line, {"key": ID}.
use strict;
use warnings;
use Crypt::OpenSSL::RSA;
use HTTP::Server::PSGI;
use IO::Socket::INET;
use JSON;

my ($folder, $audience, $redirect) = @ARGV;
$| = 1;
my $socket = IO::Socket::INET->new(Listen => 128, LocalAddr => "127.0.0.1", LocalPort => 0) or die "no port: $!";
my $issuer = "http://localhost:" . $socket->sockport . "/";
mkdir "$folder/$_" for qw(conf sessions sessions/lock persistent persistent/lock cache);

open my $ini, ">", "$folder/lemonldap-ng.ini" or die $!;
print $ini <<"END";
[all]
logLevel = warn
checkTime = 1
[configuration]
type = File
dirName = $folder/conf
localStorage = Cache::NullCache
[portal]
staticPrefix = /static
templateDir = $ENV{LEMONLDAP}/usr/share/lemonldap-ng/portal/templates
languages = en
END
close $ini;
$ENV{LLNG_DEFAULTCONFFILE} = "$folder/lemonldap-ng.ini";

my $number = 0;
configure();
my $server = $$;
if ((fork // die "no process: $!") == 0) {
    # The server looks for another configuration each second; this process writes it, and ends the server with its own input.
    close $socket;
    print encode_json({ issuer => $issuer }), "\n";
    print encode_json({ key => configure() }), "\n" while <STDIN>;
    kill "KILL", $server if getppid == $server;
    exit 0;
}
require Lemonldap::NG::Portal::Main;
HTTP::Server::PSGI->new(listen_sock => $socket)->run(Lemonldap::NG::Portal::Main->run({}));

# Writes a configuration with a key of its own, and returns the id of the key.
sub configure {
    my $key = Crypt::OpenSSL::RSA->generate_key(2048);
    my $id = "key-" . ++$number;
    my $files = sub { { Directory => "$folder/$_[0]", LockDirectory => "$folder/$_[0]/lock" } };
    my %configuration = (
        cfgNum => $number,
        cfgDate => time,
        cfgAuthor => "docent's tests",
        cfgVersion => "2.0.0",
        portal => $issuer,
        domain => "localhost",
        cookieName => "lemonldap",
        securedCookie => 0,
        authentication => "Demo",
        userDB => "Same",
        demoExportedVars => { uid => "uid", cn => "cn", mail => "mail" },
        globalStorage => "Apache::Session::File",
        globalStorageOptions => {
            %{ $files->("sessions") }, generateModule => "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        },
        localSessionStorage => "Cache::NullCache",
        persistentStorage => "Apache::Session::File",
        persistentStorageOptions => $files->("persistent"),
        # Nobody is shown a picture to decipher; the module for them, which is loaded all the same, needs ImageMagick.
        captcha => "::Plugins::History",
        tokenUseGlobalStorage => 1,
        timeout => 72000,
        whatToTrace => "uid",
        locationRules => {},
        exportedHeaders => {},
        issuerDBOpenIDConnectActivation => 1,
        issuerDBOpenIDConnectPath => "^/oauth2/",
        oidcServiceMetaDataIssuer => $issuer,
        oidcServicePrivateKeySig => $key->get_private_key_string,
        oidcServicePublicKeySig => $key->get_public_key_x509_string,
        oidcServiceKeyIdSig => $id,
        oidcServiceAllowAuthorizationCodeFlow => 1,
        oidcServiceIgnoreScopeForClaims => 1,
        oidcRPMetaDataExportedVars => { docent => { groups => "groups;string;always", email => "mail" } },
        oidcRPMetaDataOptions => {
            docent => {
                oidcRPMetaDataOptionsClientID => "docent-tests",
                oidcRPMetaDataOptionsPublic => 1,
                oidcRPMetaDataOptionsRequirePKCE => 1,
                oidcRPMetaDataOptionsBypassConsent => 1,
                oidcRPMetaDataOptionsRedirectUris => $redirect,
                oidcRPMetaDataOptionsAccessTokenJWT => 1,
                oidcRPMetaDataOptionsAccessTokenClaims => 1,
                oidcRPMetaDataOptionsAccessTokenSignAlg => "RS256",
                oidcRPMetaDataOptionsIDTokenSignAlg => "RS256",
                oidcRPMetaDataOptionsAdditionalAudiences => $audience,
            },
        },
    );
    open my $file, ">", "$folder/conf/lmConf-$number.json" or die $!;
    print $file encode_json(\%configuration);
    close $file;
    return $id;
}
