// An identity without password or certificate, and the one job that may sign in as it. A part of azure.bicep.
//
// What stands between "begin" and "end" is made from docs/policies by `npm run docs`: change it there, not here.

@description('Name of the user-assigned managed identity')
param name string

param location string

@description('repo:OWNER/NAME:environment:ENVIRONMENT, as the job sends it; compared exactly, letter case included')
param subject string

@description('Name of the federated credential')
param credentialName string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
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

output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
