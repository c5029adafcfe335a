# shellcheck shell=bash
# What is there already on AWS, and would let in more than this set-up does.

# Whoever gets rights to IAM in one of these accounts decides who may grant: the action refuses leases there as privileged.
judge_account() {
  local others
  if [ "$account" = "${management_account:-}" ]; then
    fault "Account $account is the management account: leases there take more rights, see docs/permissions.md"
  elif [ "$account" = "$administrator_account" ]; then
    fault "Account $account is where the roles that grant and end access are, or will be: whoever gets rights to IAM there could change them, and grant access at will. Lease another account"
  elif [ "$account" = "${owner_account:-}" ]; then
    fault "Account $account owns the instance of IAM Identity Center: whoever gets rights there could grant access at will. Lease another account"
  elif ! others=$(asked organizations list-delegated-administrators --service-principal sso.amazonaws.com --query 'DelegatedAdministrators[].Id'); then
    warn "It is unknown whether account $account is a delegated administrator account for IAM Identity Center ($(first_line)): lease no such account"
  elif printf '%s\n' "$others" | grep -qw "$account"; then
    fault "Account $account is a delegated administrator account for IAM Identity Center: whoever gets rights there could grant access at will. Lease another account"
  fi
}

# AWS compares the audience of each token with the list of the provider, before any role's trust policy is asked.
look_up_provider() {
  local all audience=sts.amazonaws.com
  has_provider=0
  if ! provider=$(asked iam list-open-id-connect-providers --query "OpenIDConnectProviderList[?ends_with(Arn, 'oidc-provider/token.actions.githubusercontent.com')].Arn"); then
    fault "AWS does not list identity providers: $(first_line)"
    return
  fi
  [ -n "$provider" ] || return 0
  has_provider=1
  if ! all=$(asked iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider" --query 'ClientIDList[]'); then
    fault "AWS does not show the audiences of the identity provider $provider: $(first_line)"
  elif ! is_line "$audience" "${all//$'\t'/$'\n'}"; then
    fault "The identity provider $provider lacks the audience $audience, for which jobs get their tokens (it has: ${all//$'\t'/, }), so AWS would refuse them all. Add it, which takes nothing from others:" "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn $provider --client-id $audience"
  fi
}

# A stack that is left as it is, and so all that it allows and trusts.
judge_stack() { # its parameters, as in "Name=a,b Other=c"
  local accounts narrow
  accounts=$(value_of Accounts "$1")
  narrow="aws cloudformation deploy --region $region --stack-name $stack --template-file $(printf %q "$here/aws.yaml") --capabilities CAPABILITY_NAMED_IAM --parameter-overrides Accounts="
  case ,$accounts, in
    *',*,'*) warn "With the stack's Accounts='*' access can be leased in every account, in $administrator_account too, which holds the roles that grant: whoever gets rights to IAM there could grant access at will. List the accounts instead, all in which access is leased:" "$narrow$account" ;;
    *",$administrator_account,"* | *",${management_account:-none},"*) warn "The stack's Accounts ($accounts) has an account whose administrators could grant access at will. Deploy it without that:" "$narrow$(without "$administrator_account" "$(without "${management_account:-none}" "$accounts")")" ;;
  esac
  [ "$has_provider" = 1 ] ||
    fault "The stack $stack exists, but GitHub is no identity provider of account $administrator_account any more, so no job can sign in. Make it again:" 'aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com'
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

# Somebody may have changed by hand whom a role trusts, which CloudFormation does not put back.
judge_trust() { # role, environment, id of the repository where that is tested too, and with it the workflow files
  local line files=null tested=2 claim='"token.actions.githubusercontent.com:' wanted=repo:$subject:environment:$2
  local from=arn:aws:iam::$administrator_account:oidc-provider/token.actions.githubusercontent.com
  if ! line=$(asked iam get-role --role-name "$1" --query "Role.AssumeRolePolicyDocument.[length(Statement), Statement[0].[Effect, to_string(Principal), to_string(Action), to_string(keys(not_null(Condition, \`{}\`))), to_string(length(not_null(Condition.StringEquals, \`{}\`)))], Statement[0].Condition.StringEquals.[to_string(${claim}aud\"), to_string(${claim}sub\"), to_string(${claim}repository_id\"), to_string(${claim}job_workflow_ref\")]][]"); then
    if grep -q NoSuchEntity "$said"; then
      fault "The role $1 of the stack $stack is gone: delete the stack, and run this again"
    else
      warn "It is unknown whom the role $1 trusts ($(first_line)): it should be jobs in $2 of $repository, and no others"
    fi
    return 0
  fi
  if [ -n "${3:-}" ]; then
    tested=3
    [ "$grant_workflows" = '*' ] || files=$grant_workflows tested=4
  fi
  line=$(tr '\t' ' ' <<< "$line")
  # Only the workflow files may be several, in any order.
  if [ "${line% *}" != "1 Allow {\"Federated\":\"$from\"} sts:AssumeRoleWithWebIdentity [\"StringEquals\"] $tested sts.amazonaws.com $wanted ${3:-null}" ] ||
    ! are_all_of "$(tr -d '[]"' <<< "${line##* }")" "$files"; then
    fault "The role $1 does not trust what the stack $stack made it trust: the subject $wanted${3:+ of the repository $3, from the workflow $grant_workflows}, and no other. Somebody has changed it, and may have let in others. See what it trusts now, and put it back:" "aws iam get-role --role-name $1 --query Role.AssumeRolePolicyDocument"
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
