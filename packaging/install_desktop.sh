#!/bin/sh
# Menu entry, icons and file type for the user; writes below XDG_DATA_HOME, needs no root.
# Usage: install_desktop.sh [--uninstall]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
theme=$data/icons/hicolor
entry=$data/applications/gate-studio.desktop
type=$data/mime/packages/gate-studio-mime.xml
app_icon=$theme/scalable/apps/gate-studio.svg
type_icon=$theme/scalable/mimetypes/application-x-gate-studio.svg

fail() {
  echo "Error: $1" >&2
  exit "$2"
}

find_command() {
  command=$root/.venv/bin/gate-studio
  [ -x "$command" ] || command=$(command -v gate-studio) ||
    fail "there is no command gate-studio, neither in .venv nor on the PATH; run: make install-desktop" 1
  case $command in /*) ;; *) command=$PWD/$command ;; esac
}

# The Desktop Entry Specification quotes twice: an argument of Exec, then a value of the file.
# GLib takes %% in a program's own name for what it is, and hides the entry; in an argument it does not.
write_entry() {
  case $command in *%*) through="env " ;; *) through="" ;; esac
  quoted=$(printf '%s' "$command" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
  {
    grep -v '^Exec=' "$root/packaging/gate-studio.desktop"
    printf 'Exec=%s"%s" %%f\n' "$through" "$quoted"
  } >"$entry"
}

put() {
  mkdir -p "$(dirname -- "$2")"
  cp "$1" "$2"
  echo "installed $2"
}

drop() {
  [ ! -e "$1" ] || { rm "$1" && echo "removed $1"; }
}

# Runs a tool of the desktop; one that is missing or fails is told and changes no exit status.
refresh() {
  effect=$1
  shift
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "$1 is not installed: $effect"
  elif output=$("$@" 2>&1); then
    echo "ran $1"
  else
    echo "$1 failed: $effect"
    echo "$output"
  fi
}

refresh_all() {
  [ ! -d "$data/applications" ] ||
    refresh "a double click may not find the program until it has run (package desktop-file-utils)" \
      update-desktop-database -q "$data/applications"
  [ ! -d "$data/mime/packages" ] ||
    refresh "session files are known as before until it has run (package shared-mime-info)" \
      update-mime-database "$data/mime"
  [ ! -d "$theme" ] || touch "$theme" # desktops look again at a theme that is newer than they know
  [ ! -e "$theme/icon-theme.cache" ] ||
    refresh "icons are shown as before until it has run" gtk-update-icon-cache -q -f -t "$theme"
}

install_all() {
  find_command
  mkdir -p "$data/applications"
  write_entry
  echo "installed $entry, which starts $command"
  put "$root/packaging/gate-studio-mime.xml" "$type"
  put "$root/resources/icons/gate-studio.svg" "$app_icon"
  put "$root/resources/icons/application-x-gate-studio.svg" "$type_icon"
  refresh_all
}

uninstall_all() {
  for file in "$entry" "$type" "$app_icon" "$type_icon"; do drop "$file"; done
  refresh_all
  remove_empty
}

# What the tools made of our files alone is ours to remove; what others have a part in stays.
remove_empty() {
  cache=$data/applications/mimeinfo.cache
  [ ! -e "$cache" ] || [ "$(cat "$cache")" != "[MIME Cache]" ] || rm "$cache"
  if rmdir "$data/mime/packages" 2>/dev/null; then
    rm -f "$data/mime/application/x-gate-studio.xml"
    for name in aliases generic-icons globs globs2 icons magic mime.cache subclasses treemagic \
      types version XMLnamespaces; do
      rm -f "$data/mime/$name"
    done
  fi
  for folder in mime/application mime applications icons/hicolor/scalable/apps \
    icons/hicolor/scalable/mimetypes icons/hicolor/scalable icons/hicolor icons; do
    rmdir "$data/$folder" 2>/dev/null || :
  done
}

[ "$(uname)" != Darwin ] || fail "macOS has no desktop entries" 1
case $data in
  /*) ;;
  *) fail "XDG_DATA_HOME holds the relative path '$data'; set it to an absolute path or unset it" 1 ;;
esac
case $* in
  "") install_all ;;
  --uninstall) uninstall_all ;;
  *) fail "unknown: $*; usage: install_desktop.sh [--uninstall]" 2 ;;
esac
