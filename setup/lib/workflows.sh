# shellcheck shell=bash
# The workflows of setup/workflows, with the user's values in the place of those of the examples.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
workflows='incident-access.yml release-a-lease.yml sweep-leases.yml'
check_target() {
  local file
  if [ ! -d "$into" ]; then
    fault "--into $into is no folder: it is a clone of ${repository:-the repository}, in which the workflows are written"
    return
  fi
  for file in $workflows; do
    [ ! -e "$into/.github/workflows/$file" ] || kept="${kept:-} $file"
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
  local folder=$1 file
  shift
  mkdir -p "$into/.github/workflows"
  for file in $workflows; do
    case " ${kept:-} " in *" $file "*) continue ;; esac
    doing "$into/.github/workflows/$file"
    filled "$here/workflows/$folder/$file" "$@" > "$into/.github/workflows/$file"
    done_with_it
  done
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
     to bypass configured protection rules": GitHub's API cannot.
  2. Bring the workflows to $default_branch:
       cd $(printf %q "$into") && git add .github/workflows && git commit -m 'Access by lease' && git push
  3. Take a lease, and have it approved:
       gh workflow run incident-access.yml --repo $repository -f incident=INC-4711 -f who=$1
END
}
