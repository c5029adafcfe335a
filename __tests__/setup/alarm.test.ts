import { describe, expect, it } from '@jest/globals';
import { cloudTrailEvent, sessionOf, type Asked } from './cloudtrail.ts';
import { matches, type Pattern } from './event-pattern.ts';
import { deploy, exampleParameters } from './stack.ts';

const withAlarm = { ...exampleParameters, AlarmEmail: 'security@example.com' };
const stack = deploy(withAlarm);
const { resources } = stack;
const patternIn = (all: typeof resources): Pattern => all['TimerAlarm']?.Properties['EventPattern'] as Pattern;
const rings = (asked: Asked): boolean => matches(patternIn(resources), cloudTrailEvent(asked));

const roles = 'arn:aws:iam::111122223333:role';
const ours = 'aws-sdk-js/3.1138.0 ua/2.1 os/linux lang/js md/nodejs#24 api/scheduler#3.1138.0 cloud-access/1.0.0';
const timer = '3k5m7p9r1t3v5a7c9e1g3i5k-1795298400-000000000000000000-t';
const parameters = { name: timer, groupName: 'cloud-access', clientToken: 'any' };
const release: Asked = {
  call: 'DeleteSchedule',
  parameters,
  userAgent: ours,
  identity: sessionOf(`${roles}/access-sweeper`, 'cloud-access-74901-1'),
};
const console_ = sessionOf(`${roles}/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`, 'mallory');

describe('the alarm of setup/aws.yaml', () => {
  it.each<[string, Partial<Asked>]>([
    ['a person in the console', { identity: console_, userAgent: 'Mozilla/5.0' }],
    ['a person who calls themselves this action', { identity: console_ }],
    ['an IAM user', { identity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory' } }],
    ['the root user', { identity: { type: 'Root', arn: 'arn:aws:iam::111122223333:root' } }],
    ['a role whose name begins like ours', { identity: sessionOf(`${roles}/access-sweeper-2`) }],
    ['the sweeper’s role by the AWS CLI', { userAgent: 'aws-cli/2.31.0 md/awscrt#0.27.6' }],
    ['the broker’s role by another SDK', { identity: sessionOf(`${roles}/access-broker`), userAgent: 'Boto3/1.44.8' }],
  ])('rings where a timer is deleted, disabled or moved by %s (P5)', (_who, more) => {
    expect(rings({ ...release, ...more })).toBe(true);
    expect(rings({ ...release, ...more, call: 'UpdateSchedule' })).toBe(true);
    const { name, groupName } = parameters;
    expect(rings({ ...release, ...more, parameters: { Name: name, GroupName: groupName } })).toBe(true);
  });

  it('rings where the group is deleted, by whomever', () => {
    for (const key of ['name', 'Name'])
      expect(rings({ ...release, call: 'DeleteScheduleGroup', parameters: { [key]: 'cloud-access' } })).toBe(true);
    expect(rings({ ...release, call: 'DeleteScheduleGroup', parameters: { name: 'reports' } })).toBe(false);
  });

  it.each<[string, Partial<Asked>]>([
    ['what this action deletes with the roles of leases', {}],
    [
      'a timer that the broker disables, as a later lease does',
      { call: 'UpdateSchedule', identity: sessionOf(`${roles}/access-broker`) },
    ],
    ['a hold', { identity: console_, parameters: { ...parameters, name: timer.replace(/t$/u, 'h') } }],
    ['a schedule of another group', { identity: console_, parameters: { ...parameters, groupName: 'reports' } }],
    ['what AWS refused', { identity: console_, errorCode: 'AccessDenied' }],
    ['a new timer', { identity: console_, call: 'CreateSchedule' }],
  ])('keeps silent at %s', (_what, more) => {
    expect(rings({ ...release, ...more })).toBe(false);
  });

  it('keeps silent at a timer that the applier disables, if the stack makes that role', () => {
    const FilePermissionSets = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3';
    const asked: Asked = { ...release, call: 'UpdateSchedule', identity: sessionOf(`${roles}/access-applier`) };
    const pattern = patternIn(deploy({ ...withAlarm, FilePermissionSets }).resources);
    expect(matches(pattern, cloudTrailEvent(asked))).toBe(false);
    expect(matches(pattern, cloudTrailEvent({ ...asked, userAgent: 'aws-cli/2.31.0' }))).toBe(true);
    expect(rings(asked)).toBe(true);
  });

  it('sends a mail, by a topic that only this rule may publish to', () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:access-timers';
    expect(resources['TimerAlarm']?.Properties['Targets']).toMatchObject([{ Arn: topic }]);
    expect(resources['AlarmSubscription']?.Properties).toEqual({
      TopicArn: topic,
      Protocol: 'email',
      Endpoint: 'security@example.com',
    });
    expect(resources['AlarmTopicPolicy']?.Properties).toMatchObject({
      Topics: [topic],
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic,
            Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/access-timers' } },
          },
        ],
      },
    });
  });

  it('is made only if it is asked for', () => {
    const types = Object.values(deploy().resources).map(({ Type }) => Type);
    expect(types.filter((it) => /::(?:SNS|Events|CloudWatch)::/u.test(it))).toEqual([]);
  });
});

describe('the alarm of the dead-letter queue in setup/aws.yaml', () => {
  const with_ = (more: object): (typeof stack)['resources'] => deploy({ ...exampleParameters, ...more }).resources;
  const both = { AlarmEmail: 'security@example.com', CreateDeadLetterQueue: 'true' };

  it('sends a mail as soon as a timer has failed for good, and again only after the queue was empty (P5)', () => {
    const { QueueAlarm, DeadLetterQueue, AlarmTopicPolicy } = with_(both);
    const topic = 'arn:aws:sns:us-east-1:111122223333:access-timers';
    expect(QueueAlarm?.Properties).toMatchObject({
      ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
      ...{ Dimensions: [{ Name: 'QueueName', Value: DeadLetterQueue?.Properties['QueueName'] }] },
      ...{ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 },
      ...{ TreatMissingData: 'notBreaching', AlarmActions: [topic] },
    });
    const name = String(QueueAlarm?.Properties['AlarmName']);
    expect(AlarmTopicPolicy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [
        { Principal: { Service: 'events.amazonaws.com' } },
        {
          ...{ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish', Resource: topic },
          Condition: {
            ArnEquals: { 'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}` },
          },
        },
      ],
    });
  });

  it.each([
    ['no queue', { AlarmEmail: 'security@example.com' }],
    ['no address', { CreateDeadLetterQueue: 'true' }],
  ])('is not made where there is %s, and then nothing of CloudWatch may send', (_what, more) => {
    const made = with_(more);
    expect(made).not.toHaveProperty('QueueAlarm');
    expect(JSON.stringify(made['AlarmTopicPolicy'] ?? {})).not.toContain('cloudwatch');
  });
});
