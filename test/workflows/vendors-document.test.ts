import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { readVendorScript } from '../../src/providers/simulated/index.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { readDocument, yamlIn } from '../support/document.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { type Stage, setStage } from '../support/stage.ts'

const DOCUMENT = readDocument('vendors.md')
const [SCRIPT, YAML] = yamlIn(DOCUMENT)
const [, QUESTION] = /start researcher --input "([^"]+)"/.exec(DOCUMENT)!
/** What its reader sends while acme answers. */
const [, OUTAGE, FAULTS_PATH] = /curl -d '(\[\{.+\}\])' http:\/\/127\.0\.0\.1:9001(\S+)/.exec(DOCUMENT)!

/** The README's. */
const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks up how many passengers a station has in a year.',
  input: z.object({ station: z.string() }),
  run: async ({ station }) => ({ station, passengers: station.length * 100_000 }),
})
const researcher = defineAgent({
  name: 'researcher',
  instructions: 'Answer with figures, and say where they come from.',
  tools: [lookUp],
  taskClass: 'strong',
})

let stage: Stage
beforeAll(async () => {
  const { vendors } = readVendorScript(SCRIPT!)
  // The ports of the document may be somebody's.
  const script = { vendors: vendors.map(vendor => ({ ...vendor, port: 0 })) }
  const app = { agents: [researcher], tools: [lookUp] }
  stage = await setStage({ temporalAddress: inject('temporalAddress'), yaml: YAML!, app, vendors: script })
})
afterAll(() => stage?.close())

async function research() {
  const run = await stage.signalbox.start('researcher', { input: QUESTION! })
  const outcome = await run.outcome()
  const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
  return { outcome, attempts: attempts.map(({ step, provider, fault }) => [step, provider, fault?.kind]) }
}

it('docs/vendors.md: the researcher looks two stations up and answers, at acme, and at bolt while acme is down', async () => {
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
  await expectLedgerMatchesMeter(stage)
})
