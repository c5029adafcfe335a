// A further credential of a managed identity, with which other jobs sign in as it. A module of azure-files.bicep.
//
// `npm run docs` writes the parts between "begin" and "end" from docs/policies: change them there, not here.

@description('Name of the user-assigned managed identity')
param identityName string

@description('Subject of the job, such as repo:OWNER/NAME:ref:refs/heads/BRANCH; compared exactly, letter case included')
param subject string

@description('Name of the federated credential')
param credentialName string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: identity
  // begin: azure-credential-environment.json
  name: credentialName
  properties: {
    issuer: 'https://token.actions.githubusercontent.com'
    subject: subject
    audiences: ['api://AzureADTokenExchange']
  }
  // end: azure-credential-environment.json
}
