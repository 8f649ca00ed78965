/**
 * What is recorded for replay: one situation each, played on a stage of its own. To add one, add an entry, then
 * `npx node scripts/record-history.ts <name>`.
 *
 * @module
 */
import { z } from 'zod'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import type { RunHandle } from '../../src/runtime/run-handle.ts'
import { defineAgent, defineSchema, defineTool } from '../../src/tools/index.ts'
import { eventOf, untilState } from '../support/following.ts'
import { resetPoints, resetTo } from '../support/reset.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import type { Stage, StageOptions } from '../support/stage.ts'

/** Plays a run to where its history is worth keeping, and gives its id and those of its children. */
export type Situation = (stage: Stage) => Promise<readonly string[]>

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  tools: played('clerk', { input: 'What is the sum?' }),
  mistakes: played('clerk', { input: 'Make some mistakes.' }),
  'long-result': played('clerk', { input: 'Read the big one.' }),
  'own-workflow': async stage => {
    const [id] = await played('everyVerb', { input: 'A title.' })(stage)
    return [id!, `${id}/clerk-4-1`]
  },
  'writing-desk': played('writingDesk', { input: { article: 'Trains.', table: '1,2', confidential: 'No.' } }),
  fallback: async stage => {
    await stage.vendors.setFaults('one', [{ kind: 'overloaded' }])
    return played('clerk', { input: 'What is the sum?' })(stage)
  },
  wait: async stage => {
    await stage.vendors.setFaults('one', [{ kind: 'rate-limit', times: 1, retryAfterMs: 1_000 }])
    return played('clerk', { input: 'What is the sum?', taskClass: 'only-one' })(stage)
  },
  fault: async stage => {
    await stage.vendors.setFaults('one', [{ kind: 'unauthenticated' }])
    return played('clerk', { input: 'What is the sum?', taskClass: 'only-one' })(stage)
  },
  approval: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.say('and be quick')
    await run.approve(asked.toolCallId, { by: 'Ada', note: 'well written' })
    return ended(run)
  },
  denial: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.deny(asked.toolCallId, { by: 'Ada' })
    return ended(run)
  },
  deadline: played('clerk', { input: 'Do it in time.' }),
  'waiting-for-approval': async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await untilState(run, ({ status }) => status === 'waiting-for-approval')
    return [run.id]
  },
  'continue-as-new': async stage => {
    const run = await stage.signalbox.start('walker', { input: 'Take a long walk.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.approve(asked.toolCallId)
    return ended(run)
  },
  children: async stage => {
    const [id] = await played('chief', { input: 'Please delegate.' })(stage)
    return [id!, `${id}/clerk-1-1`, `${id}/clerk-1-2`]
  },
  cancel: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Use the slow tool.' })
    await eventOf(run.events(), 'tool-start')
    await run.cancel()
    return ended(run)
  },
  stop: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await eventOf(run.events(), 'approval-ask')
    await run.stop()
    return ended(run)
  },
  'out-of-steps': played('clerk', { input: 'What is the sum?', budget: { steps: 1 } }),
  'out-of-money': played('clerk', { input: 'What is the sum?', budget: { usd: '0.0000001' } }),
  'out-of-time': played('clerk', { input: 'Use the slow tool.', budget: { timeMs: 1_500 } }),
  refused: played('clerk', { input: 'Hello.', taskClass: 'chep' }),
  fork: async stage => {
    const [id] = await played('clerk', { input: 'What is the sum?' })(stage)
    return ended(await stage.signalbox.fork(id!, { atStep: 2, model: 'acme/large', say: 'In words, please.' }))
  },
  reset: async stage => {
    const [id] = await played('clerk', { input: 'What is the sum?' })(stage)
    const [first] = await resetPoints(stage.signalbox.client, id!)
    await resetTo(stage.signalbox.client, id!, first!)
    return ended(stage.signalbox.run(id!))
  },
}

function played(name: string, options: Parameters<Stage['signalbox']['start']>[1]): Situation {
  return async stage => ended(await stage.signalbox.start(name, options))
}

async function ended(run: RunHandle): Promise<readonly string[]> {
  await run.outcome()
  return [run.id]
}

const inTime = defineTool({
  name: 'in_time',
  description: 'does it in time',
  input: z.object({}),
  needsApproval: { withinMs: 300, otherwise: 'deny' },
  run: () => 'done',
})
const clerk = APP.agents!.find(({ name }) => name === 'clerk')!
const tools = [...APP.tools!, inTime]

const behaviours: NonNullable<VendorScript['vendors'][number]['behaviours']> = [
  { match: 'in time', turns: [{ tools: [{ name: 'in_time', arguments: {} }] }, { text: 'As it is.' }] },
  {
    match: 'delegate',
    turns: [
      { tools: ['One sum.', 'Two sum.'].map(input => ({ name: 'clerk', arguments: { input } })) },
      { text: 'Done.' },
    ],
  },
]

/** Those of the writing desk. */
const MORE_CLASSES = ['strong', 'long-context', 'low-latency', 'moderation']
  .map(name => `  ${name}: { extends: cheap }\n`)
  .join('')

/** The stage on which every situation is played. */
export const STAGE: Omit<StageOptions, 'temporalAddress' | 'workflowsPath'> = {
  yaml: YAML.replaceAll('maxOutput: 4000', 'maxOutput: 8000').replace('workspaces:', `${MORE_CLASSES}workspaces:`),
  app: {
    tools,
    agents: [
      { ...clerk, tools: tools.map(({ name }) => name) },
      ...APP.agents!.filter(({ name }) => name !== 'clerk'),
      defineAgent({ name: 'chief', instructions: 'You lead.', agents: ['clerk'], taskClass: 'cheap' }),
    ],
    schemas: [...APP.schemas!, defineSchema('Extract', z.object({ figures: z.array(z.string()) }))],
  },
  vendors: {
    vendors: VENDORS.vendors.map(({ models, ...vendor }) => ({
      ...vendor,
      models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...model, maxOutput: 8000 }])),
      behaviours: [...behaviours, ...(vendor.behaviours ?? [])],
    })),
  },
}
