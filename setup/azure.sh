#!/usr/bin/env bash
# From nothing to access on Azure that ends by itself: environments, identities, workflows. See --help.
set -euo pipefail
# At the end of the names of its workflows.
suffix=-azure
# shellcheck source=setup/lib/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/options.sh"
# shellcheck source=setup/lib/github.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/github.sh"
# shellcheck source=setup/lib/workflows.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/workflows.sh"

usage() {
  cat << 'END'
Sets up leases of access on Azure, with your own rights: the Azure CLI signed in as somebody who may make roles and role
assignments in the subscription (an Owner, say), and the GitHub CLI signed in as an administrator of the repository. It
looks everything up, says what it would do, and asks before it changes anything. What is there already is left as it is.

  setup/azure.sh --repository octo-org/infra --reviewer octocat --location westeurope \
    --subscription 11111111-2222-4333-8444-555555555501 --role 'Storage Blob Data Reader' \
    --resource-group payments-prod --into ../infra

  --repository      OWNER/NAME of the repository whose workflows are to lease access
  --reviewer        who approves: a login, or team:SLUG; up to six
  --location        where the two identities are to be
  --subscription    id of the subscription: the role can be leased in it to users and groups
  --role            by name: what is to be leased
  --resource-group  where the first workflow leases it
  --into            a clone of that repository: three workflows are written there
  --action          OWNER/NAME@REF of this action; left out: the GitHub remote and the commit of this clone
  --subject         OWNER@ID/NAME@ID; left out: as GitHub says
  --yes             do not ask
END
}

location='' subscription='' role='' resource_group=''
take_options 'repository location subscription role resource-group into action subject' "$@"
check_options
must_be --location "$location" '^[a-z0-9]+$' westeurope
must_be --subscription "$subscription" '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' 11111111-2222-4333-8444-555555555501
must_be --role "$role" . "'Storage Blob Data Reader'"
must_be --resource-group "$resource_group" '^[][A-Za-z0-9_.()-]{1,90}$' payments-prod
needs az https://learn.microsoft.com/cli/azure/
stop_at_faults

deployment=cloud-access
asked() { az "$@" --subscription "$subscription" --output tsv 2> "$said"; }

azure_look_up() {
  if ! tenant=$(asked account show --query tenantId); then
    fault "Azure does not show the subscription $subscription: $(first_line)"
    return
  fi
  asked group show --name "$resource_group" --query name > /dev/null || fault "Azure does not show the resource group $resource_group: $(first_line)"
  look_up_role
  look_up_deployment
}

look_up_role() {
  local ids
  if ! ids=$(asked role definition list --name "$role" --scope "/subscriptions/$subscription" --query '[].name'); then
    fault "Azure does not list roles: $(first_line)"
    return
  fi
  case $(printf '%s\n' "$ids" | grep -c .) in
    1) role_id=$ids ;;
    0) fault "There is no role $role in the subscription" && return ;;
    *) fault "Several roles have the name $role: go step by step instead, by docs/setup-by-hand.md" && return ;;
  esac
  local actions withheld one
  if ! actions=$(role_patterns actions) || ! withheld=$(role_patterns notActions); then
    fault "Azure does not show the role $role: $(first_line)"
    return
  fi
  for one in $handing_out; do
    if matches "$one" "$actions" && ! matches "$one" "$withheld"; then
      fault "The role $role can hand out access itself ($one): whoever has it for an hour can keep it for good"
      return
    fi
  done
}
# As the action refuses them: src/azure/guards/privileged.ts.
handing_out='Microsoft.Authorization/roleAssignments/write
Microsoft.Authorization/roleAssignmentScheduleRequests/write
Microsoft.Authorization/roleEligibilityScheduleRequests/write
Microsoft.Authorization/roleDefinitions/write
Microsoft.Authorization/elevateAccess/action'
role_patterns() { asked role definition list --name "$role" --scope "/subscriptions/$subscription" --query "[].permissions[].$1[]"; }
# In any letter case; an asterisk stands for any characters, as in the shell.
matches() ( # action, lines of patterns
  shopt -s nocasematch
  while IFS= read -r pattern; do
    # shellcheck disable=SC2053
    [[ $1 == $pattern ]] && exit 0
  done <<< "$2"
  exit 1
)

# With a deployment that has other values this would take away what others lease: that is decided by a person.
look_up_deployment() {
  local state has
  if ! state=$(asked deployment sub show --name "$deployment" --query properties.provisioningState); then
    grep -q DeploymentNotFound "$said" || fault "Azure does not show the deployment $deployment: $(first_line)"
    return 0
  fi
  case $state in
    Succeeded | Failed | Canceled) ;;
    *) fault "The deployment $deployment is in state $state: wait" && return ;;
  esac
  has=$(asked deployment sub show --name "$deployment" --query "join(' ', [properties.parameters.repository.value, properties.parameters.rolesToLease.value[]][])") || true
  # One that failed is made once more, but never with other values.
  [ "$state" != Succeeded ] || has_deployment=true
  if [ "${has%% *}" != "$subject" ] || [[ " $has " != *" ${role_id:-} "* ]]; then
    fault "The deployment $deployment is there with other values ($has). To add to it, deploy it with all of them: setup/README.md#azure"
  fi
}

echo 'Looking up what is there …'
github_look_up
azure_look_up
stop_at_faults

echo
plan_line 'Signed in to' "subscription $subscription, tenant $tenant"
plan_line 'Can be leased' "$role ($role_id) anywhere in that subscription, to users and groups, and nothing else"
if [ "${has_deployment:-}" = true ]; then
  plan_line "Deployment" "$deployment is there with these values, and left as it is"
else
  plan_line "Deployment" "$deployment, to be made from setup/azure.bicep in $location: identities access-broker and access-sweeper, their roles under conditions"
fi
plan_line "Action" "$action"
plan_github
confirm

# First who approves, then what could be approved.
make_environments
if [ "${has_deployment:-}" != true ]; then
  doing "deployment $deployment"
  az deployment sub create --subscription "$subscription" --name "$deployment" --location "$location" \
    --template-file "$here/azure.bicep" --output none \
    --parameters "repository=$subject" "rolesToLease=[\"$role_id\"]"
  done_with_it
fi

output() { az deployment sub show --subscription "$subscription" --name "$deployment" --output tsv --query "properties.outputs.$1.value"; }
broker=$(output brokerClientId)
sweeper=$(output sweeperClientId)
write_workflows azure \
  OWNER/cloud-access@v1 "$action" \
  a9900000-0000-4000-8000-0000000000b0 "$broker" \
  a9900000-0000-4000-8000-0000000000b2 "$sweeper" \
  72f988bf-0000-4000-8000-000000000001 "$tenant" \
  11111111-2222-4333-8444-555555555501 "$subscription" \
  'Storage Blob Data Reader' "$(yaml_text "$role")" \
  payments-prod "$resource_group"
what_now "\"\$(az ad user show --id alice@example.com --query id --output tsv)\""
