#!/bin/sh
# Prints the path of an nginx that can be run. None on this machine: it is fetched from the distribution's archive and unpacked into a
# folder of its own. Nothing is installed, and no service of the machine is started or changed.
set -eu
folder=${1:?the folder to unpack into}

for nginx in "$(command -v nginx || true)" /usr/sbin/nginx "$folder/usr/sbin/nginx"; do
    if [ -x "$nginx" ]; then echo "$nginx"; exit 0; fi
done

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { echo "there is no nginx, and no apt-get to fetch it" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
# nginx-core: where Ubuntu keeps the program.
fetch() { apt-get download -q nginx >&2 && { apt-get download -q nginx-core >&2 || true; }; }
fetch || { apt-get update -q >&2 && fetch; }
for package in ./*.deb; do dpkg-deb -x "$package" .; done
usr/sbin/nginx -v >&2
echo "$folder/usr/sbin/nginx"
