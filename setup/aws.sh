#!/usr/bin/env bash
# Sets up leases of access on AWS: environments, roles, the tag, workflows. See --help.
set -euo pipefail
# The end of the names of its workflows.
suffix=''
cloud_name=aws
example_line='aws: user:alice@example.com'
# What ends a lease that no one ends earlier.
ended_by='then EventBridge Scheduler ends it'
# shellcheck source=setup/lib/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/options.sh"
# shellcheck source=setup/lib/github.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/github.sh"
# shellcheck source=setup/lib/branch.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/branch.sh"
# shellcheck source=setup/lib/environments.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/environments.sh"
# shellcheck source=setup/lib/aws-there.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/aws-there.sh"
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
Sets up leases of access on AWS, with your own permissions: the AWS CLI signed in to the delegated administrator account
for IAM Identity Center (or the management account if there is none), and the GitHub CLI signed in as an administrator
of the repository. It shows its plan and asks before it changes anything. It keeps what exists. It commits and pushes
three workflows and, unless a review approves, .github/people.yml; nothing else.

  setup/aws.sh --repository octo-org/infra --reviewer octocat --region us-east-1 \
    --permission-set IncidentAdmin --account 123456789012 --into ../infra --who alice@example.com

  --repository      OWNER/NAME of the repository whose workflows lease access
  --reviewer        who approves: a login or team:SLUG; up to six times
  --approval        environment: these reviewers (default); review: another person approves a pull request, instead of
                    --reviewer, as in private repositories on Pro and Team
  --region          primary Region of IAM Identity Center
  --permission-set  name of the permission set to lease
  --account         ID of the account in which to lease it
  --into            a clone of that repository, on its default branch, for these files
  --no-push         only write the files: do not commit or push them
  --who             your own user in Identity Center, by email address or user name: start a sweep and, if it is green,
                    the first lease, for you
  --incident        what that lease is for; default: first-lease
  --action          OWNER/NAME@REF of this action; default: the GitHub remote and the commit of this clone
  --subject         OWNER@ID/NAME@ID; default: what GitHub shows
  --yes             do not ask
END
}

region='' permission_set='' account=''
take_options 'repository approval reviewer region permission-set account into who incident action subject' "$@"
must_be --region "$region" '^[a-z]{2}(-[a-z]+)+-[0-9]+$' us-east-1
case $region in
  us-gov-* | cn-* | us-iso*) fault "setup/aws.yaml is for another partition of AWS than that of $region. Set up by hand: docs/setup-by-hand.md" ;;
esac
must_be --permission-set "$permission_set" '^[A-Za-z0-9_+=,.@-]{1,32}$' IncidentAdmin
must_be --account "$account" '^[0-9]{12}$' 123456789012
role=$permission_set target="'$account'"
needs aws https://docs.aws.amazon.com/cli/
check_options
stop_at_faults

stack=cloud-access
asked() { aws "$@" --region "$region" --output text 2> "$said"; }

aws_look_up() {
  local line
  if ! administrator_account=$(asked sts get-caller-identity --query Account); then
    fault "Could not read who is signed in to AWS: $(first_line)"
    return
  fi
  line=$(asked sso-admin list-instances --query 'Instances[].[InstanceArn,IdentityStoreId,OwnerAccountId]') ||
    fault "Could not list the instances of Identity Center in $region: $(first_line)"
  case $(printf '%s\n' "$line" | grep -c '^arn:') in
    1) read -r instance identity_store owner_account <<< "$line" ;;
    0) fault "Account $administrator_account shows no instance of IAM Identity Center in $region. Sign in to the delegated administrator account or the management account, and give the primary Region" ;;
    *) fault "There are several instances of IAM Identity Center in $region. Set up by hand: docs/setup-by-hand.md" ;;
  esac
  management_account=$(asked organizations describe-organization --query Organization.MasterAccountId) || fault "Could not read the organization: $(first_line)"
  [ -z "${instance:-}" ] || look_up_permission_set
  # Without permission to ask, continue: this only prevents a first lease that fails.
  asked organizations describe-account --account-id "$account" --query Account.Id > /dev/null ||
    ! grep -q AccountNotFoundException "$said" || fault "There is no account $account in the organization"
  judge_account
  look_up_provider
  look_up_stack
  [ -z "$who" ] || [ -z "${identity_store:-}" ] || look_up_who
}

# By user name or email address, as the action does. Without permission to ask, continue.
look_up_who() {
  local by
  for by in userName emails.value; do
    asked identitystore get-user-id --identity-store-id "$identity_store" --query UserId \
      --alternate-identifier "{\"UniqueAttribute\":{\"AttributePath\":\"$by\",\"AttributeValue\":\"$who\"}}" > /dev/null && return
    grep -q ResourceNotFoundException "$said" || return 0
  done
  fault "There is no user $who in the identity store $identity_store. Give the email address or user name of your own user. Example: --who alice@example.com"
}

look_up_permission_set() {
  local arn name names='' all count=0
  if ! all=$(asked sso-admin list-permission-sets --instance-arn "$instance" --query 'PermissionSets[]'); then
    fault "Could not list permission sets: $(first_line)"
    return
  fi
  # AWS shows each name by a request of its own.
  for arn in $all; do
    count=$((count + 1))
    progress "  permission set $count"
    name=$(asked sso-admin describe-permission-set --instance-arn "$instance" --permission-set-arn "$arn" --query PermissionSet.Name) || {
      fault "Could not read the permission set $arn: $(first_line)"
      return
    }
    names="$names${names:+, }$name"
    [ "$name" != "$permission_set" ] || { permission_set_arn=$arn && break; }
  done
  progress ''
  if [ -z "${permission_set_arn:-}" ]; then
    fault "There is no permission set $permission_set; there are: ${names:-none}"
    return
  fi
  tagged=$(asked sso-admin list-tags-for-resource --instance-arn "$instance" --resource-arn "$permission_set_arn" --query "join('', Tags[?Key=='cloud-access-lease'].Value)") ||
    fault "Could not read the tags of $permission_set: $(first_line)"
  case $tagged in
    '' | allowed) ;;
    *) fault "$permission_set has the tag cloud-access-lease=$tagged: remove it, or lease another permission set" ;;
  esac
  look_up_where_provisioned
}

# A delegated administrator cannot use a permission set that is provisioned in the management account. Without permission
# to ask, continue.
look_up_where_provisioned() {
  local all
  [ "$administrator_account" != "${management_account:-}" ] || return 0
  all=$(asked sso-admin list-accounts-for-provisioned-permission-set --instance-arn "$instance" --permission-set-arn "$permission_set_arn" --query 'AccountIds[]') || return 0
  ! printf '%s\n' "$all" | grep -qw "${management_account:-none}" ||
    fault "$permission_set is provisioned in the management account $management_account, so a delegated administrator cannot use it anywhere: lease another one, or sign in to the management account"
}

# Changing a stack with other values would remove what others lease: a person decides that.
look_up_stack() {
  local line state one lacks='' id=${instance:-}
  # shellcheck disable=SC2016 # What is in backticks is JMESPath's.
  if ! line=$(asked cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].[StackStatus, join(`" "`, not_null(Parameters, `[]`)[?contains(`["Repository", "RepositoryId", "GrantWorkflows", "GrantEnvironment", "LeaseEndEnvironment", "InstanceId", "Accounts", "PermissionSets"]`, ParameterKey)].join(`"="`, [ParameterKey, ParameterValue]))]'); then
    grep -q 'does not exist' "$said" || fault "Could not read the stack $stack: $(first_line)"
    has=''
    return 0
  fi
  # Ignore blanks around the commas of a list.
  IFS=$'\t' read -r state has <<< "$(printf %s "$line" | sed 's/ *, */,/g')"
  case $state in
    # Stopped while the changes were reviewed: nothing was created.
    REVIEW_IN_PROGRESS) return ;;
    CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE) ;;
    ROLLBACK_COMPLETE)
      fault "An earlier deployment of the stack $stack failed. Delete it: aws cloudformation delete-stack --region $region --stack-name $stack"
      return
      ;;
    *)
      fault "The stack $stack is in state $state: wait, or repair it"
      return
      ;;
  esac
  has_stack=true
  for one in "Repository=$subject" "RepositoryId=${repository_id:-}" "GrantWorkflows=$grant_workflow" GrantEnvironment=production-access \
    LeaseEndEnvironment=lease-end "InstanceId=${id##*/}" "Accounts=$account" "PermissionSets=${permission_set_arn:-}"; do
    includes "${one%%=*}" "${one#*=}" || lacks="$lacks $one"
  done
  [ -z "$lacks" ] || fault "The stack $stack exists with other values ($has), without$lacks. To add to it, deploy it with all of them: setup/README.md#aws"
  grant_workflows=$(value_of GrantWorkflows "$has")
  [ -n "$lacks" ] || judge_stack "$has"
}
includes() { # name, value: whether it is in the stack's list of that name
  case ",$(value_of "$1" "$has")," in *",$2,"* | *',*,'*) return 0 ;; esac
  return 1
}

# The roles have the names that setup/aws.yaml gives them.
workflow() { # file
  local roles=arn:aws:iam::$administrator_account:role
  filled "$here/workflows/aws/$1" \
    OWNER/cloud-access "${action%@*}" @v1 "@${action#*@}" \
    'branches: [main]' "branches: [$(yaml_text "$default_branch")]" \
    arn:aws:iam::111122223333:role "$roles" \
    IncidentAdmin "$(yaml_text "$permission_set")" \
    "'123456789012'" "'$account'" \
    us-east-1 "$region"
}

echo 'Looking up what exists …'
github_look_up
# The claim job_workflow_ref of the jobs that take leases.
grant_workflow=$repository/.github/workflows/$form@refs/heads/${default_branch:-main}
aws_look_up
look_up_lease
stop_at_faults
look_up_files
stop_at_faults

echo
plan_line 'Signed in to' "account $administrator_account, Region $region"
plan_line 'Identity Center' "$instance, $identity_store; management account $management_account"
rest='nothing else'
[ "${has_stack:-}" != true ] || rest="what else the stack allows: $(value_of PermissionSets "$has") on $(value_of Accounts "$has")"
plan_line 'Can be leased' "$permission_set on account $account, and $rest"
if [ "${has_stack:-}" = true ]; then
  plan_line "Stack $stack" 'exists with these values; left as it is, but protected from deletion'
else
  plan_line "Stack $stack" 'will be created from setup/aws.yaml, protected from deletion: roles access-broker, access-sweeper, access-ender; schedule group cloud-access'
  case $has_provider in
    0) plan_line '' 'and GitHub as an identity provider' ;;
    *) plan_line '' 'GitHub is already an identity provider' ;;
  esac
fi
case ${grant_workflows:-$grant_workflow} in
  '*')
    plan_line 'Can take leases' "jobs of any workflow file in production-access: the stack has GrantWorkflows=*"
    warn "Jobs of any workflow file in production-access can take leases. To allow only this one:" "aws cloudformation deploy --region $region --stack-name $stack --template-file $(printf %q "$here/aws.yaml") --capabilities CAPABILITY_NAMED_IAM --parameter-overrides GrantWorkflows=$grant_workflow"
    ;;
  *) plan_line 'Can take leases' "jobs of ${grant_workflows:-$grant_workflow} in production-access, of the repository with the ID $repository_id" ;;
esac
case $tagged in
  '') plan_line Tag "cloud-access-lease=allowed, will be set on $permission_set_arn" ;;
  *) plan_line Tag "cloud-access-lease=allowed, already set on $permission_set_arn" ;;
esac
plan_action
plan_github
confirm

# Reviewers first, then what they could approve.
make_environments
if [ "${has_stack:-}" != true ]; then
  doing "stack $stack"
  create_provider=true
  [ "$has_provider" = 0 ] || create_provider=false
  aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file "$here/aws.yaml" \
    --capabilities CAPABILITY_NAMED_IAM --parameter-overrides \
    "Repository=$subject" "RepositoryId=$repository_id" "GrantWorkflows=$grant_workflow" \
    "ManagementAccount=$management_account" "InstanceId=${instance##*/}" \
    "IdentityStoreId=$identity_store" "Accounts=$account" "PermissionSets=$permission_set_arn" \
    "CreateOidcProvider=$create_provider"
  done_with_it
fi
# Without the stack no role ends leases.
doing "termination protection of $stack"
aws cloudformation update-termination-protection --region "$region" --stack-name "$stack" --enable-termination-protection > /dev/null
done_with_it
if [ "$tagged" != allowed ]; then
  doing "tag cloud-access-lease on $permission_set"
  aws sso-admin tag-resource --region "$region" --instance-arn "$instance" --resource-arn "$permission_set_arn" --tags Key=cloud-access-lease,Value=allowed
  done_with_it
fi

write_files
push_files
[ "$push" = refused ] || start_runs
what_now
[ "$push" != refused ] || leave 1
