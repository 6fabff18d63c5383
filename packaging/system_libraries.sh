#!/bin/sh
# Qt's system libraries on Debian and Ubuntu: installs what is missing as root, else names it.
# Usage: system_libraries.sh [window]    (window: also what a real window needs)
command -v dpkg-query >/dev/null 2>&1 || exit 0
wanted="libgomp1 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 fonts-dejavu-core"
if [ "$1" = window ]; then
  wanted="$wanted libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
fi
missing=""
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then
  echo "Installing Qt's system libraries:$missing"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Qt needs system libraries: sudo apt-get install --no-install-recommends$missing"
fi
