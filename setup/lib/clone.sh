# shellcheck shell=bash
# Git: the clone in which the files are written, and this clone, whose commit they name.

git_in() { git -C "$into" "$@" 2> "$said"; }

look_up_clone() {
  local one folder
  if [ "$(git_in rev-parse --is-inside-work-tree --show-prefix)" != true ]; then
    fault "--into $into is not the top folder of a clone of ${repository:-the repository}. Example: --into ../infra"
    return
  fi
  for folder in "$into" "$into/.github" "$into/.github/workflows"; do
    [ ! -e "$folder" ] || { [ -d "$folder" ] && [ -w "$folder" ]; } || fault "Could not write in $folder. Use a clone of your own. Example: --into ../infra"
  done
  # The usual remote first.
  for one in $(git_in remote | grep -x origin) $(git_in remote); do
    if is_repository "$(push_address "$one")"; then remote=$one && break; fi
  done
  [ -n "${remote:-}" ] || [ -z "$repository" ] || fault "--into $into has no remote that is $repository. Clone it: gh repo clone $repository ../infra"
}
push_address() { git_in config --get "remote.$1.pushurl" || git_in config --get "remote.$1.url"; }
# Host and OWNER/NAME of a URL of git, in all its forms.
remote_name() {
  printf '%s\n' "$1" | sed -nE 's|/*$||; s|\.git$||; s|^([a-z+]+://)?([^/@]*@)?([^/:]+)(:[0-9]+)?[:/]+([^/:]+/[^/:]+)$|\3 \5|p'
}
is_repository() { # address
  local host name
  read -r host name <<< "$(remote_name "$1")"
  is_github "$host" && is_same "$name" "$repository"
}
# A host without a dot is the user's own alias for ssh.
is_github() { # host
  case $1 in
    *.*) is_same "$1" github.com || is_same "$1" ssh.github.com ;;
  esac
}

# Only these files are pushed, so no other commit can be waiting.
look_up_branch() {
  local theirs
  branch=$(git_in symbolic-ref --quiet --short HEAD) || branch=''
  if [ "$branch" != "$default_branch" ]; then
    push=false
    [ -z "$who" ] || fault "--who requires the workflows on $default_branch, and $into is on ${branch:-no branch}: git -C $(printf %q "$into") switch $default_branch"
  fi
  [ "$push" = true ] || return 0
  if ! head=$(git_in rev-parse --verify HEAD); then
    fault "$into has no commit yet: create a first one, and push it"
  elif ! theirs=$(git_in ls-remote "$remote" "refs/heads/$default_branch"); then
    fault "Could not reach $repository with git from $into: $(first_line). Fix that, or use --no-push"
  elif theirs=${theirs%%[[:space:]]*} && [ "$theirs" != "$head" ]; then
    # If an earlier run stopped between the commit and the push, that commit is still to be pushed.
    if is_own_commit "$theirs"; then head=$theirs; else
      fault "$default_branch in $into is not at the same commit as on GitHub: pull, and push your commits, or use --no-push"
    fi
  fi
  git_in var GIT_COMMITTER_IDENT > /dev/null || fault "git does not know who commits: git config --global user.name 'Your Name' && git config --global user.email you@example.com"
}
# One commit more than GitHub has, with only these files.
is_own_commit() { # the commit there
  local file changed_files
  [ "$(git_in rev-parse --verify --quiet HEAD^)" = "$1" ] || return 1
  changed_files=$(git_in diff --name-only HEAD^ HEAD)
  [ -n "$changed_files" ] || return 1
  for file in $changed_files; do
    case " $files " in *" $file "*) ;; *) return 1 ;; esac
  done
}

# The files that the clone's commit does not have as they are or would be written.
look_up_uncommitted() {
  local file
  uncommitted=''
  for file in $files; do
    is_kept "$file" && git_in cat-file -e "HEAD:$file" && git_in diff --quiet HEAD -- "$file" ||
      uncommitted="$uncommitted${uncommitted:+ }$file"
  done
}
are_on_branch() { [ -z "$uncommitted" ] && [ "$(git_in rev-parse HEAD)" = "$head" ]; }

# If git signs in with gh's token, the token must be allowed to write workflows.
look_up_workflow_scope() {
  [ "$push" = true ] && ! are_on_branch || return 0
  case $(git_in config --get-urlmatch credential.helper "$(push_address "$remote")") in
    *'gh auth git-credential'*) needs_scopes workflow ;;
  esac
}

plan_push() {
  case $push/$branch in
    true/*)
      if are_on_branch; then
        plan_line '' "all on $default_branch already"
        return
      elif [ -z "$uncommitted" ]; then
        plan_line '' "committed already, will be pushed to $default_branch"
      elif [ "$uncommitted" = "$files" ]; then
        plan_line '' "will be committed, these files only, and pushed to $default_branch"
      else
        plan_line '' "will be committed, $uncommitted only, and pushed to $default_branch"
      fi
      plan_line '' 'if GitHub refuses that push, the commands for a pull request are printed'
      ;;
    */"$default_branch") plan_line '' 'will not be pushed, as you asked' ;;
    *) plan_line '' "will not be pushed: $into is on ${branch:-no branch}, not on $default_branch" ;;
  esac
}

push_files() {
  [ "$push" = true ] || return 0
  ! are_on_branch || return 0
  doing "files on $default_branch"
  # shellcheck disable=SC2086 # Several files, none with a blank.
  if commit_and_push $files > "$said" 2>&1; then
    done_with_it
    # GitHub reports that an administrator bypassed a rule.
    grep -i '^remote:.*bypassed' "$said" || true
    return
  fi
  push=refused now=''
  printf '\nCould not push to %s:\n%s\n' "$default_branch" "$(sed 's/^/  /' "$said")" >&2
  if grep -qiE 'GH006|GH013|protected branch' "$said"; then
    is_protected=true
  elif grep -q 'workflow.* scope' "$said"; then
    echo "The credentials of git cannot write workflows. If they are the GitHub CLI's token: gh auth refresh -s workflow" >&2
  fi
  # Undo the commit, so that the same files can go by a pull request.
  git -C "$into" reset --quiet --soft "$head"
  kept=$files
  look_up_uncommitted
}
commit_and_push() { # files
  git -C "$into" add -- "$@" &&
    { git -C "$into" diff --cached --quiet HEAD -- "$@" || git -C "$into" commit --quiet -m 'Access by lease' -- "$@"; } &&
    git -C "$into" push --quiet "$remote" "HEAD:refs/heads/$default_branch"
}

# The commands to type.
how_to_push() {
  local there commit=''
  there="cd $(printf %q "$into")"
  [ -z "$uncommitted" ] || commit="git add $uncommitted && git commit -m 'Access by lease' -- $uncommitted && "
  if [ "$push" = false ] && [ "$branch" = "$default_branch" ]; then
    echo "$there && ${commit}git push $remote HEAD:$default_branch"
  elif [ -n "$branch" ] && [ "$branch" != "$default_branch" ]; then
    echo "$there && ${commit}git push -u $remote HEAD && gh pr create --fill --base $default_branch"
  elif [ "${is_protected:-}" = true ]; then
    echo "$there && git switch -c access-by-lease-$cloud_name && ${commit}git push -u $remote HEAD && gh pr create --fill --base $default_branch"
  else
    echo "$there && ${commit}git push $remote HEAD:$default_branch"
  fi
}

# The commit of this clone: the code that was read here is the code that runs there. GitHub must have it.
look_up_action() {
  local host name commit
  read -r host name <<< "$(remote_name "$(git -C "$here" config --get remote.origin.url || true)")"
  commit=$(git -C "$here" rev-parse HEAD 2> /dev/null || true)
  is_github "$host" || name=''
  if [ -z "$name" ] || [ -z "$commit" ]; then
    fault '--action is missing, and this folder is not a clone of a repository on GitHub. Example: --action octo-org/cloud-access@v1'
    return
  fi
  action=$name@$commit
  derived=true
  [ -z "$(git -C "$here" status --porcelain)" ] || dirty=true
}
check_action() {
  # The workflows call it: without it their whole run fails.
  local called=.github/workflows/notice.yml
  ! gh api "repos/${action%@*}/contents/$called?ref=${action#*@}" --jq .sha > /dev/null 2> "$said" || return 0
  if [ "${derived:-}" = true ]; then
    fault "Could not find $called on GitHub in the commit of this clone, $action ($(first_line)): push it first, or name another. Example: --action octo-org/cloud-access@v1"
  else
    fault "Could not find $called on GitHub in --action $action ($(first_line)). Check the spelling, and that you can read it"
  fi
}
plan_action() {
  plan_line Action "$action${dirty:+; this clone has changes that are not in that commit}"
  [[ $action =~ @[0-9a-f]{40}$ ]] || plan_line '' 'Note: a tag or branch can be moved to other code; the SHA of a commit cannot'
}
