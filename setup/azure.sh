#!/usr/bin/env bash
# Sets up leases of access on Azure: environments, identities, workflows. See --help.
set -euo pipefail
# The end of the names of its workflows.
suffix=-azure
cloud_name=azure
example_line='azure: user:OBJECT_ID # from: az ad user show --id alice@example.com --query id'
# What ends a lease that no one ends earlier.
ended_by='then the next hourly sweep ends it'
# shellcheck source=setup/lib/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/options.sh"
# shellcheck source=setup/lib/github.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/github.sh"
# shellcheck source=setup/lib/branch.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/branch.sh"
# shellcheck source=setup/lib/environments.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/environments.sh"
# shellcheck source=setup/lib/azure-there.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/azure-there.sh"
# shellcheck source=setup/lib/yaml.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/yaml.sh"
# shellcheck source=setup/lib/people.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/people.sh"
# shellcheck source=setup/lib/workflows.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/workflows.sh"
# shellcheck source=setup/lib/clone.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/clone.sh"
# shellcheck source=setup/lib/runs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/runs.sh"

usage() {
  cat << 'END'
Sets up leases of access on Azure, with your own permissions: the Azure CLI signed in with permission to create roles and
role assignments in the subscription (such as Owner), and the GitHub CLI signed in as an administrator of the repository.
It shows its plan and asks before it changes anything. It keeps what exists. It commits and pushes three workflows
and, unless a review approves, .github/people.yml; nothing else.

  setup/azure.sh --repository octo-org/infra --reviewer octocat --location westeurope \
    --subscription 11111111-2222-4333-8444-555555555501 --role 'Storage Blob Data Reader' \
    --resource-group payments-prod --into ../infra --who alice@example.com

  --repository      OWNER/NAME of the repository whose workflows lease access
  --reviewer        who approves: a login or team:SLUG; up to six times
  --approval        environment: these reviewers (default); review: another person approves a pull request, instead of
                    --reviewer, as in private repositories on Pro and Team
  --location        Azure location of the two identities
  --subscription    ID of the subscription in which the role can be leased to users and groups
  --role            name of the role to lease
  --resource-group  where the first workflow leases it; the identity reaches the whole subscription
  --into            a clone of that repository, on its default branch, for these files
  --no-push         only write the files: do not commit or push them
  --who             your own user, by sign-in name or object ID: start a sweep and, if it is green, the first lease, for you
  --incident        what that lease is for; default: first-lease
  --action          OWNER/NAME@REF of this action; default: the GitHub remote and the commit of this clone
  --subject         OWNER@ID/NAME@ID; default: what GitHub shows
  --yes             do not ask
END
}

location='' subscription='' role='' resource_group=''
take_options 'repository approval reviewer location subscription role resource-group into who incident action subject' "$@"
must_be --location "$location" '^[A-Za-z0-9]+$' westeurope
location=$(printf %s "$location" | tr '[:upper:]' '[:lower:]')
guid='^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$'
must_be --subscription "$subscription" "$guid" 11111111-2222-4333-8444-555555555501
must_be --role "$role" '^[^[:cntrl:]{}]+$' "'Storage Blob Data Reader'"
must_be --resource-group "$resource_group" '^([^[:punct:][:space:][:cntrl:]]|[_.()-])*([^[:punct:][:space:][:cntrl:]]|[_()-])$' payments-prod
target=resource-group:$resource_group
needs az https://learn.microsoft.com/cli/azure/
check_options
stop_at_faults

deployment=cloud-access
asked() { az "$@" --subscription "$subscription" --output tsv 2> "$said"; }

azure_look_up() {
  local line environment
  if ! line=$(asked account show --query '[[tenantId, environmentName]]'); then
    fault "Could not read the subscription $subscription: $(first_line)"
    return
  fi
  IFS=$'\t' read -r tenant environment <<< "$line"
  if [ "$environment" != AzureCloud ]; then
    fault "The subscription $subscription is in $environment, and setup/azure.bicep is for AzureCloud. Set up by hand: docs/setup-by-hand.md, docs/signing-in.md#other-clouds-of-azure"
    return
  fi
  look_up_location
  asked group show --name "$resource_group" --query name > /dev/null || fault "Could not read the resource group $resource_group: $(first_line)"
  look_up_role
  look_up_deployment
  [[ $who =~ $guid ]] || look_up_directory
}

look_up_location() {
  local all
  if ! all=$(asked account list-locations --query '[].name'); then
    fault "Could not list locations: $(first_line)"
  elif ! is_named "$location" "$all"; then
    fault "There is no location $location for the subscription$(most_like "$location" "$all")"
  fi
}
# The names, one a line, whose words begin like those that were asked for: five at most, the nearest in length first.
most_like() { # what was asked for, names
  local like
  like=$(NAMES=$2 ASKED=$1 awk 'BEGIN {
    count = split(ENVIRON["NAMES"], names, "\n")
    words = split(tolower(ENVIRON["ASKED"]), asked, " ")
    for (i = 1; i <= count; i++) {
      there = split(tolower(names[i]), word, " ")
      for (j = 1; j <= words; j++) {
        best = 0
        for (k = 1; k <= there; k++) {
          for (same = 0; same < length(asked[j]) && substr(asked[j], same + 1, 1) == substr(word[k], same + 1, 1); same++);
          if (same > best) best = same
        }
        if (best >= 3) score[i] += best
      }
      away[i] = length(names[i]) - length(ENVIRON["ASKED"])
      if (away[i] < 0) away[i] = -away[i]
    }
    for (shown = 0; shown < 5; shown++) {
      first = 0
      for (i = 1; i <= count; i++)
        if (score[i] && (!first || score[i] > score[first] || (score[i] == score[first] && away[i] < away[first]))) first = i
      if (!first) break
      printf "%s%s", shown ? ", " : "", names[first]
      score[first] = 0
    }
  }')
  [ -z "$like" ] || echo ". Similar: $like"
}

look_up_role() {
  local lines permissions one
  # For each permission: its actions, an exclamation mark, and its excluded actions.
  # shellcheck disable=SC2016 # What is in backticks is JMESPath's.
  if ! lines=$(asked role definition list --name "$role" --scope "/subscriptions/$subscription" --query '[].[name, join(`" "`, permissions[].join(`"!"`, [join(`","`, not_null(actions, `[]`)), join(`","`, not_null(notActions, `[]`))]))]'); then
    fault "Could not list roles: $(first_line)"
    return
  fi
  case $(printf '%s\n' "$lines" | grep -c .) in
    1) IFS=$'\t' read -r role_id permissions <<< "$lines" ;;
    0)
      lines=$(asked role definition list --scope "/subscriptions/$subscription" --query '[].roleName') || lines=''
      fault "There is no role $role in the subscription$(most_like "$role" "$lines")"
      return
      ;;
    *) fault "Several roles have the name $role. Set up by hand: docs/setup-by-hand.md" && return ;;
  esac
  for one in $handing_out; do
    if allows "$permissions" "$one"; then
      fault "The role $role can itself hand out access ($one): a person who has it for an hour could keep it for good"
      return
    fi
  done
  for one in $reaching_identities; do
    ! allows "$permissions" "$one" || reaches_identities=true
  done
  [ "${reaches_identities:-}" != true ] || ! is_same "$resource_group" cloud-access ||
    fault "The resource group cloud-access has the identity access-broker, and $role can sign in as it: a person who leases the role there for an hour could then grant any lease. Lease it on another resource group"
}
# By adding a credential to the identity, or by assigning the identity to a machine.
reaching_identities='Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write
Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'
# The same as the action refuses: src/azure/guards/privileged.ts.
handing_out='Microsoft.Authorization/roleAssignments/write
Microsoft.Authorization/roleAssignmentScheduleRequests/write
Microsoft.Authorization/roleEligibilityScheduleRequests/write
Microsoft.Authorization/roleDefinitions/write
Microsoft.Authorization/elevateAccess/action'
# What one permission excludes, another can allow. Asterisks are not expanded to file names.
allows() ( # permissions, action
  set -f
  for permission in $1; do
    ! matches "$2" "${permission%%!*}" || matches "$2" "${permission#*!}" || exit 0
  done
  exit 1
)
# Ignores letter case; an asterisk matches any characters, as in the shell.
matches() ( # action, patterns with commas between
  shopt -s nocasematch
  set -f
  IFS=,
  for pattern in $2; do
    # shellcheck disable=SC2053
    [[ $1 == $pattern ]] && exit 0
  done
  exit 1
)

# An object ID needs no look-up. For names the Azure CLI asks the directory of its default subscription, even if another
# subscription is given: Azure/azure-cli#29837.
look_up_directory() {
  local default
  default=$(az account show --query tenantId --output tsv 2> "$said") || default=''
  if [ "$default" != "$tenant" ]; then
    fault "The Azure CLI would look for users in the directory of another subscription (tenant ${default:-unknown}), not in that of $subscription (tenant $tenant): az account set --subscription $subscription"
  elif [ -n "$who" ]; then
    look_up_who
  fi
}
look_up_who() {
  who_id=$(az ad user show --id "$who" --query id --output tsv 2> "$said") ||
    fault "Could not find the user $who ($(first_line)). Give a sign-in name or an object ID. Example: --who alice@example.com"
}

# Changing a deployment with other values would remove what others lease: a person decides that.
look_up_deployment() {
  if ! show_deployment; then
    if grep -q DeploymentNotFound "$said"; then look_up_identity; else fault "Could not read the deployment $deployment: $(first_line)"; fi
    return 0
  fi
  case $state in
    Succeeded | Failed | Canceled) ;;
    *) fault "The deployment $deployment is in state $state: wait" && return ;;
  esac
  # A failed deployment is repeated, but never with other values.
  [ "$state" != Succeeded ] || has_deployment=true
  if [ "${has%% *}" != "$subject" ] || [[ " $has " != *" ${role_id:-} "* ]]; then
    fault "The deployment $deployment exists with other values ($has). To add to it, deploy it with all of them: setup/README.md#azure"
  elif [ "$state" = Succeeded ]; then
    look_up_credentials access-broker production-access
    look_up_credentials access-sweeper lease-end
  fi
}
show_deployment() {
  local line
  # shellcheck disable=SC2016 # What is in backticks is JMESPath's.
  line=$(asked deployment sub show --name "$deployment" --query '[properties.[provisioningState, not_null(outputs.brokerClientId.value, `"-"`), not_null(outputs.sweeperClientId.value, `"-"`), join(`","`, not_null(parameters.principalTypes.value, `["User", "Group"]`)), join(`" "`, [parameters.repository.value, parameters.rolesToLease.value[]][])]]') || return
  IFS=$'	' read -r state broker sweeper types has <<< "$line"
}
# Azure deletes old deployments, but not their resources.
look_up_identity() {
  if asked identity show --name access-broker --resource-group cloud-access --query id > /dev/null; then
    fault "The identity access-broker exists, but Azure no longer has the deployment $deployment, which shows which roles it can lease. Deploy it again with all of them, and run this again: setup/README.md#azure"
  else
    grep -q 'NotFound' "$said" || fault "Could not read whether the identity access-broker exists: $(first_line)"
  fi
}

workflow() { # file
  filled "$here/workflows/azure/$1" \
    OWNER/cloud-access "${action%@*}" @v1 "@${action#*@}" \
    'branches: [main]' "branches: [$(yaml_text "$default_branch")]" \
    a9900000-0000-4000-8000-0000000000b0 "$broker" \
    a9900000-0000-4000-8000-0000000000b2 "$sweeper" \
    72f988bf-0000-4000-8000-000000000001 "$tenant" \
    11111111-2222-4333-8444-555555555501 "$subscription" \
    'Storage Blob Data Reader' "$(yaml_text "$role")" \
    payments-prod "$resource_group"
}

echo 'Looking up what exists …'
github_look_up
azure_look_up
look_up_lease
stop_at_faults
# Without a deployment no workflow can name its identities.
[ "${has_deployment:-}" = true ] || broker=- sweeper=-
look_up_files
stop_at_faults

echo
plan_line 'Signed in to' "subscription $subscription, tenant $tenant"
if [ "${has_deployment:-}" = true ]; then
  plan_line 'Can be leased' "$role ($role_id) and what else the deployment allows: ${has#* }, anywhere in that subscription, to $types"
else
  plan_line 'Can be leased' "$role ($role_id) anywhere in that subscription, to users and groups, and nothing else"
fi
[ "${reaches_identities:-}" != true ] ||
  warn "Leased on the whole subscription, or on the resource group cloud-access, $role can sign in as access-broker, and so grant any access. Lease a role without the actions ${reaching_identities//$'\n'/ and }, or confine access-broker to $resource_group, by hand: docs/setup-by-hand.md#3-what-it-may-grant"
if [ "${has_deployment:-}" = true ]; then
  plan_line "Deployment" "$deployment exists with these values; left as it is"
else
  plan_line "Deployment" "$deployment, will be created from setup/azure.bicep in $location: identities access-broker and access-sweeper, their roles under conditions"
fi
plan_action
plan_github
confirm

# Reviewers first, then what they could approve.
make_environments
if [ "${has_deployment:-}" != true ]; then
  doing "deployment $deployment"
  az deployment sub create --subscription "$subscription" --name "$deployment" --location "$location" \
    --template-file "$here/azure.bicep" --output none \
    --parameters "repository=$subject" "rolesToLease=[\"$role_id\"]"
  done_with_it
  is_new=true
fi

if ! show_deployment; then
  cat "$said" >&2
  exit 1
fi
write_files
push_files
[ "$push" = refused ] || start_runs
what_now
[ "$push" != refused ] || leave 1
