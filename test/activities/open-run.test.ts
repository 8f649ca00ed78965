import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger, type LogEntry } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCloseRun } from '../../activities/close-run.ts'
import { createOpenRun } from '../../activities/open-run.ts'
import type { Policy } from '../../src/core/policy/policy.ts'
import type { InstructionsFor } from '../../src/core/ports.ts'
import type { OpenRunInput, OpenRunResult, RunRef } from '../../src/core/protocol.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { type CallScene, setCallScene, withoutServer } from '../support/call-scene.ts'

const provider = (name: string, region: string) =>
  `${name}: { protocol: openai, baseURL: "\${ONE_URL}", apiKey: none, dataPolicy: { region: ${region} }, models: { ${name}/small: {} } }`
const ACME = provider('acme', 'eu')
const DUNE = provider('dune', 'us')
const CLASSES = 'classes: { cheap: { models: [acme/small] } }'
const BOTH = `providers:\n  ${ACME}\n  ${DUNE}\n${CLASSES}`
const WITHOUT_DUNE = `providers:\n  ${ACME}\n${CLASSES}`

let scene: CallScene
let made = 0

const instructing = (name: string, instructions: InstructionsFor) =>
  defineAgent({ name, instructions, taskClass: 'cheap', limits: { promptTokens: 1_000 } })

const agents = [
  instructing('host', ({ runId, workspace, labels, atMs }) => {
    made += 1
    return `${runId} serves ${labels.customer ?? 'nobody'} of ${workspace} in ${new Date(atMs).getUTCFullYear()}`
  }),
  instructing('careless', ({ labels }) => labels.customer!.toUpperCase()),
  instructing('late', (async () => 'too late') as never),
  instructing('silent', () => ' '),
  instructing('wordless', (() => {}) as never),
]

beforeAll(async () => {
  scene = await setCallScene({
    yaml: BOTH,
    vendors: [{ name: 'one', protocol: 'openai', models: {} }],
    app: { agents },
  })
})

afterAll(() => scene.close())

async function open(
  id: string,
  policy: Policy,
  more: Partial<OpenRunInput> = {},
  run: Partial<RunRef> = {},
  { othersServe = false, sinceMs = 0 } = {},
) {
  const input: OpenRunInput = {
    run: { id, key: `key-${id}`, workspace: 'default', labels: {}, policy, ...run },
    workflow: 'test',
    terms: {},
    ...more,
  }
  const ports = Object.assign(withoutServer(scene.wired.ports), { othersServe: async () => othersServe })
  const activity = new MockActivityEnvironment({ scheduledTimestampMs: Date.now() - sinceMs })
  return (await activity.run(createOpenRun(ports), input)) as OpenRunResult
}

it('a run whose policy names a provider that was removed since it began goes on, and so do its children', async () => {
  const policy = { denyProviders: ['dune'], regions: ['eu', 'us'] }
  expect(await open('long', policy, { begins: true })).toMatchObject({ kind: 'opened' })
  scene.wired.use(scene.read(WITHOUT_DUNE))
  try {
    const refused = { kind: 'refused', message: expect.stringContaining("'dune'") }
    expect(await open('late', policy, { begins: true })).toMatchObject(refused)
    expect(await open('long', policy)).toMatchObject({ kind: 'opened' })
    const child = { root: 'long', scope: 'key-long' }
    expect(await open('long/child', policy, { begins: true }, child)).toMatchObject({ kind: 'opened' })
  } finally {
    scene.wired.use(scene.configuration)
  }
})

it.each<[string, Partial<OpenRunInput>, Partial<RunRef>?]>([
  ['a later part', { workflow: 'host', terms: { taskClass: 'swift' } }],
  ['an agent that a workflow asks', { workflow: 'chat', agent: 'guest', begins: true }],
  ['a child', { workflow: 'guest', agent: 'guest', begins: true }, { root: 'moved', scope: 'key-moved' }],
])('%s with a name that this worker lacks is left to others for a minute', async (_, asked, below) => {
  await open('moved', {}, { begins: true })
  const others = { othersServe: true }
  const id = below ? 'moved/guest-1' : 'moved'
  await expect(open(id, {}, asked, below, others)).rejects.toThrow(/^no .*other workers serve this queue/)
  const refused = { kind: 'refused', message: expect.stringMatching(/^no .* is called '(swift|guest)'/) }
  expect(await open(id, {}, asked, below)).toMatchObject(refused)
  expect(await open(id, {}, asked, below, { ...others, sinceMs: 61_000 })).toMatchObject(refused)
})

it('a run with a name that this worker lacks is refused when somebody starts it, whoever else serves', async () => {
  const asked = { workflow: 'guest', agent: 'guest', begins: true } as const
  expect(await open('new', {}, asked, {}, { othersServe: true })).toMatchObject({ kind: 'refused' })
})

it('an agent is told what its function makes for the run, and limits and class stay its own', async () => {
  const asked = { agent: 'host', workflow: 'host', begins: true } as const
  const opened = await open('desk-7', {}, asked, { labels: { customer: 'ann' } })
  const instructions = `desk-7 serves ann of default in ${new Date().getUTCFullYear()}`
  expect(opened).toMatchObject({ agent: { name: 'host', instructions, prompt: { ceiling: 1_000 } } })
  const within = await open('desk-8', {}, { agent: 'host', workflow: 'chat', begins: true })
  expect(within).toMatchObject({ agent: { instructions: expect.stringMatching(/^desk-8 serves nobody/) } })
})

it('a run that has its instructions in its transcript is not made new ones', async () => {
  await open('later', {}, { begins: true })
  const before = made
  const asked = { agent: 'host', workflow: 'host' }
  expect(await open('later', {}, asked)).toMatchObject({ kind: 'opened', agent: { name: 'host' } })
  const forkedFrom = { run: 'desk-7', step: 2, transcript: { lineage: 'key-desk-7/1', length: 4 } }
  const fork = await open('fork', {}, { ...asked, begins: true, terms: { forkedFrom } })
  expect(fork).toMatchObject({ kind: 'opened', agent: { name: 'host' } })
  expect(made).toBe(before)
})

it.each([
  ['careless', /^agent 'careless' has no instructions for run r-careless: its function threw TypeError: .*undefined/],
  ['late', /its function gave a promise, but has to answer synchronously$/],
  ['silent', /its function gave an empty text$/],
  ['wordless', /its function gave a value of type undefined instead of a text$/],
])('the function of %s ends the run with a sentence, not with tries without end', async (agent, words) => {
  const refused = { kind: 'refused', message: expect.stringMatching(words) }
  expect(await open(`r-${agent}`, {}, { agent, workflow: agent, begins: true })).toEqual(refused)
})

it('a policy that is none is refused, and nothing of it is taken for a time', async () => {
  const wrong = { retentionMs: -1, maxRetention: '1d' } as never
  const refused = { kind: 'refused', message: expect.stringContaining("the run's policy has the key 'maxRetention'") }
  expect(await open('lax', wrong, { begins: true })).toEqual(refused)
  expect(await isPurged('lax', Number.MAX_SAFE_INTEGER)).toBe(false)
})

it('a sealed run of which the store has no key is not written down, and ends all the same', async () => {
  const run = { id: 'keyless', key: 'key-keyless', workspace: 'default', labels: {}, sealed: true } as const
  const close = createCloseRun(withoutServer(scene.wired.ports))
  const unopened = { workflow: 'test', terms: {}, begins: true } as const
  await new MockActivityEnvironment().run(close, { run, outcome: 'cancelled' as const, unopened })
  expect(await scene.store.reports.run(run.id)).toBeUndefined()
})

it('the end of a run is told as the configuration has it when it begins, and that of a child is not', async () => {
  const wanted = (name: string) => [{ name, on: ['failed' as const], scope: { workflow: 'test' } }]
  const now = Object.assign(withoutServer(scene.wired.ports), { notices: () => wanted('crm') })
  const later = Object.assign(withoutServer(scene.wired.ports), { notices: () => wanted('later') })
  const names: string[][] = []
  for (const child of [{}, { root: 'told', scope: 'key-told' }]) {
    const id = child.root === undefined ? 'told' : 'told/child'
    const run = { id, key: `key-${id}`, workspace: 'default', labels: {}, ...child }
    const opened: OpenRunInput = { run, workflow: 'test', terms: {}, begins: true }
    const inTurn = () => new MockActivityEnvironment()
    await inTurn().run(createOpenRun(Object.assign(now, { othersServe: async () => false })), opened)
    await inTurn().run(createCloseRun(later), { run, outcome: 'failed' as const })
    names.push((await scene.store.reports.notices(run.key)).map(({ name }) => name))
  }
  expect(names).toEqual([['crm'], []])
})

it('the end of a run that is out of budget is logged once, with the limit, and that of a child is not', async () => {
  const logged: LogEntry[] = []
  const logger = new DefaultLogger('WARN', entry => logged.push(entry))
  const close = createCloseRun(withoutServer(scene.wired.ports))
  const end = async (id: string, child: Partial<RunRef> = {}) => {
    await open(id, {}, { begins: true }, child)
    const run = { id, key: `key-${id}`, workspace: 'default', labels: {}, ...child }
    const message = "the run's budget does not admit a call; raise the budget"
    await new MockActivityEnvironment(undefined, { logger }).run(close, {
      run,
      outcome: 'out-of-budget' as const,
      message,
    })
  }
  for (const _ of [1, 2]) await end('spent')
  await end('spent/child', { root: 'spent', scope: 'key-spent' })
  expect(logged).toMatchObject([
    {
      level: 'WARN',
      message: 'run is out of budget',
      meta: { run: 'spent', reason: expect.stringContaining('raise') },
    },
  ])
})

/** Whether its content is ended so long after the run. */
async function isPurged(id: string, laterMs: number): Promise<boolean> {
  await scene.store.ledger.closeRun({ id, key: `key-${id}` }, { outcome: 'failed', endedAtMs: 0 })
  const purged = await scene.store.content.purgeDue(laterMs)
  return purged.some(({ run }) => run === id)
}

it('a run whose first verb names an agent that there is not keeps its limits and its retention where it goes on', async () => {
  const begins = { begins: true, terms: { budget: { usd: '0.50' } } } as const
  const policy = { retentionMs: 7_200_000 }
  expect(await open('caught', policy, { ...begins, agent: 'hots' })).toMatchObject({ kind: 'refused' })
  expect(await open('caught', policy, begins)).toMatchObject({ kind: 'opened' })
  expect(await scene.store.reports.run('caught')).toMatchObject({ budget: { usd: '0.50' } })
  expect(await isPurged('caught', 7_100_000)).toBe(false)
  expect(await isPurged('caught', 7_200_000)).toBe(true)
})

it('a label that is no text is refused where it is new, and not in a child of a run that has begun with it', async () => {
  const labels = { year: 2026 } as never
  const refused = { kind: 'refused', message: expect.stringContaining('the label year is 2026') }
  expect(await open('numbered', {}, { begins: true }, { labels })).toEqual(refused)
  const child = { labels, root: 'numbered', scope: 'key-numbered' }
  expect(await open('numbered/child', {}, { begins: true }, child)).toMatchObject({ kind: 'opened' })
})
