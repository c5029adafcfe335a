# shellcheck shell=bash
# The workflows of setup/workflows, with the user's values in the place of those of the examples.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Both clouds' fit beside one another in one repository.
workflows="incident-access$suffix.yml release-a-lease$suffix.yml sweep-leases$suffix.yml"
check_target() {
  local file
  if [ ! -d "$into" ]; then
    fault "--into $into is no folder: it is a clone of ${repository:-the repository}, in which the workflows are written"
    return
  fi
  for file in $workflows; do
    if [ -e "$into/.github/workflows/$file" ] || [ -L "$into/.github/workflows/$file" ]; then kept="${kept:-} $file"; fi
  done
}

# The commit of this clone: what was read here is what runs there.
action_reference() {
  local url name commit
  url=$(git -C "$here" config --get remote.origin.url || true)
  name=$(printf '%s\n' "$url" | sed -nE 's#^.*github\.com[:/]([^/]+/[^/]+)$#\1#p')
  commit=$(git -C "$here" rev-parse HEAD 2> /dev/null || true)
  [ -z "$name" ] || [ -z "$commit" ] || echo "${name%.git}@$commit"
}

# Arguments: the folder of templates, then pairs of a value of the examples and what stands for it.
write_workflows() {
  local folder=$1 file at new others=''
  shift
  mkdir -p "$into/.github/workflows"
  for file in $workflows; do
    at=$into/.github/workflows/$file
    doing "$at"
    # A file is there whole, or not at all.
    new=$(mktemp "$into/.github/workflows/.new-XXXXXX")
    filled "$here/workflows/$folder/$file" "$@" > "$new" || { rm -f "$new" && exit 1; }
    case " ${kept:-} " in
      *" $file "*)
        cmp -s "$new" "$at" || others="$others  - $at"$'\n'
        rm -f "$new"
        now=''
        ;;
      *)
        chmod 644 "$new"
        mv "$new" "$at"
        done_with_it
        ;;
    esac
  done
  [ -n "$others" ] || return 0
  printf '\nThese were there with something else in them, and were left as they are:\n%sMove them away and run the same command again, which writes them anew.\n' "$others" >&2
  exit 1
}
# In one pass, so that nothing is put into what was put in.
filled() {
  awk 'BEGIN {
    for (i = 2; i < ARGC; i += 2) { from[i] = ARGV[i]; to[i] = ARGV[i + 1] }
    pairs = ARGC
    while ((getline line < ARGV[1]) > 0) {
      while (1) {
        first = 0
        for (i = 2; i < pairs; i += 2)
          if ((at = index(line, from[i])) && (!first || at < first)) { first = at; which = i }
        if (!first) break
        printf "%s%s", substr(line, 1, first - 1), to[which]
        line = substr(line, first + length(from[which]))
      }
      print line
    }
  }' "$@"
}
# A plain scalar of YAML where that is safe.
yaml_text() {
  if [[ $1 =~ ^[A-Za-z][A-Za-z0-9\ ()_.-]*$ ]]; then echo "$1"; else echo "'${1//\'/\'\'}'"; fi
}

what_now() { # value of who
  cat << END

Everything is there. What is left:
  1. At https://github.com/$repository/settings/environments, in production-access, take away "Allow administrators
     to bypass configured protection rules": GitHub's documented API cannot.
  2. Bring the workflows to $default_branch:
       cd $(printf %q "$into") && git add .github/workflows && git commit -m 'Access by lease' -- .github/workflows && git push
  3. See that the sweep is green, before anything is leased:
       gh workflow run sweep-leases$suffix.yml --repo $repository
  4. Take a lease, and have it approved:
       gh workflow run incident-access$suffix.yml --repo $repository -f incident=INC-4711 -f who=$1
END
}
