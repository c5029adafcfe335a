// All that leases on Azure require, in one deployment to the subscription of the access: an identity that takes leases, one
// that ends them and cannot grant, their federated credentials, and their roles with conditions.
//
// README.md in this folder has the commands.
//
// `npm run docs` writes the parts between "begin" and "end" from docs/policies: change them there, not here.
targetScope = 'subscription'

@description('OWNER/NAME of the repository whose workflows lease access; OWNER@ID/NAME@ID if it sends immutable subjects')
@minLength(3)
param repository string

@description('Environment of the jobs that take leases, with required reviewers')
@minLength(3)
param grantEnvironment string = 'production-access'

@description('Environment of the jobs that end leases (release, sweep), without reviewers')
@minLength(3)
param leaseEndEnvironment string = 'lease-end'

@description('GUIDs of the roles that can be leased. Choose none that can itself hand out access')
@minLength(1)
param rolesToLease string[]

type principalType = 'User' | 'Group' | 'ServicePrincipal'

@description('Types of principals that can get access. ServicePrincipal is for identities that deploy')
@minLength(1)
param principalTypes principalType[] = ['User', 'Group']

@description('Resource group of the two identities')
param resourceGroupName string = 'cloud-access'

param location string = deployment().location

var roles = join(rolesToLease, ', ')
var types = join(map(principalTypes, kind => '\'${kind}\''), ', ')

// begin: azure-condition.txt brokerText
var brokerText = '''
(
  (!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))
  OR
  (
    @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {<roles>}
    AND
    @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {<types>}
  )
)
AND
(
  (!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'}))
  OR
  (
    @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {<roles>}
    AND
    @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {<types>}
  )
)'''
// end: azure-condition.txt

// begin: azure-sweeper-condition.txt sweeperText
var sweeperText = '''
(
  (!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'}))
  OR
  (
    @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {<roles>}
    AND
    @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {<types>}
  )
)'''
// end: azure-sweeper-condition.txt

var brokerCondition = replace(replace(brokerText, '<roles>', roles), '<types>', types)
var sweeperCondition = replace(replace(sweeperText, '<roles>', roles), '<types>', types)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
}

// The identity of jobs that take leases.
module broker 'azure-identity.bicep' = {
  name: 'cloud-access-broker'
  scope: group
  params: {
    name: 'access-broker'
    location: location
    subject: 'repo:${repository}:environment:${grantEnvironment}'
    credentialName: grantEnvironment
  }
}

// The identity of jobs that end leases: release and the hourly sweep.
module sweeper 'azure-identity.bicep' = {
  name: 'cloud-access-sweeper'
  scope: group
  params: {
    name: 'access-sweeper'
    location: location
    subject: 'repo:${repository}:environment:${leaseEndEnvironment}'
    credentialName: leaseEndEnvironment
  }
}

resource brokerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'cloud-access', 'broker')
  properties: {
    // begin: azure-broker.json
    roleName: 'Access broker (${subscription().subscriptionId})'
    description: 'Makes and removes role assignments; which ones, the condition of its own role assignment says.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleAssignments/write'
          'Microsoft.Authorization/roleAssignments/delete'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.Resources/subscriptions/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
    // end: azure-broker.json
  }
}

resource sweeperRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'cloud-access', 'sweeper')
  properties: {
    // begin: azure-sweeper.json
    roleName: 'Access sweeper (${subscription().subscriptionId})'
    description: 'Finds leases that are due, and deletes those role assignments; it cannot grant.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleAssignments/delete'
          'Microsoft.Resources/subscriptions/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
    // end: azure-sweeper.json
  }
}

// The condition is essential: without it the identity could make itself Owner.
resource brokerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'broker')
  properties: {
    roleDefinitionId: brokerRole.id
    principalId: broker.outputs.principalId
    principalType: 'ServicePrincipal'
    condition: brokerCondition
    conditionVersion: '2.0'
  }
}

resource sweeperAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'sweeper')
  properties: {
    roleDefinitionId: sweeperRole.id
    principalId: sweeper.outputs.principalId
    principalType: 'ServicePrincipal'
    condition: sweeperCondition
    conditionVersion: '2.0'
  }
}

@description('azure-client-id of the steps that take leases')
output brokerClientId string = broker.outputs.clientId

@description('azure-client-id of the steps that end leases')
output sweeperClientId string = sweeper.outputs.clientId

@description('azure-tenant-id of all of them')
output tenantId string = subscription().tenantId

@description('azure-subscription-id of all of them')
output subscriptionId string = subscription().subscriptionId
