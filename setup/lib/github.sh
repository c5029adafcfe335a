# shellcheck shell=bash
# The repository on GitHub: its subject, its reviewers, and its new environments.

github_look_up() {
  local line
  if ! line=$(gh api "repos/$repository" --jq '[.full_name, .id, .default_branch, (.permissions.admin // false)] | @tsv' 2> "$said"); then
    fault "Could not read the repository $repository: $(first_line)"
    return
  fi
  IFS=$'\t' read -r repository repository_id default_branch administrator <<< "$line"
  settings=https://github.com/$repository/settings/environments
  [ "$administrator" = true ] || fault "Only an administrator of $repository can create environments. Sign in to gh as one"
  look_up_me
  look_up_subject
  look_up_default_branch
  look_up_grant_environment
  look_up_end_environment
  is_by_review || [ "$grant_environment" != absent ] || look_up_reviewers
  look_up_approvers
  check_action
  look_up_branch
  look_up_enders
}

# The signed-in user, and the scopes of a classic token. GitHub shows none of other tokens.
look_up_me() {
  local all
  me='' my_id='' scopes=''
  if ! all=$(gh api --include user --jq '"\(.id) \(.login)"' 2> "$said"); then
    fault "Could not read who is signed in to GitHub: $(first_line)"
    return
  fi
  read -r my_id me <<< "${all##*$'\n'}"
  scopes=$(printf '%s\n' "$all" | tr -d '\r' | grep -i '^x-oauth-scopes:' | cut -d : -f 2-) || scopes=''
  needs_scopes repo
  case $reviewers in *team:*) needs_scopes read:org write:org admin:org ;; esac
}
needs_scopes() { # any one of these
  local one
  [ -n "${scopes// /}" ] || return 0
  for one in "$@"; do
    case ",${scopes// /}," in *",$one,"*) return 0 ;; esac
  done
  fault "The GitHub CLI's token has no scope $1, only$scopes: gh auth refresh -h github.com -s $1. If the token is from GH_TOKEN, use one that has the scope"
}

# GitHub shows which of the two forms of subject the repository sends, or that the subject is customized.
look_up_subject() {
  local line template='' prefix=''
  if line=$(gh api "repos/$repository/actions/oidc/customization/sub" --jq '
      [ (if .use_default != false then "default" elif (.include_claim_keys // []) == [] then "organization" else .include_claim_keys | join(",") end),
        .sub_claim_prefix // "" ] | @tsv' 2> "$said"); then
    IFS=$'\t' read -r template prefix <<< "$line"
  fi
  [ "$template" != organization ] || look_up_template
  case $template in
    # The same form as the default.
    default | repo,context) ;;
    '') [ -n "$subject" ] || fault "Could not read which subject $repository sends ($(first_line)). Give it. Example: --subject octo-org@9919/infra@74901" && return ;;
    *)
      fault "The subject that $repository sends is customized ($template), and the roles trust only the default one. Restore the default: gh api --method PUT repos/$repository/actions/oidc/customization/sub -F use_default=true. If others rely on it, set up by hand: docs/setup-by-hand.md"
      return
      ;;
  esac
  [ -z "$subject" ] || return 0
  subject=${prefix#repo:}
  [[ $subject =~ $subject_form ]] ||
    fault "Could not read which subject $repository sends (${prefix:-no sub_claim_prefix}). Give it. Example: --subject octo-org@9919/infra@74901"
}
# A repository whose template has no claims uses the template of its organization, if there is one.
look_up_template() {
  template=$(gh api "orgs/${repository%%/*}/actions/oidc/customization/sub" --jq '.include_claim_keys // [] | join(",")' 2> "$said") || template=unknown
  case $template in
    '') template=default ;;
    unknown) if grep -q 'HTTP 404' "$said"; then template=default; else template=''; fi ;;
  esac
}

reviewers_json=''
look_up_reviewers() {
  local one kind id
  [ -n "$reviewers" ] || fault '--reviewer is missing: a login or a team. Example: --reviewer octocat --reviewer team:security'
  for one in $reviewers; do
    case $one in
      team:*) kind=Team && id=$(gh api "orgs/${repository%%/*}/teams/${one#team:}" --jq .id 2> "$said") || id='' ;;
      *) kind=User && id=$(gh api "users/$one" --jq .id 2> "$said") || id='' ;;
    esac
    if [ -z "$id" ]; then
      fault "Could not find the reviewer $one: $(first_line)"
    else
      reviewers_json="$reviewers_json${reviewers_json:+,}{\"type\":\"$kind\",\"id\":$id}"
      look_up_reading "$one"
    fi
  done
}
# GitHub refuses a reviewer who cannot read the repository, or leaves them out without an error.
not_known_to_read=''
look_up_reading() { # reviewer
  local may=read
  case $1 in
    team:*) gh api "orgs/${repository%%/*}/teams/${1#team:}/repos/$repository" > /dev/null 2> "$said" || may=unknown
      ! grep -q 'HTTP 404' "$said" || may=none ;;
    *) may=$(gh api "repos/$repository/collaborators/$1/permission" --jq .permission 2> "$said") || may=unknown ;;
  esac
  case $may in
    none) fault "The reviewer $1 cannot read $repository, so GitHub would not accept their approval. Give them access at https://github.com/$repository/settings/access, or name another reviewer" ;;
    unknown) not_known_to_read="$not_known_to_read${not_known_to_read:+, }$1 ($(first_line))" ;;
  esac
}
look_up_approvers() {
  approver_names=$reviewers
  [ "$grant_environment" = absent ] || approver_names=$grant_reviewers
  approvers=${approver_names// / or }
  ! is_by_review || approvers='the review of a pull request'
}

plan_github() {
  plan_line Repository "$repository, subject repo:$subject:environment:…"
  case $approval/$grant_environment/$grant_branches in
    review/absent/*) plan_line production-access "will be created: no reviewers; branch $default_branch only; a review of each request approves" ;;
    */absent/*) plan_line production-access "will be created: approved by $approvers, never by the person who started the run; no bypass for administrators; branch $default_branch only" ;;
    */*/none) plan_line production-access "exists, approved by $approvers; the branch $default_branch will be added" ;;
    *) plan_line production-access "exists, approved by $approvers; left as it is$(lets_in "$grant_branches")$(not_asked)" ;;
  esac
  [ -z "$not_known_to_read" ] || plan_line '' "Note: it is unknown whether these reviewers can read the repository, as they must: $not_known_to_read"
  [ -z "$grant_apps" ] || plan_line '' "before the job starts, GitHub asks ${grant_apps//$'\n'/, }"
  case $end_environment/$end_branches in
    absent/*) plan_line lease-end "will be created: no reviewers; branch $default_branch only" ;;
    */none) plan_line lease-end "exists; the branch $default_branch will be added" ;;
    *) plan_line lease-end "exists; left as it is$(lets_in "$end_branches")" ;;
  esac
  plan_workflows
  is_by_review || plan_people
  plan_push
  if [ -n "$who" ]; then
    plan_runs
  elif is_same "$approvers" "$me"; then
    echo '  You are the only reviewer: another person has to start the runs.'
  fi
}
not_asked() { [ -z "$reviewers" ] || [ "$reviewers" = "$grant_reviewers" ] || echo "; --reviewer changes nothing there"; }
lets_in() { [ "$1" = "$default_branch" ] || echo "; it allows $1, not only $default_branch"; }

make_environments() {
  local one
  if is_by_review && [ "$grant_environment" = absent ]; then
    doing 'environment production-access'
    put_environment production-access ''
    done_with_it
    grant_branches=none
  elif [ "$grant_environment" = absent ]; then
    make_grant_environment
    # Read it back: not every plan of GitHub has reviewers.
    look_up_environment production-access
    grant_bypass=$bypass
    [ "$reviewed" = reviewed ] || no_reviewers
    for one in $reviewers; do
      is_named "$one" "$reviewed_by" || gave_up "GitHub created production-access, but $one is not among its reviewers ($reviewed_by): see $settings"
    done
    grant_branches=none
  fi
  if [ "$end_environment" = absent ]; then
    doing 'environment lease-end'
    put_environment lease-end ''
    done_with_it
    end_branches=none
  fi
  if [ "$grant_branches" = none ]; then let_in production-access; fi
  if [ "$end_branches" = none ]; then let_in lease-end; fi
}
# GitHub does not document can_admins_bypass here. github.com accepts it. Where it is refused, administrators can bypass.
make_grant_environment() {
  local rules="\"prevent_self_review\":true,\"reviewers\":[$reviewers_json],"
  doing 'environment production-access'
  if ! put_environment production-access "\"can_admins_bypass\":false,$rules" 2> "$said"; then
    grep -q 'HTTP 422' "$said" || gave_up "$(cat "$said")"
    put_environment production-access "$rules" 2> "$said" || no_reviewers
  fi
  done_with_it
}
# The environment would block the next try, and allow anyone who can start a run.
no_reviewers() {
  [ ! -s "$said" ] || cat "$said" >&3
  gh api --method DELETE "repos/$repository/environments/production-access" > /dev/null 2>&1 || true
  now='' changed=''
  gave_up "GitHub does not allow required reviewers for production-access, so no one would approve. The environment was removed again. In a private repository required reviewers require GitHub Enterprise; in a public one they work with every plan. On Pro or Team, run the same command with --approval review instead of --reviewer."
}
# No branch can use the environment until one is added.
put_environment() { # name, its rules
  printf '{%s"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}' "$2" |
    gh api --method PUT "repos/$repository/environments/$1" --input - > /dev/null
}
let_in() {
  doing "branch $default_branch in $1"
  gh api --method POST "repos/$repository/environments/$1/deployment-branch-policies" -f "name=$default_branch" > /dev/null
  done_with_it
}
