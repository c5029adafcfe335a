# shellcheck shell=bash
# Whether a branch requires a review. Branch protection and rulesets are two systems, and one is enough:
# https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets

# review: reviewed, open or unknown (unread says why). gaps: ways around the review.
look_up_review() { # branch
  local at lines line id name count fresh bypass is_tight=false is_fresh=false
  review=open gaps='' unread='' approvals=0
  at=$(printf %s "$1" | sed 's/%/%25/g; s/#/%23/g; s|/|%2F|g')
  if lines=$(gh api "repos/$repository/branches/$at/protection" --jq "$classic_review" 2> "$said"); then
    IFS=$'\t' read -r count fresh bypass <<< "$lines"
    take_review 'the branch protection' "$count" "$fresh" "$bypass"
  else
    grep -qE 'Branch not (protected|found)' "$said" || unread="branch protection ($(first_line))"
  fi
  if lines=$(gh api --paginate "repos/$repository/rules/branches/$at?per_page=100" --jq "$rules_review" 2> "$said"); then
    while IFS=$'\t' read -r id count fresh; do
      [ -n "$id" ] || continue
      line=$(gh api "repos/$repository/rulesets/$id" --jq "$ruleset_bypass" 2> "$said") || line=unknown
      IFS=$'\t' read -r bypass name <<< "$line"
      take_review "the ruleset ${name:-$id}" "$count" "$fresh" "$bypass"
    done <<< "$lines"
  else
    unread="$unread${unread:+, nor its }rules ($(first_line))"
  fi
  [ "$review" != open ] || [ -z "$unread" ] || review=unknown
  # A rule without a bypass list binds everyone, even if other rules allow more.
  [ "$is_tight" != true ] || gaps=''
  [ "$review" != reviewed ] || [ "$is_fresh" = true ] || gap 'commits that are pushed after the approval need no new one'
}
take_review() { # what requires it, how many reviews, whether later commits need a new one, who can bypass it
  [ "$2" -gt 0 ] || return 0
  case $4 in
    everybody) gap "anyone who can push can bypass $1" && return ;;
    -) is_tight=true ;;
    unknown) gap "GitHub does not show who can bypass $1" ;;
    *) gap "$4 can bypass $1" ;;
  esac
  review=reviewed
  [ "$2" -le "$approvals" ] || approvals=$2
  [ "$3" != true ] || is_fresh=true
}
gap() { gaps="$gaps${gaps:+; }$1"; }

# Administrators who are not included count as on the bypass list. A force push can point the branch to commits without an
# approval:
# https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches#allow-force-pushes
# shellcheck disable=SC2016 # Its variables are jq's.
classic_review='(.required_pull_request_reviews // {}) as $reviews
  | ($reviews.bypass_pull_request_allowances // {}) as $list
  | [ ($reviews.required_approving_review_count // 0),
      ($reviews.dismiss_stale_reviews == true or $reviews.require_last_push_approval == true),
      ([ (if .enforce_admins.enabled == true then empty else "administrators" end),
         ($list.users[]?.login), ($list.teams[]?.slug | "team:" + .), ($list.apps[]?.slug | "the app " + .),
         (if .allow_force_pushes.enabled == true then "anyone who can force-push" else empty end)
       ] | join(", ") | if . == "" then "-" else . end) ] | @tsv'
# shellcheck disable=SC2016
rules_review='.[] | select(.type == "pull_request") | .parameters
  as $rule | [ .ruleset_id, ($rule.required_approving_review_count // 0),
    ($rule.dismiss_stale_reviews_on_push == true or $rule.require_last_push_approval == true) ] | @tsv'
# The numbers of roles: https://registry.terraform.io/providers/integrations/github/latest/docs/resources/repository_ruleset
# GitHub shows the list only to people who can change the ruleset. Every role but maintain and admin has many people.
# shellcheck disable=SC2016
ruleset_bypass='[ (if has("bypass_actors") | not then "unknown"
    elif any(.bypass_actors[]; .actor_type == "RepositoryRole" and (.actor_id == 1 or .actor_id == 3 or .actor_id == 4)) then "everybody"
    else [ .bypass_actors[] | .actor_type as $type
        | if $type == "RepositoryRole" and .actor_id == 5 then "administrators"
          elif $type == "RepositoryRole" and .actor_id == 2 then "maintainers"
          elif $type == "OrganizationAdmin" then "owners of the organization"
          elif $type == "EnterpriseOwner" then "owners of the enterprise"
          elif $type == "DeployKey" then "deploy keys"
          else ({"RepositoryRole": "the role", "Team": "the team", "Integration": "the app", "User": "the user"}[$type] // $type) + " \(.actor_id)" end
      ] | join(", ") | if . == "" then "-" else . end end), .name ] | @tsv'

look_up_default_branch() {
  look_up_review "$default_branch"
  case $review in
    open) fault "$default_branch accepts pushes without a review${gaps:+ ($gaps)}: anyone who can push decides what runs in the environments, and the reviewer of a run does not see it. This ruleset requires a review from everyone:" "$(review_command)" ;;
    unknown) fault "It is unknown whether $default_branch accepts pushes without a review: GitHub does not show its $unread" ;;
    *) [ -z "$gaps" ] || judge_gaps "On $default_branch there are ways around the review: $gaps. This ruleset closes them, in addition to the existing rules:" "$(review_command)" ;;
  esac
  look_up_workflow_rights
}
# With --approval review there is no other approval: one person must not be able to merge alone.
judge_gaps() { if is_by_review; then fault "$@"; else warn "$@"; fi; }
# Rulesets add up, and this one has an empty bypass list: it weakens no existing rule.
review_command() {
  local parameters='"required_approving_review_count":1,"dismiss_stale_reviews_on_push":true,"require_last_push_approval":true,"require_code_owner_review":false,"required_review_thread_resolution":false'
  echo "gh api --method POST repos/$repository/rulesets --input - <<< '{\"name\":\"cloud-access\",\"target\":\"branch\",\"enforcement\":\"active\",\"bypass_actors\":[],\"conditions\":{\"ref_name\":{\"include\":[\"~DEFAULT_BRANCH\"],\"exclude\":[]}},\"rules\":[{\"type\":\"deletion\"},{\"type\":\"non_fast_forward\"},{\"type\":\"pull_request\",\"parameters\":{$parameters}}]}'"
}

# If workflows can approve pull requests, anyone who can push a branch can let its workflow approve their pull request.
look_up_workflow_rights() {
  local line rights may_approve at=repos/$repository/actions/permissions/workflow
  if ! line=$(gh api "$at" --jq '[.default_workflow_permissions, .can_approve_pull_request_reviews] | @tsv' 2> "$said"); then
    warn "It is unknown whether workflows can approve pull requests ($(first_line)): see https://github.com/$repository/settings/actions"
    return
  fi
  IFS=$'\t' read -r rights may_approve <<< "$line"
  [ "$may_approve" != true ] || [ "$approvals" -gt 1 ] ||
    fault "Workflows can approve pull requests, so the one review that $default_branch requires can come from a workflow of the author. Remove that permission, or require two reviews:" "gh api --method PUT $at -f default_workflow_permissions=$rights -F can_approve_pull_request_reviews=false"
  [ "$rights" != write ] ||
    warn 'Workflows without permissions of their own can write: their token can start a run, and the person behind it can approve that run. If no workflow needs that:' "gh api --method PUT $at -f default_workflow_permissions=read -F can_approve_pull_request_reviews=$may_approve"
}
