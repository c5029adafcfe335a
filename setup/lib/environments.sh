# shellcheck shell=bash
# The two environments: their rules and reviewers. Only jobs in them can sign in to the cloud.

look_up_grant_environment() {
  local name=production-access
  look_up_environment $name
  judge_environment $name
  grant_environment=$reviewed grant_branches=$branches grant_bypass=$bypass grant_reviewers=$reviewed_by
  grant_apps=$(cut -d ' ' -f 2 <<< "$rules")
  # The step itself requires the review.
  ! is_by_review || { grant_bypass=false && return 0; }
  case $grant_environment in
    open) fault "The environment $name exists without reviewers, so no one would approve: add them at $settings, or delete it" ;;
    self) fault "The environment $name exists without 'Prevent self-review': turn it on at $settings, or delete the environment. The command:" "$(put_command $name "$ids")" ;;
  esac
  case $bypass in
    '' | false) ;;
    *) warn "Administrators can start jobs in $name without an approval: turn that off at $settings" ;;
  esac
  case $grant_environment in
    self | reviewed) are_the_same "${reviewers:-$grant_reviewers}" "$grant_reviewers" || look_up_other_reviewers ;;
  esac
}
look_up_other_reviewers() {
  look_up_reviewers
  warn "The reviewers of production-access are $grant_reviewers, not those of --reviewer. To replace them:" "$(put_command production-access "$reviewers_json")"
}
are_the_same() { # names, names
  local one
  for one in $1; do is_named "$one" "$2" || return 1; done
  for one in $2; do is_named "$one" "$1" || return 1; done
}
look_up_end_environment() {
  local name=lease-end id app
  look_up_environment $name
  judge_environment $name
  end_environment=$reviewed end_branches=$branches
  case $end_environment in
    reviewed | self) fault "The environment $name has reviewers, but ending must not wait for an approval: remove them at $settings, or delete the environment. The command:" "$(put_command $name '')" ;;
  esac
  [ "$waits" = 0 ] || fault "The environment $name has a wait timer, but ending must not wait: remove it at $settings, or delete the environment. The command:" "$(put_command $name '')"
  while read -r id app; do
    [ -z "$id" ] || fault "The environment $name asks $app first, but ending must not wait: remove that rule at $settings, or delete the environment. The command:" "gh api --method DELETE repos/$repository/environments/$name/deployment_protection_rules/$id"
  done <<< "$rules"
}

# Reads an environment. reviewed: open (no reviewers), self (they can approve their own runs), reviewed, absent or unknown;
# reviewed_by: the reviewers; branches: those that it allows, or none if a script stopped after it created the environment.
look_up_environment() { # name
  local line
  reviewed='' policy='' branches='' bypass='' waits=0 reviewed_by='' ids=-
  if ! line=$(gh api "repos/$repository/environments/$1" --jq "$environment_rules" 2> "$said"); then
    reviewed=absent
    grep -q 'HTTP 404' "$said" || reviewed=unknown
    return 0
  fi
  IFS=$'\t' read -r reviewed policy bypass waits ids reviewed_by <<< "$line"
}
judge_environment() { # name
  rules=''
  case $reviewed in
    absent) return ;;
    unknown) fault "Could not read the environment $1: $(first_line)" && return ;;
  esac
  case $policy in
    any) lets_in_all "$1" ;;
    protected) judge_protected "$1" ;;
    custom) judge_policies "$1" ;;
  esac
  look_up_rules "$1"
  look_up_others "$1"
}
# shellcheck disable=SC2016 # Its variables are jq's.
environment_rules='[.protection_rules[]? | select(.type == "required_reviewers")] as $rules
  | [$rules[].reviewers[]?] as $reviewers
  | [ (if $reviewers == [] then "open" elif any($rules[]; .prevent_self_review == true) then "reviewed" else "self" end),
      (.deployment_branch_policy | if . == null then "any" elif .custom_branch_policies then "custom" else "protected" end),
      (if has("can_admins_bypass") then .can_admins_bypass else "unknown" end),
      ([.protection_rules[]? | select(.type == "wait_timer") | .wait_timer] | add // 0),
      ([$reviewers[] | "{\"type\":\"\(.type)\",\"id\":\(.reviewer.id)}"] | join(",") | if . == "" then "-" else . end),
      ([$reviewers[] | if .type == "Team" then "team:" + .reviewer.slug else .reviewer.login end] | join(" ")) ]
  | @tsv'

# Each branch that an environment allows must require a review: anyone who can push there writes what runs in it.
judge_policies() { # environment
  local lines id kind name why all='' there=false
  if ! lines=$(gh api --paginate "repos/$repository/environments/$1/deployment-branch-policies?per_page=100" \
    --jq '.branch_policies[] | [.id, .type // "branch", .name] | @tsv' 2> "$said"); then
    fault "Could not read which branches the environment $1 allows: $(first_line)"
    return
  fi
  branches=none
  [ -n "$lines" ] || return 0
  branches=''
  while IFS=$'\t' read -r id kind name; do
    all="$all${all:+, }$name"
    judge_policy
    if [ -z "$why" ]; then
      branches="$branches${branches:+, }$name"
    else
      fault "The environment $1 $why. Remove that rule:" "gh api --method DELETE repos/$repository/environments/$1/deployment-branch-policies/$id"
    fi
  done <<< "$lines"
  [ "$there" = true ] ||
    fault "The environment $1 does not allow $default_branch, from which the workflows run, but only $all. Add it:" "$(add_command "$1")"
}
judge_policy() {
  why=''
  case $kind/$name in
    "branch/$default_branch") there=true ;;
    tag/*) why="allows tags ($name): anyone who can push one chooses the commit that runs there" ;;
    */refs/*) why="allows $name, on which pull requests run" ;;
    *[]*?[]*) why="allows every branch that matches $name: anyone who can push can create one" ;;
    *)
      look_up_review "$name"
      case $review in
        open) why="allows the branch $name, which accepts pushes without a review" ;;
        unknown) why="allows the branch $name, and it is unknown whether that accepts pushes without a review: GitHub does not show its $unread" ;;
        *) ! is_by_review || [ -z "$gaps" ] || why="allows the branch $name, where there are ways around the review: $gaps" ;;
      esac
      ;;
  esac
}
# While no branch is protected, this allows every branch. Any rule protects a branch, with or without reviews, and anyone
# who can push can create a branch that matches the pattern of a rule.
judge_protected() { # environment
  local names judge=warn
  [ "$1" != production-access ] || judge=judge_gaps
  if ! names=$(gh api --paginate "repos/$repository/branches?protected=true&per_page=100" --jq '.[].name' 2> "$said"); then
    fault "Could not read which branches the environment $1 allows: $(first_line)"
  elif [ -z "$names" ]; then
    lets_in_all "$1"
  elif ! is_line "$default_branch" "$names"; then
    fault "The environment $1 does not allow $default_branch, from which the workflows run, but only protected branches: ${names//$'\n'/, }. Allow only $default_branch:" "$(narrow_command "$1")"
  else
    branches='protected branches'
    $judge "The environment $1 allows every protected branch (${names//$'\n'/, }), even by a rule without a review, and any new branch that matches such a rule. Allow only $default_branch:" "$(narrow_command "$1")"
  fi
}
is_line() { printf '%s\n' "$2" | grep -qxF -e "$1"; }
lets_in_all() { # environment
  fault "The environment $1 allows every branch, so anyone who can push can run anything there: choose the branches at $settings, or delete the environment. The commands:" "$(narrow_command "$1")"
}

# Apps that GitHub asks before a job starts. Not every GitHub has such rules.
look_up_rules() { # environment
  if ! rules=$(gh api "repos/$repository/environments/$1/deployment_protection_rules" \
    --jq '.custom_deployment_protection_rules[]? | select(.enabled) | "\(.id) \(.app.slug)"' 2> "$said"); then
    rules=''
    grep -q 'HTTP 404' "$said" || warn "It is unknown whether an app is asked before a job starts in $1 ($(first_line)): see $settings"
  fi
}
# Secrets and variables are for other jobs, which could sign in to the cloud too.
look_up_others() { # environment
  local kind names
  for kind in secrets variables; do
    names=$(gh api "repos/$repository/environments/$1/$kind?per_page=30" --jq ".${kind}[]?.name" 2> "$said") || names=''
    [ -z "$names" ] || warn "The environment $1 has $kind (${names//$'\n'/, }), so other jobs run in it too and can sign in to the cloud. Give them an environment of their own"
  done
}

# What it sends is never wider than the existing rules.
put_command() { # environment, reviewers
  local fields=''
  if [ "$1" = production-access ]; then
    fields="\"prevent_self_review\":true,\"reviewers\":[$2],"
    [ "$bypass" != false ] || fields="\"can_admins_bypass\":false,$fields"
    [ "$waits" = 0 ] || fields="\"wait_timer\":$waits,$fields"
  else
    [ "$waits" = 0 ] || fields='"wait_timer":0,'
    [ "$ids" = - ] || fields="$fields\"reviewers\":[],"
  fi
  echo "gh api --method PUT repos/$repository/environments/$1 --input - <<< '{$fields$branch_policy}'"
}
branch_policy='"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}'
add_command() { echo "gh api --method POST repos/$repository/environments/$1/deployment-branch-policies -f name=$(printf %q "$default_branch")"; }
narrow_command() {
  local reviewers=$ids
  [ "$ids" != - ] || reviewers=''
  echo "$(put_command "$1" "$reviewers") && $(add_command "$1")"
}
