# shellcheck shell=bash
# The first runs: a sweep, which shows that leases can be ended, then a lease.

# The workflows that end leases must be enabled. GitHub disables schedules in a public repository after 60 days without
# activity:
# https://docs.github.com/en/actions/how-tos/manage-workflow-runs/disable-and-enable-a-workflow
look_up_enders() {
  local file state
  for file in "release-a-lease$suffix.yml" "sweep-leases$suffix.yml"; do
    state=$(gh api "repos/$repository/actions/workflows/$file" --jq .state 2> "$said") || continue
    [ "$state" = active ] || fault "The workflow $file is disabled ($state), but it ends leases. Enable it:" "gh workflow enable $file --repo $repository"
  done
}

# An unfinished run of a lease that the same person started, if there is one, is used instead of a new one.
lease='' lease_state=''
look_up_lease() {
  local all
  [ -n "$who" ] && ! is_by_review || return 0
  if ! all=$(gh api "repos/$repository/actions/workflows/$form/runs?event=workflow_dispatch&actor=$me&per_page=100" \
    --jq '.workflow_runs[] | select(.status != "completed") | [.html_url, .status] | @tsv' 2> "$said"); then
    grep -q 'HTTP 404' "$said" || fault "Could not list the runs of $form: $(first_line)"
    return 0
  fi
  IFS=$'\t' read -r lease lease_state <<< "$all"
}
plan_runs() {
  case $approval/$lease_state in
    review/*) plan_line 'First run' 'a sweep' ;;
    */) plan_line 'First runs' "a sweep, and if that is green a lease for $who${who_id:+ ($who_id)}, incident $incident, which waits for $approvers" ;;
    */in_progress) plan_line 'First runs' "none: the run of a lease for $who is not finished: $lease" ;;
    *) plan_line 'First runs' "none: a lease for $who already waits for $approvers: $lease" ;;
  esac
}

start_runs() {
  [ -n "$who" ] && [ -z "$lease" ] || return 0
  doing sweep
  sweep_green
  done_with_it
  ! is_by_review || return 0
  doing "start of a lease for $who"
  start_run "$form" "{\"incident\":\"$incident\"}"
  lease=$run_url
  await_approval
  done_with_it
}
# New roles can take some minutes to take effect: then there are more tries, a minute apart.
sweep_green() {
  local left=1
  [ "${is_new:-}" != true ] || left=5
  while :; do
    start_run "sweep-leases$suffix.yml" '{}'
    await_end
    [ "$conclusion" != success ] || return 0
    left=$((left - 1))
    case $conclusion in
      failure) [ "$left" -gt 0 ] || gave_up "The sweep is not green, so no lease was started. Its log: $run_url" ;;
      startup_failure) gave_up "GitHub did not start the sweep, so no lease was started: perhaps the repository is not allowed to use $action (Settings > Actions), or that repository does not share it. See $run_url" ;;
      *) gave_up "The sweep ended as $conclusion, so no lease was started: $run_url" ;;
    esac
    echo "  not green yet: new roles can take some minutes to take effect. Trying again in a minute"
    sleep 60
  done
}

# GitHub does not name the run that it starts: it is the next run of this workflow by the same person.
newest_run() { # workflow
  gh api "repos/$repository/actions/workflows/$1/runs?event=workflow_dispatch&actor=$me&per_page=1" \
    --jq '.workflow_runs[0] | [.id // 0, .html_url // "-"] | @tsv' 2> "$said" || true
}
# In JSON: older GitHub CLIs do not support nested fields.
start_run() { # workflow, its inputs
  local file=$1 before body tries=0
  body=$(printf '{"ref":"%s","inputs":%s}' "$(printf %s "$default_branch" | sed 's/"/\\&/g')" "$2")
  before=$(newest_run "$file")
  # For some seconds after a push GitHub does not find the workflow.
  until gh api --method POST "repos/$repository/actions/workflows/$file/dispatches" --input - <<< "$body" > /dev/null 2> "$said"; do
    grep -qE 'HTTP (404|422)' "$said" || gave_up "Could not start $file: $(first_line)"
    try_again 30 "Could not start $file: $(first_line)"
  done
  tries=0
  while :; do
    IFS=$'\t' read -r run run_url <<< "$(newest_run "$file")"
    [ "${run:-0}" = 0 ] || [ "$run" = "${before%%[[:space:]]*}" ] || break
    try_again 30 "Started $file, but could not find its run: see https://github.com/$repository/actions"
  done
  progress ''
  echo "  started: $run_url"
}
state_of_run() { gh api "repos/$repository/actions/runs/$run" --jq '.status + " " + (.conclusion // "")' 2> "$said" || true; }
# A sweep can take half an hour, and can wait for a runner.
await_end() {
  local state='' tries=0
  while :; do
    state=$(state_of_run)
    case $state in completed*) break ;; esac
    try_again 500 "The sweep is not finished (${state:-$(first_line)}), so no lease was started: $run_url"
  done
  conclusion=${state#completed }
  progress ''
}
# If the environment's rules refuse the run, or the workflow is wrong, the run ends at once.
await_approval() {
  local state='' tries=0
  while :; do
    state=$(state_of_run)
    case $state in
      waiting* | in_progress*) break ;;
      completed*) gave_up "The lease was not started: its run ended as ${state#completed } before a reviewer was asked. See $run_url" ;;
    esac
    try_again 60 "The run of the lease is not waiting for approval yet (${state:-$(first_line)}): $run_url"
  done
  progress ''
}
try_again() { # how often, the message after that
  tries=$((tries + 1))
  [ "$tries" -lt "$1" ] || gave_up "$2"
  progress "  $now … $((tries * 5)) s"
  sleep 5
}
gave_up() {
  progress ''
  printf '\n%s\n' "$1" >&3
  exit 1
}
