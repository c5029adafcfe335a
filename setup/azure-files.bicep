// All that access files on Azure require, in one deployment to the subscription of the access: an identity that reads, one
// that grants and revokes, one that only revokes, their federated credentials, and their roles with conditions. It needs
// nothing of azure.bicep, and can share its resource group.
//
// README.md in this folder has the commands.
//
// `npm run docs` writes the parts between "begin" and "end" from docs/policies: change them there, not here.
targetScope = 'subscription'

@description('OWNER/NAME of the repository of the access files; OWNER@ID/NAME@ID if it sends immutable subjects')
@minLength(3)
param repository string

@description('Environment of the jobs that apply access files, with required reviewers')
@minLength(3)
param applyEnvironment string = 'production-access'

@description('Environment of the jobs that revoke the access of expired rows, without reviewers')
@minLength(3)
param expireEnvironment string = 'lease-end'

@description('Branch on which jobs without an environment can read all access, as pull requests can')
@minLength(1)
param defaultBranch string = 'main'

@description('GUIDs of the roles that access files can change. Choose none that can itself hand out access')
@minLength(1)
param rolesInFiles string[]

type principalType = 'User' | 'Group' | 'ServicePrincipal'

@description('Types of principals whose access can change')
@minLength(1)
param principalTypes principalType[] = ['User', 'Group']

@description('Resource group of the three identities')
param resourceGroupName string = 'cloud-access'

param location string = deployment().location

var roles = join(rolesInFiles, ', ')
var types = join(map(principalTypes, kind => '\'${kind}\''), ', ')

// begin: azure-condition.txt applierText
var applierText = '''
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

// begin: azure-sweeper-condition.txt expirerText
var expirerText = '''
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

var applierCondition = replace(replace(applierText, '<roles>', roles), '<types>', types)
var expirerCondition = replace(replace(expirerText, '<roles>', roles), '<types>', types)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
}

// The identity of jobs that plan and compare. It cannot change anything.
module planner 'azure-identity.bicep' = {
  name: 'cloud-access-planner'
  scope: group
  params: {
    name: 'access-planner'
    location: location
    subject: 'repo:${repository}:pull_request'
    credentialName: 'pull-request'
  }
}

module plannerOnBranch 'azure-credential.bicep' = {
  name: 'cloud-access-planner-on-branch'
  scope: group
  params: {
    identityName: planner.outputs.name
    subject: 'repo:${repository}:ref:refs/heads/${defaultBranch}'
    credentialName: 'default-branch'
  }
}

// The identity of jobs that apply a plan.
module applier 'azure-identity.bicep' = {
  name: 'cloud-access-applier'
  scope: group
  params: {
    name: 'access-applier'
    location: location
    subject: 'repo:${repository}:environment:${applyEnvironment}'
    credentialName: applyEnvironment
  }
}

// The identity of jobs that revoke the access of expired rows.
module expirer 'azure-identity.bicep' = {
  name: 'cloud-access-expirer'
  scope: group
  params: {
    name: 'access-expirer'
    location: location
    subject: 'repo:${repository}:environment:${expireEnvironment}'
    credentialName: expireEnvironment
  }
}

resource readingRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'cloud-access', 'inventory')
  properties: {
    // begin: azure-inventory.json
    roleName: 'Access inventory (${subscription().subscriptionId})'
    description: 'Reads who has access, and changes nothing.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/denyAssignments/read'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.Authorization/roleAssignmentScheduleInstances/read'
          'Microsoft.Authorization/roleEligibilityScheduleInstances/read'
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Resources/subscriptions/resourceGroups/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
    // end: azure-inventory.json
  }
}

resource applierRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'cloud-access', 'reconcile')
  properties: {
    // begin: azure-reconcile.json
    roleName: 'Access reconciler (${subscription().subscriptionId})'
    description: 'Makes and removes role assignments as access files say; which ones, the condition of its own role assignment says.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleAssignments/write'
          'Microsoft.Authorization/roleAssignments/delete'
          'Microsoft.Authorization/denyAssignments/read'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.Authorization/roleAssignmentScheduleInstances/read'
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Resources/subscriptions/resourceGroups/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
    // end: azure-reconcile.json
  }
}

// The same as in azure.bicep: the name of a custom role is unique in a directory.
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

resource plannerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'planner')
  properties: {
    roleDefinitionId: readingRole.id
    principalId: planner.outputs.principalId
    principalType: 'ServicePrincipal'
  }
}

// The condition is essential: without it the identity could make itself Owner.
resource applierAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'applier')
  properties: {
    roleDefinitionId: applierRole.id
    principalId: applier.outputs.principalId
    principalType: 'ServicePrincipal'
    condition: applierCondition
    conditionVersion: '2.0'
  }
}

resource expirerReading 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'expirer-reading')
  properties: {
    roleDefinitionId: readingRole.id
    principalId: expirer.outputs.principalId
    principalType: 'ServicePrincipal'
  }
}

resource expirerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, resourceGroupName, 'cloud-access', 'expirer')
  properties: {
    roleDefinitionId: sweeperRole.id
    principalId: expirer.outputs.principalId
    principalType: 'ServicePrincipal'
    condition: expirerCondition
    conditionVersion: '2.0'
  }
}

@description('azure-client-id of the steps that plan, and of the inventory')
output plannerClientId string = planner.outputs.clientId

@description('azure-client-id of the steps that apply a plan, and their plan-for')
output applierClientId string = applier.outputs.clientId

@description('azure-client-id of the steps that revoke the access of expired rows')
output expirerClientId string = expirer.outputs.clientId

@description('azure-tenant-id of all of them')
output tenantId string = subscription().tenantId

@description('azure-subscription-id of all of them')
output subscriptionId string = subscription().subscriptionId
