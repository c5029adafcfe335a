# shellcheck shell=bash
# The repository on GitHub: its subject, and its environments with their rules.

github_look_up() {
  local line
  if ! line=$(gh api "repos/$repository" --jq '[.full_name, .default_branch, (.permissions.admin // false)] | @tsv' 2> "$said"); then
    fault "GitHub does not show the repository $repository: $(first_line)"
    return
  fi
  IFS=$'\t' read -r repository default_branch administrator <<< "$line"
  [ "$administrator" = true ] || fault "Making environments takes an administrator of $repository: gh is signed in as somebody else"
  me=$(gh api user --jq .login 2> "$said") || fault "GitHub does not say who is signed in: $(first_line)"

  # GitHub itself says which of the two forms of subject the repository sends.
  if [ -z "$subject" ]; then
    local prefix
    prefix=$(gh api "repos/$repository/actions/oidc/customization/sub" --jq '.sub_claim_prefix // empty' 2> "$said") || prefix=''
    subject=${prefix#repo:}
    [[ $subject =~ ^[A-Za-z0-9_.-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?$ ]] ||
      fault "GitHub does not say which subject $repository sends ($(first_line)${prefix:-no sub_claim_prefix}): give it, as in: --subject octo-org@9919/infra@74901"
  fi

  read -r grant_environment grant_branches <<< "$(environment_state production-access)"
  read -r end_environment end_branches <<< "$(environment_state lease-end)"
  case $grant_environment in
    open) fault "The environment production-access is there without reviewers, so that nobody would approve: add them at https://github.com/$repository/settings/environments, or delete it" ;;
    self) fault "The environment production-access is there without 'Prevent self-review': set it at https://github.com/$repository/settings/environments, or delete the environment" ;;
    unknown) fault "GitHub does not show the environment production-access: $grant_branches" ;;
  esac
  case $end_environment in
    reviewed | self) fault "The environment lease-end is there with reviewers, but ending must not wait for an approval: remove them at https://github.com/$repository/settings/environments, or delete it" ;;
    unknown) fault "GitHub does not show the environment lease-end: $end_branches" ;;
  esac
  [ "$grant_branches" != any ] ||
    fault "The environment production-access lets in every branch: choose which at https://github.com/$repository/settings/environments, or delete it"
  [ "$end_branches" != any ] ||
    fault "The environment lease-end lets in every branch, so that whoever may push ends leases: choose which at https://github.com/$repository/settings/environments, or delete it"
  [ "$grant_environment" != absent ] || look_up_reviewers
}

# Its reviewers: open (none), self (who may approve their own runs), or reviewed; then which branches it lets in: any, some,
# or none, where a script was broken off after it had made it. Or absent, or unknown and what GitHub said.
environment_state() {
  local state
  if state=$(gh api "repos/$repository/environments/$1" --jq '
      ([.protection_rules[] | select(.type == "required_reviewers")] |
        if length == 0 then "open" elif any(.prevent_self_review) then "reviewed" else "self" end)
      + " " + (.deployment_branch_policy |
        if . == null then "any" elif .custom_branch_policies then "custom" else "some" end)' 2> "$said"); then
    case $state in
      *' custom') echo "${state% *} $(custom_branches "$1")" ;;
      *) echo "$state" ;;
    esac
  elif grep -q 'HTTP 404' "$said"; then
    echo absent
  else
    echo "unknown $(first_line)"
  fi
}
custom_branches() {
  local count
  count=$(gh api "repos/$repository/environments/$1/deployment-branch-policies" --jq .total_count 2> "$said") || count=''
  if [ "$count" = 0 ]; then echo none; else echo some; fi
}

reviewers_json=''
look_up_reviewers() {
  local one kind id
  [ -n "$reviewers" ] || fault '--reviewer is missing, a login or a team, as in: --reviewer octocat --reviewer team:security'
  for one in $reviewers; do
    case $one in
      team:*) kind=Team && id=$(gh api "orgs/${repository%%/*}/teams/${one#team:}" --jq .id 2> "$said") || id='' ;;
      *) kind=User && id=$(gh api "users/$one" --jq .id 2> "$said") || id='' ;;
    esac
    if [ -z "$id" ]; then
      fault "GitHub does not know the reviewer $one: $(first_line)"
    else
      reviewers_json="$reviewers_json${reviewers_json:+,}{\"type\":\"$kind\",\"id\":$id}"
    fi
  done
}

plan_github() {
  plan_line Repository "$repository, subject repo:$subject:environment:…"
  case $grant_environment/$grant_branches in
    absent/*) plan_line production-access "to be made: approved by ${reviewers// / or }, not by whoever started the run; branch $default_branch only" ;;
    */none) plan_line production-access "is there with reviewers, and gets the branch $default_branch" ;;
    *) plan_line production-access 'is there with reviewers, and left as it is' ;;
  esac
  case $end_environment/$end_branches in
    absent/*) plan_line lease-end "to be made: no reviewers; branch $default_branch only" ;;
    */none) plan_line lease-end "is there, and gets the branch $default_branch" ;;
    *) plan_line lease-end 'is there, and left as it is' ;;
  esac
  local file
  for file in $workflows; do
    case " ${kept:-} " in
      *" $file "*) plan_line "$file" "is there, and left as it is: it is only compared" ;;
      *) plan_line "$file" "to be written to $into/.github/workflows" ;;
    esac
  done
  [ "$reviewers" != "$me" ] || echo "  The only reviewer is you: somebody else has to start the runs."
}

make_environments() {
  if [ "$grant_environment" = absent ]; then
    make_environment production-access "\"prevent_self_review\":true,\"reviewers\":[$reviewers_json],"
    # What was asked for is not yet what is there: not every plan of GitHub has reviewers.
    if [[ $(environment_state production-access) != reviewed\ * ]]; then
      echo "GitHub made production-access, but shows no required reviewers there: nobody would approve. See https://github.com/$repository/settings/environments" >&2
      exit 1
    fi
    grant_branches=none
  fi
  if [ "$end_environment" = absent ]; then
    make_environment lease-end ''
    end_branches=none
  fi
  if [ "$grant_branches" = none ]; then let_in production-access; fi
  if [ "$end_branches" = none ]; then let_in lease-end; fi
}
# Until it is let in, no branch may use the environment.
make_environment() { # name, its rules
  doing "environment $1"
  printf '{%s"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}' "$2" |
    gh api --method PUT "repos/$repository/environments/$1" --input - > /dev/null
  done_with_it
}
let_in() {
  doing "branch $default_branch in $1"
  gh api --method POST "repos/$repository/environments/$1/deployment-branch-policies" -f "name=$default_branch" > /dev/null
  done_with_it
}
