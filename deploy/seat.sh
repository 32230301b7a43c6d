#!/bin/sh
# Lay out a seat in the home folder, then become the command that follows.
#
# The notebooks are copied, for they are the learner's to change; what is there already stays as it
# is. The figures are copied, too: JupyterLab shows no picture through a link that leads out of the
# home folder. The data are a link to the one copy that all seats share.
#
# Whatever fails, a full disk above all, is said in the seat's log, and the seat starts: only there
# can the learner make room.
set -u
lesson=/srv/layer-by-layer

# Move a learner's own out of the way, under a name that is free.
keep() {
    n=1
    while [ -e "$1-of-mine-$n" ] || [ -L "$1-of-mine-$n" ]; do n=$((n + 1)); done
    mv "$1" "$1-of-mine-$n" && echo "seat.sh: $1 is now $1-of-mine-$n" >&2
}

for folder in notebooks fig; do
    if [ -e "$HOME/$folder" ] && [ ! -d "$HOME/$folder" ]; then keep "$HOME/$folder"; fi
done
(cd "$lesson" && find notebooks fig -type f) | while IFS= read -r file; do
    target=$HOME/$file
    if [ -e "$target" ] || [ -L "$target" ]; then continue; fi
    # Under its own name only when it is whole: a stump would be kept for good.
    new=$target.new
    if ! { mkdir -p "${target%/*}" && cp "$lesson/$file" "$new" && mv "$new" "$target"; }; then
        rm -f "$new"
        echo "seat.sh: no $target at this start" >&2
    fi
done

data=$HOME/data
if [ "$(readlink "$data")" != "$lesson/data" ]; then
    if [ -e "$data" ] || [ -L "$data" ]; then keep "$data"; fi
    # Never into a folder of that name.
    if [ ! -e "$data" ]; then ln -s "$lesson/data" "$data"; fi
fi

exec "$@"
