# shellcheck shell=bash
# The files that a script writes: the workflows of setup/workflows, with the user's values in place of the examples, and
# people.yml.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# One repository can have those of both clouds.
name_files() {
  form=incident-access$suffix.yml
  ! is_by_review || form=lease-by-review$suffix.yml
  workflows=".github/workflows/$form .github/workflows/release-a-lease$suffix.yml .github/workflows/sweep-leases$suffix.yml"
  files=$workflows
  is_by_review || files="$files $people_file"
}
# An existing workflow must be exactly the one that would be written. Otherwise it is the user's own, and the script stops.
look_up_files() {
  local file at
  kept=''
  for file in $workflows; do
    at=$into/$file
    [ -e "$at" ] || [ -L "$at" ] || continue
    kept="$kept $file"
    content_of "$file" | cmp -s - "$at" ||
      fault "$at exists with other content: move it, or continue by hand as in setup/README.md"
  done
  is_by_review || look_up_people
  look_up_uncommitted
  look_up_workflow_scope
}
content_of() { # file
  if [ "$1" = "$people_file" ]; then people_text; else workflow "${1##*/}"; fi
}
is_kept() { case " $kept " in *" $1 "*) ;; *) return 1 ;; esac }

plan_workflows() {
  local file
  for file in $workflows; do
    if is_kept "$file"; then
      plan_line "${file##*/}" 'exists, exactly as it would be written'
    else
      plan_line "${file##*/}" "will be written to $into/.github/workflows"
    fi
  done
}
write_files() {
  local file at new
  mkdir -p "$into/.github/workflows"
  for file in $files; do
    ! is_kept "$file" || continue
    at=$into/$file
    doing "$at"
    # Never leaves half a file.
    new=$(mktemp "${at%/*}/.new-XXXXXX")
    content_of "$file" > "$new" || { rm -f "$new" && exit 1; }
    chmod 644 "$new"
    mv "$new" "$at"
    done_with_it
  done
}
# In one pass, so that values are not replaced again.
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
what_now() {
  local number=0
  case $push in
    refused) printf '\nNot finished: the files are not on %s. What is left:\n' "$default_branch" ;;
    *) printf '\nEverything is set up. What is left:\n' ;;
  esac
  if [ "$grant_bypass" != false ]; then
    step "At https://github.com/$repository/settings/environments, in production-access, turn off \"Allow administrators
     to bypass configured protection rules\". GitHub does not show that it is off."
  fi
  if [ "$push" != true ]; then
    step "Bring the files to $default_branch:" "$(how_to_push)"
  fi
  if [ "$push" = refused ]; then
    step "Once they are on $default_branch, pull, and run the same command again${who:+: it starts the sweep$(is_by_review || echo ' and the lease')}:" "git -C $(printf %q "$into") switch $default_branch && git -C $(printf %q "$into") pull"
    return
  fi
  if [ "$lease_state" = in_progress ]; then
    step "Follow the run of the lease, which is not finished: $lease"
  elif [ -n "$lease" ]; then
    step "Have the lease approved, by $approvers: $lease"
  else
    [ "${conclusion:-}" = success ] ||
      step 'Check that the sweep is green, before you lease anything:' "gh workflow run sweep-leases$suffix.yml --repo $repository"
    if is_by_review; then
      how_to_request
      how_it_ends
      return
    fi
    step "In $people_file, give each person who takes leases a line below the ID of their account, such as:" "$example_line"
    step 'Take a lease, and have it approved:' "gh workflow run incident-access$suffix.yml --repo $repository -f incident=$(printf %q "$incident")"
  fi
  how_it_ends
}
# Not indented, so that it can be pasted.
how_to_request() {
  local at=access/request-$cloud_name.yml principal=${example_line#*: }
  [ -z "$who" ] || principal=$(principal_text "user:${who_id:-$who}")
  step 'Ask for a lease in a pull request:'
  cat << END

cd $(printf %q "$into") && git switch $default_branch && git pull && git switch -c access-\$(date +%s) && mkdir -p access &&
cat > $at << 'END' && git add $at && git commit -m $(printf %q "$incident") && git push -u $remote HEAD && gh pr create --fill --base $default_branch
version: 1
cloud: $cloud_name
grants:
  - principal: $principal
    role: $(yaml_text "$role")
    target: $target
    note: $(yaml_text "$incident")
END
  printf '%s\n\n' END
  step "Another person with write access reads that file, who gets what, and approves the last commit. Then one of you merges it on GitHub: that starts the lease. Delete the branch only after the run has ended. For the next lease change the file in another pull request."
}
how_it_ends() {
  local lifetime
  lifetime=$(workflow "$form" | sed -n 's/^ *lifetime: *//p')
  printf '\nThe lease lasts %s; %s. To end it earlier, use the lease-id in the summary of its run:\n' "$lifetime" "$ended_by"
  echo "       gh workflow run release-a-lease$suffix.yml --repo $repository -f lease-id=LEASE_ID"
}
step() { # what, the command for it
  number=$((number + 1))
  echo "  $number. $1"
  [ $# -lt 2 ] || echo "       $2"
}
