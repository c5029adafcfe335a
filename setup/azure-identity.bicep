// A managed identity, and the credential with which the jobs of one environment sign in as it. A module of azure.bicep and
// azure-files.bicep.
//
// `npm run docs` writes the parts between "begin" and "end" from docs/policies: change them there, not here.

@description('Name of the user-assigned managed identity')
param name string

param location string

@description('Subject of the job, such as repo:OWNER/NAME:environment:ENVIRONMENT; compared exactly, letter case included')
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

output name string = identity.name
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
