# shellcheck shell=bash
# The existing set-up on AWS that allows more than this one.

# IAM permissions in one of these accounts decide who can grant. The action refuses leases there as privileged.
judge_account() {
  local others
  if [ "$account" = "${management_account:-}" ]; then
    fault "Account $account is the management account: leases there require more permissions, see docs/permissions.md"
  elif [ "$account" = "$administrator_account" ]; then
    fault "Account $account is where the roles that grant and end access are, or will be: IAM permissions there are enough to change them and grant any access. Lease another account"
  elif [ "$account" = "${owner_account:-}" ]; then
    fault "Account $account owns the instance of IAM Identity Center: permissions there are enough to grant any access. Lease another account"
  elif ! others=$(asked organizations list-delegated-administrators --service-principal sso.amazonaws.com --query 'DelegatedAdministrators[].Id'); then
    warn "It is unknown whether account $account is a delegated administrator account for IAM Identity Center ($(first_line)): do not lease such an account"
  elif printf '%s\n' "$others" | grep -qw "$account"; then
    fault "Account $account is a delegated administrator account for IAM Identity Center: permissions there are enough to grant any access. Lease another account"
  fi
}

# AWS compares the audience of each token with the provider's list, before it evaluates the trust policy of a role.
look_up_provider() {
  local all audience=sts.amazonaws.com
  has_provider=0
  if ! provider=$(asked iam list-open-id-connect-providers --query "OpenIDConnectProviderList[?ends_with(Arn, 'oidc-provider/token.actions.githubusercontent.com')].Arn"); then
    fault "Could not list the identity providers of AWS: $(first_line)"
    return
  fi
  [ -n "$provider" ] || return 0
  has_provider=1
  if ! all=$(asked iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider" --query 'ClientIDList[]'); then
    fault "Could not read the audiences of the identity provider $provider: $(first_line)"
  elif ! is_line "$audience" "${all//$'\t'/$'\n'}"; then
    fault "The identity provider $provider lacks the audience $audience, for which jobs get their tokens (it has: ${all//$'\t'/, }), so AWS would refuse every job. Add it; that changes nothing for others:" "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn $provider --client-id $audience"
  fi
}

# The script does not change a stack, so it checks all that the stack allows and trusts.
judge_stack() { # its parameters, as in "Name=a,b Other=c"
  local accounts narrow
  accounts=$(value_of Accounts "$1")
  narrow="aws cloudformation deploy --region $region --stack-name $stack --template-file $(printf %q "$here/aws.yaml") --capabilities CAPABILITY_NAMED_IAM --parameter-overrides Accounts="
  case ,$accounts, in
    *',*,'*) warn "With the stack's Accounts='*' access can be leased in every account, in $administrator_account too, which has the roles that grant: IAM permissions there are enough to grant any access. List every account in which access is leased instead:" "$narrow$account" ;;
    *",$administrator_account,"* | *",${management_account:-none},"*) warn "The stack's Accounts ($accounts) has an account whose administrators could grant any access. Deploy it without that account:" "$narrow$(without "$administrator_account" "$(without "${management_account:-none}" "$accounts")")" ;;
  esac
  [ "$has_provider" = 1 ] ||
    fault "The stack $stack exists, but GitHub is not an identity provider of account $administrator_account any more, so no job can sign in. Create it again:" 'aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com'
  judge_trust access-broker production-access "$repository_id"
  judge_trust access-sweeper lease-end
}
value_of() ( # name, "Name=a,b Other=c"
  set -f
  for pair in $2; do
    [ "${pair%%=*}" != "$1" ] || echo "${pair#*=}"
  done
)
without() { printf ',%s,' "$2" | sed "s/,$1,/,/g; s/^,*//; s/,*$//"; } # one, list with commas

# A trust policy can be changed by hand. CloudFormation does not restore it.
judge_trust() { # role, environment, id of the repository where that is tested too, and with it the workflow files
  local line files=null tested=2 claim='"token.actions.githubusercontent.com:' wanted=repo:$subject:environment:$2
  local from=arn:aws:iam::$administrator_account:oidc-provider/token.actions.githubusercontent.com
  if ! line=$(asked iam get-role --role-name "$1" --query "Role.AssumeRolePolicyDocument.[length(Statement), Statement[0].[Effect, to_string(Principal), to_string(Action), to_string(keys(not_null(Condition, \`{}\`))), to_string(length(not_null(Condition.StringEquals, \`{}\`)))], Statement[0].Condition.StringEquals.[to_string(${claim}aud\"), to_string(${claim}sub\"), to_string(${claim}repository_id\"), to_string(${claim}job_workflow_ref\")]][]"); then
    if grep -q NoSuchEntity "$said"; then
      fault "The role $1 of the stack $stack is missing: delete the stack, and run this again"
    else
      warn "It is unknown whom the role $1 trusts ($(first_line)). It should trust only jobs in $2 of $repository"
    fi
    return 0
  fi
  if [ -n "${3:-}" ]; then
    tested=3
    [ "$grant_workflows" = '*' ] || files=$grant_workflows tested=4
  fi
  line=$(tr '\t' ' ' <<< "$line")
  # Only the workflow files can be several, in any order.
  if [ "${line% *}" != "1 Allow {\"Federated\":\"$from\"} sts:AssumeRoleWithWebIdentity [\"StringEquals\"] $tested sts.amazonaws.com $wanted ${3:-null}" ] ||
    ! are_all_of "$(tr -d '[]"' <<< "${line##* }")" "$files"; then
    fault "The role $1 does not trust what the stack $stack made it trust: the subject $wanted${3:+ of the repository $3, from the workflow $grant_workflows}, and no other. It was changed by hand, and perhaps allows others. Look at its trust policy, and restore it:" "aws iam get-role --role-name $1 --query Role.AssumeRolePolicyDocument"
  fi
}
are_all_of() { # two lists with commas: do they hold the same, in any order?
  local one all
  IFS=, read -ra all <<< "$1"
  [ ${#1} = ${#2} ] || return 1
  for one in "${all[@]}"; do
    case ",$2," in *",$one,"*) ;; *) return 1 ;; esac
  done
}
