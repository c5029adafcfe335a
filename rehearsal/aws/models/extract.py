"""Makes the JSON files of this folder from the service models in a botocore wheel: python3 extract.py botocore-*.whl"""

import gzip
import json
import sys
import zipfile
from pathlib import Path

SERVICES = {
    'sso-admin': ('sso-admin/2020-07-20', [
        'ListInstances', 'DescribeInstance', 'ListPermissionSets', 'DescribePermissionSet',
        'CreateAccountAssignment', 'DeleteAccountAssignment',
        'DescribeAccountAssignmentCreationStatus', 'DescribeAccountAssignmentDeletionStatus',
        'ListAccountAssignmentCreationStatus', 'ListAccountAssignmentDeletionStatus',
        'ListAccountAssignments', 'ListAccountAssignmentsForPrincipal',
        'ProvisionPermissionSet', 'DescribePermissionSetProvisioningStatus', 'ListPermissionSetProvisioningStatus',
        'ListAccountsForProvisionedPermissionSet', 'ListPermissionSetsProvisionedToAccount',
        'ListTagsForResource',
    ]),
    'identitystore': ('identitystore/2020-06-15', [
        'GetUserId', 'GetGroupId', 'DescribeUser', 'DescribeGroup', 'ListUsers', 'ListGroups',
        'ListGroupMembershipsForMember',
    ]),
    'organizations': ('organizations/2016-11-28', [
        'DescribeOrganization', 'DescribeAccount', 'ListAccounts', 'ListParents', 'ListRoots',
        'ListOrganizationalUnitsForParent', 'ListAccountsForParent', 'DescribeOrganizationalUnit',
    ]),
    'scheduler': ('scheduler/2021-06-30', [
        'CreateSchedule', 'GetSchedule', 'UpdateSchedule', 'DeleteSchedule', 'ListSchedules',
        'CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup',
    ]),
    'sts': ('sts/2011-06-15', ['AssumeRoleWithWebIdentity', 'GetCallerIdentity']),
}
KEPT = ('type', 'required', 'members', 'member', 'key', 'value', 'min', 'max', 'pattern', 'enum', 'union', 'document', 'exception', 'error')


def shape_names(shape):
    """The names of the shapes that a shape refers to."""
    for member in shape.get('members', {}).values():
        yield member['shape']
    for part in ('member', 'key', 'value'):
        if part in shape:
            yield shape[part]['shape']


def slim(shape):
    kept = {name: shape[name] for name in KEPT if name in shape}
    if 'members' in kept:
        kept['members'] = {
            name: {key: member[key] for key in ('shape', 'location', 'locationName') if key in member and (key == 'shape' or 'location' in member)}
            for name, member in kept['members'].items()
        }
    for part in ('member', 'key', 'value'):
        if part in kept:
            kept[part] = {'shape': kept[part]['shape']}
    return kept


def extract(model, operations):
    todo, shapes, kept = [], {}, {}
    for name in operations:
        operation = model['operations'][name]
        kept[name] = {
            'input': operation.get('input', {}).get('shape'),
            'output': operation.get('output', {}).get('shape'),
            'errors': [error['shape'] for error in operation.get('errors', [])],
        }
        if model['metadata']['protocol'] == 'rest-json':
            kept[name]['http'] = {key: operation['http'][key] for key in ('method', 'requestUri')}
        todo += [shape for shape in (kept[name]['input'], kept[name]['output'], *kept[name]['errors']) if shape]
    while todo:
        name = todo.pop()
        if name not in shapes:
            shapes[name] = slim(model['shapes'][name])
            todo += shape_names(model['shapes'][name])
    metadata = {key: model['metadata'].get(key) for key in ('apiVersion', 'targetPrefix', 'jsonVersion', 'protocol', 'signingName', 'endpointPrefix', 'serviceId')}
    return {'metadata': metadata, 'operations': kept, 'shapes': dict(sorted(shapes.items()))}


def main():
    here = Path(__file__).parent
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        for service, (folder, operations) in SERVICES.items():
            model = json.loads(gzip.decompress(wheel.read(f'botocore/data/{folder}/service-2.json.gz')))
            text = json.dumps(extract(model, operations), indent=1, ensure_ascii=False)
            (here / f'{service}.json').write_text(text + '\n')


main()
