import type { Instance } from '../../estate.ts';
import { authorize } from '../authorize.ts';
import { text, timestamp } from '../call.ts';
import { partitionOf, type Handler } from '../cloud.ts';
import type { Resource } from '../iam.ts';
import { page } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import { admit, pageRules, permissionSetOf, placeOf } from './guards.ts';

const CREATED = timestamp(Date.UTC(2024, 4, 2, 9, 30));

function metadata(instance: Instance): Record<string, unknown> {
  const { additionalRegions = [] } = instance;
  return {
    InstanceArn: instance.arn,
    IdentityStoreId: instance.identityStoreId,
    IdentityStoreArn: `arn:${partitionOf(instance)}:identitystore::${instance.ownerAccount}:identitystore/${instance.identityStoreId}`,
    OwnerAccountId: instance.ownerAccount,
    ...(instance.name === undefined ? {} : { Name: instance.name }),
    CreatedDate: CREATED,
    Status: instance.status ?? 'ACTIVE',
    // Optional in the model, so only where it says something.
    ...(additionalRegions.length === 0
      ? {}
      : {
          PrimaryRegion: instance.region,
          Regions: [instance.region, ...additionalRegions].map((name) => ({
            RegionName: name,
            Status: 'ACTIVE',
            IsPrimaryRegion: name === instance.region,
          })),
        }),
  };
}

export const instanceHandlers: Readonly<Record<string, Handler>> = {
  ListInstances: (cloud, call) => {
    authorize(cloud, call, 'sso', [{ arn: '*' }]);
    const everywhere = call.input['RegionScope'] === 'ALL_REGIONS';
    const visible = cloud.state.instances.filter(
      (instance) => everywhere || placeOf(instance, call.region) !== undefined,
    );
    // In a Region without instances the member is absent (aws-sdk-js-v3#3648).
    if (visible.length === 0) return {};
    const { items, next } = page(call, visible, ({ arn }) => arn, pageRules);
    return { Instances: items.map(metadata), ...next };
  },

  DescribeInstance: (cloud, call) => {
    const instance = admit(cloud, call, { inAdditionalRegions: true });
    return { ...metadata(instance), PermissionSetsEnabled: instance.permissionSetsEnabled !== false };
  },

  ListPermissionSets: (cloud, call) => {
    const instance = admit(cloud, call);
    const arns = [...cloud.state.permissionSets.values()]
      .filter(({ instanceArn }) => instanceArn === instance.arn)
      .map(({ arn }) => arn);
    const { items, next } = page(call, arns, (arn) => arn, {
      ...pageRules,
      size: typeof call.input['MaxResults'] === 'number' ? 100 : 25,
    });
    return { PermissionSets: items, ...next };
  },

  DescribePermissionSet: (cloud, call) => {
    const instance = admit(cloud, call, { permissionSet: true });
    const { name, arn, description, sessionDuration } = permissionSetOf(
      cloud,
      instance,
      String(call.input['PermissionSetArn']),
    );
    return {
      PermissionSet: {
        Name: name,
        PermissionSetArn: arn,
        ...(description === undefined ? {} : { Description: description }),
        CreatedDate: CREATED,
        SessionDuration: sessionDuration ?? 'PT1H',
      },
    };
  },

  // The model has no MaxResults: pages are as long as the service likes, here short.
  ListTagsForResource: (cloud, call) => {
    const arn = text(call, 'ResourceArn');
    const set = cloud.state.permissionSets.get(arn);
    const instance = cloud.state.instances.find((it) => it.arn === (set?.instanceArn ?? arn));
    authorize(cloud, call, 'sso', [
      ...(instance === undefined ? [] : [tagged(instance.arn, instance.tags)]),
      ...(arn === instance?.arn ? [] : [tagged(arn, set?.tags)]),
    ]);
    if (instance === undefined || placeOf(instance, call.region) !== 'primary')
      throw new Refusal('ResourceNotFoundException', `The resource ${arn} does not exist.`);
    const tags = Object.entries(set?.tags ?? instance.tags ?? {});
    const { items, next } = page(call, tags, ([key]) => key, { ...pageRules, size: 1 });
    return { Tags: items.map(([Key, Value]) => ({ Key, Value })), ...next };
  },
};

function tagged(arn: string, tags: Readonly<Record<string, string>> | undefined): Resource {
  return { arn, ...(tags === undefined ? {} : { tags }) };
}
