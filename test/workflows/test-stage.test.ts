import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineTool } from '../../src/index.ts'
import { ConfigurationProblem } from '../../src/runtime/configuration/configuration-problem.ts'
import { startTestStage, type TestStageOptions } from '../../src/testing.ts'
import { FRUGAL } from '../support/stage.ts'

/** Known providers without a key and one with an address that is not there. Two vendors speak what they do, one something else. */
const YAML = `
providers:
  openai:
  mistral:
  acme:
    protocol: openai-compatible
    baseURL: "\${ACME_URL}"
    apiKey: secret-of-acme
    dataPolicy: { retention: none, training: false }
    models:
      acme/large: { contextWindow: 200000, maxOutput: 8192, abilities: [tools, json-schema], price: { input: 3, output: 15 } }
classes:
  strong: { models: [acme/large] }
  other: { models: [mistral/mistral-large-latest] }
  known: { models: [openai/gpt-5-mini] }
alerts: { webhook: "https://alerts.invalid/told" }
app: ./app.mjs
`

const APP = `
import { defineAgent } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url))}
export const agents = [defineAgent({ name: 'named', instructions: 'Answer.', taskClass: 'strong' })]
`

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks a station up.',
  input: z.object({ station: z.string() }),
  run: async ({ station }) => ({ station, passengers: 400_000 }),
})
const agentOf = (name: string, taskClass: string) =>
  defineAgent({ name, instructions: 'Answer.', tools: [lookUp], taskClass })
const app = {
  agents: [agentOf('clerk', 'strong'), agentOf('clerc', 'other'), agentOf('known', 'known')] as const,
  tools: [lookUp],
}
const vendors = ['acme', 'mistral', 'openai'].map(name => ({
  name,
  behaviours: [
    {
      match: 'how many',
      turns: [{ tools: [{ name: 'look_up', arguments: { station: 'York' } }] }, { text: 'York has 400,000.' }],
    },
  ],
}))
const input = 'How many passengers has York?'

let folder: string
let scratch: string
let config: string
let env: NodeJS.ProcessEnv
let before: number

beforeAll(async () => {
  before = listening()
  folder = await mkdtemp(join(tmpdir(), 'signalbox-of-stage-'))
  config = join(folder, 'signalbox.yaml')
  await writeFile(config, YAML)
  await writeFile(join(folder, 'app.mjs'), APP)
  scratch = join(folder, 'scratch')
  await mkdir(scratch)
  env = { PATH: process.env.PATH, HOME: process.env.HOME, TEMPORAL_ADDRESS: inject('temporalAddress') }
})

beforeEach(() => void vi.stubEnv('TMPDIR', scratch))
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rm(folder, { recursive: true, force: true }))

const stageOf = (how: TestStageOptions) => startTestStage<typeof app>({ config, env, worker: FRUGAL, ...how })

/** Listening sockets of this process. */
const listening = () => process.getActiveResourcesInfo().filter(name => name === 'TCPServerWrap').length

describe('a stage for tests', () => {
  it('plays every provider, fails as it is told and leaves nothing behind', async () => {
    const stage = await stageOf({ ...app, vendors })
    const answered = async (name: 'clerk' | 'clerc' | 'known') =>
      (await stage.signalbox.start(name, { input })).outcome()
    for (const name of ['clerk', 'clerc', 'known'] as const)
      expect(await answered(name)).toMatchObject({ kind: 'answered', text: expect.stringMatching(/^York has 400,000/) })
    const asked = stage.vendors.meter().map(({ vendor, outcome }) => `${vendor} ${outcome}`)
    expect(asked).toEqual(['openai', 'mistral', 'acme'].flatMap(name => Array(2).fill(`${name} answered`)))
    const { signalbox, taskQueue } = stage
    const own = { taskQueue, workflowId: `own-${taskQueue}`, args: [{ input }] }
    expect(await signalbox.client.workflow.execute('clerk', own)).toMatchObject({ kind: 'answered' })
    const sealed = await signalbox.start('clerk', { input, policy: { zdr: true } })
    expect((await sealed.outcome()).kind).toBe('answered')
    await stage.vendors.setFaults('acme', [{ kind: 'content-filter' }])
    expect((await answered('clerk')).kind).toBe('refused')
    expect(await readdir(scratch)).toHaveLength(1)
    await stage.close()
    expect(await readdir(scratch)).toEqual([])
    await expect.poll(listening).toBeLessThanOrEqual(before)
  })

  it('shares a server with others, whose runs it does not serve', async () => {
    const address = inject('temporalAddress')
    const connection = await Connection.connect({ address })
    const theirs = { temporal: { address }, client: new Client({ connection }), env: {} }
    const stages = await Promise.all([stageOf({ ...app, vendors }), stageOf({ ...app, ...theirs })])
    expect(stages[1].signalbox.client.connection).toBe(connection)
    const [scripted] = await Promise.all(
      stages.map(async ({ signalbox }) => (await signalbox.start('clerk', { input })).outcome()),
    )
    expect(scripted).toMatchObject({ kind: 'answered', toolCalls: 1 })
    expect(stages.map(({ vendors }) => vendors.meter().length)).toEqual([2, 1])
    for (const stage of stages) await stage.close()
    await connection.close()
  })

  it('starts a server of its own, and ends it', async () => {
    const { TEMPORAL_ADDRESS: _, ...alone } = { ...process.env, ...env }
    const stage = await stageOf({ ...app, vendors, env: alone })
    const { connection } = stage.signalbox.client
    expect((await (await stage.signalbox.start('clerk', { input })).outcome()).kind).toBe('answered')
    const address = (connection as unknown as { options: { address: string } }).options.address
    expect(address).not.toBe(inject('temporalAddress'))
    await stage.close()
    await expect(fetch(`http://${address}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })

  it('serves the app that the configuration names', async () => {
    const stage = await startTestStage({ config, env, worker: FRUGAL })
    expect((await (await stage.signalbox.start('named', { input })).outcome()).kind).toBe('answered')
    await stage.close()
  })

  it('leaves nothing behind where it cannot start', async () => {
    const workflowsPath = join(folder, 'no-such-file.ts')
    await expect(stageOf({ workflowsPath, worker: {} })).rejects.toThrow(ConfigurationProblem)
    expect(await readdir(scratch)).toEqual([])
    await expect.poll(listening).toBeLessThanOrEqual(before)
  })

  it('says what is wrong with how it was called', async () => {
    await expect(stageOf({ vendors: [{ name: 'acne', faults: [{ kind: 'dwn' as 'down' }] }] })).rejects.toThrow(
      /^the vendors' script: 2 problems[\s\S]*Did you mean "acme"\?[\s\S]*Did you mean "down"\?/,
    )
    await expect(stageOf({ vendor: [] } as object)).rejects.toThrow("did you mean 'vendors'")
    await expect(stageOf({ lookUp } as object)).rejects.toThrow(
      /has 'lookUp', which does not exist; there are: .*; if your app exports it for others, give only what is served/,
    )
    await expect(stageOf({ client: {} as never })).rejects.toThrow('its worker needs `temporal`')
  })
})
