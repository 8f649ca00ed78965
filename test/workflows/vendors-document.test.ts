import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { readVendorScript, type VendorScript } from '../../src/providers/simulated/index.ts'
import { sourceOf } from '../../src/runtime/rehearsal/vendors-source.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { throwAwayFolders } from '../cli/throw-away-folders.ts'
import { readDocument, yamlIn } from '../support/document.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const DOCUMENT = readDocument('vendors.md')
const [SCRIPT, YAML, REHEARSAL] = yamlIn(DOCUMENT)
const [, QUESTION] = /start researcher --input "([^"]+)"/.exec(DOCUMENT)!
/** What its reader sends while acme answers. */
const [, OUTAGE, FAULTS_PATH] = /curl -d '(\[\{.+\}\])' http:\/\/127\.0\.0\.1:9001(\S+)/.exec(DOCUMENT)!

/** The README's. */
function readmeApp(needsApproval = false) {
  const lookUp = defineTool({
    name: 'look_up',
    description: 'Looks up how many passengers a station has in a year.',
    input: z.object({ station: z.string() }),
    needsApproval,
    run: async ({ station }) => ({ station, passengers: station.length * 100_000 }),
  })
  const researcher = defineAgent({
    name: 'researcher',
    instructions: 'Answer with figures, and say where they come from.',
    tools: [lookUp],
    taskClass: 'strong',
  })
  return { agents: [researcher], tools: [lookUp] }
}

/** What its reader is told of a budget that is too small. */
const [, TOO_SMALL] = /--budget (\S+) /.exec(DOCUMENT)!
const [, LEFT] = /`(\$\S+ is left and [^`]+)`/.exec(DOCUMENT)!

const folder = throwAwayFolders('signalbox-vendors-')

let stage: Stage
afterEach(() => stage?.close())

async function setUp({ vendors }: VendorScript, app = readmeApp()): Promise<void> {
  // The ports of the document may be somebody's.
  const script = { vendors: vendors.map(vendor => ({ ...vendor, port: 0 })) }
  stage = await stageScene({ yaml: YAML!, app, ...script })
}

async function research() {
  const run = await stage.signalbox.start('researcher', { input: QUESTION! })
  const outcome = await run.outcome()
  const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
  return { outcome, attempts: attempts.map(({ step, provider, fault }) => [step, provider, fault?.kind]) }
}

it('docs/vendors.md: the researcher looks two stations up and answers, at acme, and at bolt while acme is down', async () => {
  await setUp(readVendorScript(SCRIPT!))
  const answered = { kind: 'answered', toolCalls: 2, text: expect.stringContaining('Crewe has 500,000 passengers') }
  const first = await research()
  expect(first.outcome).toMatchObject(answered)
  expect(first.attempts).toEqual([
    [1, 'acme', undefined],
    [2, 'acme', undefined],
  ])
  const { baseUrl } = stage.vendors.vendors.find(({ name }) => name === 'acme')!
  const told = await fetch(new URL(FAULTS_PATH!, baseUrl), { method: 'POST', body: OUTAGE! })
  expect(told.status).toBe(200)
  await expect
    .poll(() =>
      fetch(new URL('/meter', baseUrl)).then(
        () => 'up',
        () => 'down',
      ),
    )
    .toBe('down')
  const second = await research()
  expect(second.outcome).toMatchObject(answered)
  expect(second.attempts).toContainEqual([1, 'acme', 'unreachable'])
  expect(second.attempts.filter(([, , fault]) => fault === undefined)).toEqual([
    [1, 'bolt', undefined],
    [2, 'bolt', undefined],
  ])
})

it('docs/vendors.md: a script for the providers of a configuration has a tool called and a vendor fail', async () => {
  const [config, script] = ['signalbox.yaml', 'rehearsal.yaml'].map(name => join(folder(), name))
  writeFileSync(config!, YAML!)
  writeFileSync(script!, REHEARSAL!)
  await setUp(sourceOf({ config: config!, script: script! }, {}).script)
  const { outcome, attempts } = await research()
  expect(outcome).toMatchObject({
    kind: 'answered',
    toolCalls: 1,
    text: expect.stringContaining('York has 400,000 passengers a year.'),
  })
  expect(attempts).toEqual([
    [1, 'acme', undefined],
    [2, 'acme', 'rate-limited'],
    [2, 'bolt', undefined],
  ])
})

it('docs/vendors.md: a budget that is too small ends the run before anything is sent, in the words of the document', async () => {
  await setUp(readVendorScript(SCRIPT!))
  const run = await stage.signalbox.start('researcher', { input: QUESTION!, budget: { usd: TOO_SMALL! } })
  const outcome = await run.outcome()
  expect(outcome).toMatchObject({ kind: 'out-of-budget', message: expect.stringContaining(LEFT!) })
  expect(await stage.store.reports.attempts({ run: run.id, limit: 20 })).toEqual([])
})

it('docs/vendors.md: with `needsApproval` both calls wait, one is approved, the other denied, and the run answers', async () => {
  await setUp(readVendorScript(SCRIPT!), readmeApp(true))
  const run = await stage.signalbox.start('researcher', { input: QUESTION! })
  await expect.poll(async () => (await run.pending()).length).toBe(2)
  const [first, second] = await run.pending()
  await run.approve(first!.toolCallId)
  await run.deny(second!.toolCallId, { note: 'not today' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
})
