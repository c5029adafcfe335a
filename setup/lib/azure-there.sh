# shellcheck shell=bash
# The existing set-up on Azure that allows more than this one.

# Each credential of an identity lets someone sign in as it. An identity must have one, for the jobs of one environment.
look_up_credentials() { # identity, environment
  local lines name issuer credential_subject audiences there=false about="--identity-name $1 --resource-group cloud-access --subscription $subscription"
  local github=https://token.actions.githubusercontent.com wanted=repo:$subject:environment:$2 audience=api://AzureADTokenExchange
  # shellcheck disable=SC2016 # What is in backticks is JMESPath's.
  if ! lines=$(asked identity federated-credential list --identity-name "$1" --resource-group cloud-access --query '[].[name, issuer, not_null(subject, `"-"`), join(`","`, audiences)]'); then
    fault "Could not read who can sign in as $1: $(first_line)"
    return
  fi
  while IFS=$'\t' read -r name issuer credential_subject audiences; do
    if [ -z "$name" ]; then continue; fi
    if [ "$issuer $credential_subject $audiences" = "$github $wanted $audience" ]; then
      there=true
    else
      fault "The identity $1 has the credential $name, which this set-up does not create: others than the jobs in $2 of $repository can sign in with it (issuer $issuer, subject $credential_subject, audience $audiences). Delete it:" "az identity federated-credential delete --name $(printf %q "$name") $about"
    fi
  done <<< "$lines"
  [ "$there" = true ] || fault "The identity $1 has no credential for jobs in $2 of $repository, so they cannot sign in as it. Create it:" "az identity federated-credential create --name $2 $about --issuer $github --subject $wanted --audiences $audience"
}
