import { afterAll, beforeAll, expect, it } from 'vitest'
import { askOnce } from '../../activities/call-model/attempt/attempt.ts'
import { prepareCall } from '../../activities/call-model/prepare/prepare.ts'
import type { PolicyAt } from '../../src/core/policy/policy.ts'
import { type Calling, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling

beforeAll(async () => {
  calling = await startCalling(
    marketOf(
      { one: { dataPolicy: { retention: '30d' } } },
      'classes: { plain: { models: [acme/small], maxOutputTokens: 100 } }',
    ),
  )
})

afterAll(() => calling.close())

/** Asks as if a planner had overlooked these policies. */
async function askAgainst(...overlooked: PolicyAt[]) {
  const { ports } = calling.wired
  const run = await calling.open({
    id: `run-${overlooked[0]!.level}-${overlooked[0]!.policy.content ? 'content' : 'endpoint'}`,
  })
  const prepared = await prepareCall(
    ports,
    {
      run,
      step: 1,
      taskClass: 'plain',
      transcript: { lineage: run.key, length: 0 },
      additions: [userMessage('about project bluebird')],
      memory: { draw: 0.5 },
    },
    {},
  )
  if ('fault' in prepared) throw new Error(prepared.fault.message)
  return askOnce(
    ports,
    { ...prepared, policies: [...prepared.policies, ...overlooked] },
    {
      endpoint: ports.roster.byId.get('one:acme/small')!,
      attempt: 1,
      planned: 'one:acme/small',
      reason: 'planned',
      prompt: prepared.call.messages,
      maxOutputTokens: 100,
      signal: new AbortController().signal,
      onReserved: async () => {},
    },
  )
}

it('a request against a policy never leaves, whatever was planned: it is a loud error, and no row is written', async () => {
  await expect(askAgainst({ level: 'run', policy: { zdr: ['acme'] } })).rejects.toThrow(
    'one:acme/small breaks the run policy (zdr); nothing was sent. This is a bug',
  )
  await expect(askAgainst({ level: 'key', policy: { maxRetentionMs: 3_600_000 }, provider: 'one' })).rejects.toThrow(
    'breaks the key policy (retention); nothing was sent',
  )
  const content = [{ name: 'project', pattern: 'bluebird', replace: 'it' }]
  await expect(askAgainst({ level: 'call', policy: { content } })).rejects.toThrow(
    'was not held to the content rules; nothing was sent',
  )
  expect(calling.vendors.meter()).toEqual([])
  expect(await calling.store.reports.attempts()).toEqual([])
  // What binds another key binds nothing here.
  const elsewhere = await askAgainst({ level: 'workspace', policy: { denyProviders: ['two'] } })
  expect(elsewhere).toMatchObject({ kind: 'replied', reply: { kind: 'answer' } })
})
