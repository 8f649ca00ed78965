/**
 * What is recorded for replay: one situation each, played on a stage of its own. To add one, add an entry, then
 * `npx node scripts/record-history.ts <name>`.
 *
 * @module
 */
import { z } from 'zod'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { defineAgent, defineRemoteTool, defineSchema, defineTool } from '../../src/tools/index.ts'
import { eventOf, untilState } from '../support/following.ts'
import { partsOf, resetPoints, resetTo } from '../support/reset.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import type { Stage, StageOptions } from '../support/stage.ts'

/** Plays a run to where its history is worth keeping, and gives its id and those of its children. */
export type Situation = (stage: Stage) => Promise<readonly string[]>

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  tools: played('clerk', { input: 'What is the sum?' }),
  'found-by-workspace': played('clerk', { input: 'What is the sum?' }),
  // Recorded before an option that does not exist was refused.
  'unknown-option': played('misspelling', { input: 'A title.' }),
  // Recorded before a policy that cannot be written was refused, and after.
  unwritable: played('unwritable', { input: 'A title.' }),
  'unwritable-refused': played('unwritable', { input: 'A title.' }),
  // Recorded before what JSON would lose was refused, and after.
  'lost-in-json': played('forgetful', { input: 'A title.' }),
  'lost-in-json-refused': played('forgetful', { input: 'A title.' }),
  // Recorded when of what JSON would lose functions alone were refused.
  'lost-function': played('forgiven', { input: 'A title.' }),
  // Recorded before a value that JSON would lose was refused, and after.
  'lost-value': played('lossy', { input: 'A title.' }),
  'lost-value-refused': played('lossy', { input: 'A title.' }),
  // Recorded before a whole brief in the place of its terms was refused, and after.
  'whole-brief': played('wholesale', { input: 'A title.' }),
  'whole-brief-refused': played('wholesale', { input: 'A title.' }),
  // Recorded after such a run was opened to end.
  'whole-brief-opened': played('wholesale', { input: 'A title.' }),
  // Recorded before an agent could be given an object, and after.
  'agent-object-refused': played('orderly', { input: 'A title.' }),
  'agent-object': played('orderly', { input: 'A title.' }),
  // Recorded before a conversation could be handed to another agent, and after.
  'handed-over-refused': played('relayed', { input: 'What is the sum?' }),
  'handed-over': played('relayed', { input: 'What is the sum?' }),
  // Recorded before the run's events told of a turn that failed without a call of a model, and after.
  'turn-failed': played('undaunted', { input: 'What is the sum?' }),
  'turn-failed-told': played('undaunted', { input: 'What is the sum?' }),
  // Recorded when `run.close` itself wrote down the run's end, and since the workflow's end does.
  'closed-then-failed': played('lastMinute', { input: 'close' }),
  'failed-after-close': played('lastMinute', { input: 'close' }),
  'left-unclosed': played('lastMinute', { input: 'return' }),
  'closed-by-return': played('lastMinute', { input: 'return' }),
  'held-input': played('titled', { input: { title: 'Trains.' } }),
  'held-input-refused': played('titled', { input: 'A title.' }),
  'chosen-tool': played('choosy', { input: 'Say hello.' }),
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
  'batch-withdrawn': async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'nightly' })
    await eventOf(run.events(), 'wait')
    await run.stop()
    return ended(run)
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
  heard: async stage => {
    const run = await stage.signalbox.start('heard', { input: null })
    await run.say('Please publish this.', { id: 'one' })
    await eventOf(run.events(), 'approval-ask')
    await eventOf(run.events(), 'tool-end')
    await run.say('Why not?', { id: 'two' })
    await stage.signalbox.client.workflow.getHandle(run.id).signal('interrupt')
    await eventOf(run.events(), 'run-end')
    return [run.id]
  },
  // Recorded before the failure of a turn had its conversation, and after.
  'heard-failed-ended': heardFailed,
  'heard-failed': heardFailed,
  said: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await Promise.all(['and be quick', 'and thanks'].map(text => run.say(text)))
    await run.approve(asked.toolCallId)
    return ended(run)
  },
  denial: async stage => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.deny(asked.toolCallId, { by: 'Ada' })
    return ended(run)
  },
  deadline: played('clerk', { input: 'Do it in time.' }),
  questions: async stage => {
    const run = await stage.signalbox.start('inquirer', { input: 1 })
    await untilState(run, ({ pending }) => pending.length === 2)
    await run.answer('title', 'Trains at night', { by: 'Ada', note: 'shorter' })
    await untilState(run, ({ pending }) => pending.length === 1)
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    while ((await partsOf(stage.signalbox.client, run.id)).length < 2)
      await new Promise(resolve => setTimeout(resolve, 20))
    await run.approve('print', { by: 'Bob' })
    return ended(run)
  },
  'question-of-value': async stage => {
    const run = await stage.signalbox.start('corrector', { input: 'Is this right?' })
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.answer('extract', { figures: [7] }).catch(() => {})
    await Promise.allSettled(['1', '2'].map(figure => run.answer('extract', { figures: [figure] }, { by: 'Ada' })))
    return ended(run)
  },
  // Recorded before a question was withdrawn that nobody waits for any more, and after.
  'not-withdrawn': async stage => {
    const run = await stage.signalbox.start('unsteady', { input: 'Print it?' })
    await untilState(run, ({ pending }) => pending.length === 1)
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    await untilState(run, ({ pending }) => pending.some(({ toolCallId }) => toolCallId === 'again'))
    await run.approve('again', { by: 'Ada' })
    return ended(run)
  },
  withdrawn: async stage => {
    const run = await stage.signalbox.start('fickle', { input: 'Print it?' })
    await untilState(run, ({ pending }) => pending.length === 2)
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.answer('again', 'We leave it.', { by: 'Ada' })
    return ended(run)
  },
  // Recorded before a run without a brief was left to others where no agent has its name, and after.
  'started-bare-kept': startedBare,
  'started-bare': startedBare,
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
  // Recorded before a run waited for its children at its end, and after.
  'child-left-underway': childUnderway,
  'child-underway': childUnderway,
  // Recorded before each verb opened the run for itself where the one that began was interrupted, and after.
  'half-opened-failed': played('halfOpened', { input: 'A title.' }),
  'half-opened': played('halfOpened', { input: 'A title.' }),
  'cancel-with-child': async stage => {
    const run = await stage.signalbox.start('chief', { input: 'Lose one.' })
    const child = `${run.id}/clerk-1-1`
    await untilOpen(stage, child)
    await eventOf(stage.signalbox.run(child).events(), 'tool-start')
    await run.cancel()
    return [...(await ended(run)), child]
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
  // Recorded before a stop withdrew what people were asked, and after.
  'stop-at-work': stoppedAtWork,
  'stop-at-work-withdrawn': stoppedAtWork,
  // Recorded before a question was withdrawn by that, and after.
  'stop-asking': stoppedAsking,
  'stop-asking-withdrawn': stoppedAsking,
  // Recorded before a tool of another queue, and an agent asked like a tool, were told of when a scope of the workflow's own cancels them, and after.
  'cut-tools': cutTools,
  'cut-tools-told': cutTools,
  // Recorded before a call was given up that a scope of the workflow's own cancels in its wait, and after.
  'call-cut-in-wait': cutInWait,
  'call-given-up': cutInWait,
  'out-of-steps': played('clerk', { input: 'What is the sum?', budget: { steps: 1 } }),
  'out-of-money': played('clerk', { input: 'What is the sum?', budget: { usd: '0.0000001' } }),
  'out-of-time': played('clerk', { input: 'Use the slow tool.', budget: { timeMs: 1_500 } }),
  'budget-raise': async stage => {
    const run = await stage.signalbox.start('clerk', {
      input: 'Tell me something.',
      budget: { usd: '0.00001', onShort: 'ask' },
    })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('$0.00001 is left'))
    await run.raiseBudget({ usd: '0.000001', by: 'Ada' })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('$0.000011 is left'))
    await run.raiseBudget({ usd: '0.5', by: 'Ada', note: 'worth it' })
    return ended(run)
  },
  'no-raise': async stage => {
    const run = await stage.signalbox.start('clerk', {
      input: 'Tell me something.',
      budget: { tokens: 5, onShort: 'ask' },
    })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.startsWith('waiting for a larger budget'))
    await run.stop()
    return ended(run)
  },
  'lost-child': async stage => {
    const run = await stage.signalbox.start('chief', { input: 'Lose one.' })
    const child = `${run.id}/clerk-1-1`
    await untilOpen(stage, child)
    await eventOf(stage.signalbox.run(child).events(), 'tool-start')
    await stage.signalbox.client.workflow.getHandle(child).terminate('to be recorded')
    return ended(run)
  },
  'raise-for-children': async stage => {
    const run = await stage.signalbox.start('pair', { input: 'One sum.', budget: { usd: '0.00001', onShort: 'ask' } })
    const waits = (words: string) => untilState(run, ({ waitingFor = '' }) => waitingFor.includes(words))
    await waits('2 runs below are short of it')
    await run.raiseBudget({ usd: '0.000001', by: 'Ada' })
    await waits('$0.000011 is left')
    await run.raiseBudget({ usd: '0.5', by: 'Ada' })
    return [...(await ended(run)), `${run.id}/clerk-0-1`, `${run.id}/clerk-0-2`]
  },
  // Recorded when the handler that hears of a raise left the marker, and since it is left before.
  'raise-anew': raisedAfterReset,
  'raise-anew-heard': raisedAfterReset,
  // Recorded before a run heard of raises that the run above had counted before it was reset, and after.
  'raise-after-reset-unheard': raisedAfterReset,
  'raise-after-reset': raisedAfterReset,
  // Recorded when a raise failed that came after the run was cancelled, and since it is taken if the run waits for it.
  'raise-after-all-failed': raisedAfterAll,
  'raise-after-all': raisedAfterAll,
  slices: async stage => {
    const [id] = await played('miser', { input: 'Share it out.', budget: { usd: '0.10' } })(stage)
    return [id!, `${id}/clerk-1-1`, `${id}/walker-1-2`]
  },
  'shorter-prompt': played('digger', { input: 'Keep digging.' }),
  sealed: async stage => {
    const run = await stage.signalbox.start('chief', { input: 'In confidence.', policy: { zdr: true } })
    const child = `${run.id}/clerk-1-1`
    await untilOpen(stage, child)
    const asked = await eventOf(stage.signalbox.run(child).events(), 'approval-ask')
    await stage.signalbox.run(child).approve(asked.toolCallId, { by: 'Ada', note: 'well kept' })
    return [...(await ended(run)), child, `${run.id}/clerk-1-2`]
  },
  refused: played('clerk', { input: 'Hello.', taskClass: 'chep' }),
  fork: async stage => {
    const [id] = await played('clerk', { input: 'What is the sum?' })(stage)
    return ended(await stage.signalbox.fork(id!, { atStep: 2, model: 'acme/large', say: 'In words, please.' }))
  },
  'long-input': async stage => {
    const run = await stage.signalbox.start('clerk', { input: `Please publish this. ${'a word '.repeat(160_000)}` })
    const asked = await eventOf(run.events(), 'approval-ask')
    for (const _ of [1, 2]) await run.say('and be quick '.repeat(6_000), { id: 'a message of mine' })
    await run.approve(asked.toolCallId, { by: 'Ada' })
    return ended(run)
  },
  'fork-while-warm': async stage => {
    const [id] = await played('clerk', { input: 'What is the sum?' })(stage)
    return ended(await stage.signalbox.fork(id!, { atStep: 1 }))
  },
  'fork-of-shorter-prompt': async stage => {
    const [id] = await played('digger', { input: 'Keep digging.' })(stage)
    const summing = (await stage.store.reports.steps(id!)).findLast(({ sumsUp }) => sumsUp)!.step
    return ended(await stage.signalbox.fork(id!, { atStep: summing + 1, say: 'Deeper.', budget: { steps: 8 } }))
  },
  talk: played('talk', { input: { lines: ['What is the sum?', 'Are you sure?'] } }),
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

/** While one tool waits for approval, until a deadline, and another is at work. What was asked is approved where that can still be said. */
async function stoppedAtWork({ signalbox }: Stage): Promise<readonly string[]> {
  const run = await signalbox.start('clerk', { input: 'Do both.' })
  const asked = await eventOf(run.events(), 'approval-ask')
  await eventOf(run.events(), 'tool-start')
  await run.stop()
  await run.approve(asked.toolCallId).catch(() => {})
  return ended(run)
}

async function heardFailed(stage: Stage): Promise<readonly string[]> {
  await stage.vendors.setFaults('one', [{ kind: 'content-filter', times: 1 }])
  const run = await stage.signalbox.start('heard', { input: null, taskClass: 'only-one' })
  for (const id of ['one', 'two']) await run.say('What is the sum?', { id })
  await eventOf(run.events(), 'run-end')
  return [run.id]
}

async function startedBare({ signalbox: { client, run }, taskQueue }: Stage): Promise<readonly string[]> {
  const asked = { taskQueue, workflowId: 'started-bare', args: ['What is the sum?'] }
  await client.workflow.start('clerk', asked)
  return ended(run(asked.workflowId))
}

async function childUnderway(stage: Stage): Promise<readonly string[]> {
  const run = await stage.signalbox.start('restless', { input: 'Use the slow tool.', budget: { steps: 1 } })
  const child = `${run.id}/clerk-0-1`
  await untilOpen(stage, child)
  await eventOf(stage.signalbox.run(child).events(), 'tool-start')
  await stage.signalbox.client.workflow.getHandle(run.id).signal('seen')
  return [...(await ended(run)), child]
}

/** The last raise is one more than the reset run remembers, and fewer than the run below it has heard of. */
async function raisedAfterReset({ signalbox }: Stage): Promise<readonly string[]> {
  const run = await signalbox.start('pair', { input: 'One sum.', budget: { usd: '0.00001', onShort: 'ask' } })
  const waits = (words: string) => untilState(run, ({ waitingFor = '' }) => waitingFor.includes(words))
  await waits('2 runs below are short of it')
  const point = (await resetPoints(signalbox.client, run.id)).at(-1)!
  for (const left of ['$0.000011', '$0.000012']) {
    await run.raiseBudget({ usd: '0.000001' })
    await waits(`${left} `)
  }
  await resetTo(signalbox.client, run.id, point, 'what came later')
  await waits('2 runs below are short of it')
  await run.raiseBudget({ usd: '0.5' })
  await Promise.race([run.outcome(), new Promise(resolve => setTimeout(resolve, 5_000))])
  return [run.id, `${run.id}/clerk-0-1`, `${run.id}/clerk-0-2`]
}

async function raisedAfterAll({ signalbox }: Stage): Promise<readonly string[]> {
  const run = await signalbox.start('lastWord', { input: 'Print it?', budget: { usd: '0.00001', onShort: 'ask' } })
  await untilState(run, ({ pending }) => pending.length === 1)
  await run.cancel()
  await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('$0.00001 is left'))
  await run.raiseBudget({ usd: '0.5', by: 'Ada' }).catch(() => {})
  await Promise.race([run.outcome(), new Promise(resolve => setTimeout(resolve, 5_000))])
  return [run.id]
}

async function cutInWait(stage: Stage): Promise<readonly string[]> {
  await stage.vendors.setFaults('one', [{ kind: 'rate-limit', retryAfterMs: 600_000 }])
  const run = await stage.signalbox.start('hasty', { input: 'A title.' })
  await eventOf(run.events(), 'wait')
  await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
  return ended(run)
}

async function stoppedAsking({ signalbox }: Stage): Promise<readonly string[]> {
  const run = await signalbox.start('asker', { input: 'Print it?' })
  await untilState(run, ({ pending }) => pending.length === 1)
  await run.stop()
  await untilState(run, ({ status }) => status === 'stopping')
  await signalbox.client.workflow.getHandle(run.id).signal('go')
  return ended(run)
}

async function cutTools(stage: Stage): Promise<readonly string[]> {
  const run = await stage.signalbox.start('cutting', { input: 'Lose one.' })
  await eventOf(run.events(), 'tool-start')
  const child = `${run.id}/clerk-1-1`
  await untilOpen(stage, child)
  await eventOf(stage.signalbox.run(child).events(), 'tool-start')
  await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
  return [...(await ended(run)), child]
}

async function ended(run: RunHandle): Promise<readonly string[]> {
  await run.outcome()
  return [run.id]
}

/** Until the store knows the child: it has no events to follow before. */
async function untilOpen({ store }: Stage, id: string): Promise<void> {
  while (!(await store.reports.run(id))) await new Promise(resolve => setTimeout(resolve, 20))
}

const inTime = defineTool({
  name: 'in_time',
  description: 'does it in time',
  input: z.object({}),
  needsApproval: { withinMs: 300, otherwise: 'deny' },
  run: () => 'done',
})
const inAnHour = defineTool({
  name: 'in_an_hour',
  description: 'does it in an hour',
  input: z.object({}),
  needsApproval: { withinMs: 3_600_000, otherwise: 'deny' },
  run: () => 'done',
})
const takeASecond = defineTool({
  name: 'take_a_second',
  description: 'takes a second',
  input: z.object({}),
  run: () => new Promise(resolve => setTimeout(() => resolve('done'), 1_000)),
})
const weigh = defineRemoteTool({
  name: 'weigh',
  description: 'weighs',
  input: z.object({}),
  activity: 'weigh',
  taskQueue: 'an-empty-house',
  timeoutMs: 60_000,
})
const dig = defineTool({
  name: 'dig',
  description: 'digs',
  input: z.object({ depth: z.number() }),
  run: ({ depth }) => `stone ${depth} `.repeat(500),
})
const clerk = APP.agents!.find(({ name }) => name === 'clerk')!
const tools = [...APP.tools!, inTime, inAnHour, takeASecond]

/** What clearing does not shorten, so that the prompt must be summed up in the end. */
const THOUGHTS = 'Deeper down, perhaps. '.repeat(40)

const behaviours: NonNullable<VendorScript['vendors'][number]['behaviours']> = [
  { match: 'in time', turns: [{ tools: [{ name: 'in_time', arguments: {} }] }, { text: 'As it is.' }] },
  {
    match: 'Do both',
    turns: [{ tools: ['in_an_hour', 'take_a_second'].map(name => ({ name, arguments: {} })) }, { text: 'As it is.' }],
  },
  { match: 'Sum it up', turns: [{ text: 'It dug, and found stones.' }] },
  {
    match: 'Keep digging',
    turns: Array.from({ length: 12 }, (_, depth) => ({
      text: THOUGHTS,
      tools: [{ name: 'dig', arguments: { depth } }],
    })),
  },
  {
    match: 'Lose one',
    turns: [{ tools: [{ name: 'clerk', arguments: { input: 'Use the slow tool.' } }] }, { text: 'It is lost.' }],
  },
  {
    match: 'Share it out',
    turns: [
      { tools: ['clerk', 'walker'].map(name => ({ name, arguments: { input: 'One sum.' } })) },
      { text: 'One had enough.' },
    ],
  },
  {
    match: 'In confidence',
    turns: [
      {
        tools: ['Please publish this.', 'Make some mistakes.'].map(input => ({ name: 'clerk', arguments: { input } })),
      },
      { text: 'Nobody heard.' },
    ],
  },
  {
    match: 'delegate',
    turns: [
      { tools: ['One sum.', 'Two sum.'].map(input => ({ name: 'clerk', arguments: { input } })) },
      { text: 'Done.' },
    ],
  },
]

/** Those of the writing desk, and the one that sums up. */
const MORE_CLASSES = ['strong', 'long-context', 'low-latency', 'moderation', 'compaction']
  .map(name => `  ${name}: { extends: cheap }\n`)
  .join('')
  .concat('  nightly: { models: [acme/large], batch: 24h }\n')

const LARGE = { contextWindow: 1_000_000, maxOutput: 8000 }

/** The stage on which every situation is played. */
export const STAGE: Omit<StageOptions, 'temporalAddress' | 'workflowsPath'> = {
  yaml: YAML.replaceAll('contextWindow: 100000, maxOutput: 4000', 'contextWindow: 1000000, maxOutput: 8000')
    .replace('protocol: anthropic', 'protocol: anthropic\n    quirks: { batch: true }')
    .replace('workspaces:', `${MORE_CLASSES}workspaces:`),
  app: {
    inputs: { titled: z.object({ title: z.string() }) },
    tools: [...tools, dig, weigh],
    agents: [
      { ...clerk, tools: tools.map(({ name }) => name) },
      ...APP.agents!.filter(({ name }) => name !== 'clerk'),
      defineAgent({ name: 'chief', instructions: 'You lead.', agents: ['clerk'], taskClass: 'cheap' }),
      defineAgent({
        name: 'miser',
        instructions: 'You pay little.',
        agents: [
          { name: 'clerk', budget: { usd: '0.00001' } },
          { name: 'walker', budget: { usd: '0.05', tokens: 50_000 } },
        ],
        taskClass: 'cheap',
      }),
      defineAgent({
        name: 'sprinter',
        instructions: 'You run.',
        tools: APP.tools!,
        taskClass: 'cheap',
        limits: { steps: 1 },
      }),
      defineAgent({
        name: 'digger',
        instructions: 'You dig.',
        tools: [dig],
        taskClass: 'cheap',
        limits: { promptTokens: 4_000, keptSteps: 1, steps: 12, stepsPerPart: 8 },
      }),
    ],
    schemas: [...APP.schemas!, defineSchema('Extract', z.object({ figures: z.array(z.string()) }))],
  },
  vendors: VENDORS.vendors.map(({ models, ...vendor }) => ({
    ...vendor,
    batchMs: 60_000,
    models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...model, ...LARGE }])),
    behaviours: [...behaviours, ...(vendor.behaviours ?? [])],
  })),
}
