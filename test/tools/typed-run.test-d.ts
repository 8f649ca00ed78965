/**
 * What a workflow is told by the types of its app. Checked by `npm run check`.
 *
 * @module
 */
import { z } from 'zod'
import type { JsonValue } from '../../src/core/messages.ts'
import { type Agent, defineAgent, defineSchema, type Tool } from '../../src/index.ts'
import {
  type AgentAnswer,
  type Brief,
  type DecidedValue,
  type Generated,
  type Outcome,
  openRun,
  type Run,
  type RunOf,
  type ToolAnswer,
} from '../../workflows/public.ts'
import { far, holds, type Is, lookUp, type Station, tell } from './typed-tools.ts'

const verdict = defineSchema('Verdict', z.object({ publish: z.boolean() }))
const parties = defineSchema('Parties', z.object({ parties: z.array(z.string()) }))
const plain = { instructions: 'x', taskClass: 'cheap' }
const researcher = defineAgent({ name: 'researcher', tools: [lookUp], ...plain })
const judge = defineAgent({ name: 'judge', schema: verdict, ...plain })
const clerk = defineAgent({ name: 'clerk', schema: 'Parties', toolChoice: tell, ...plain })
const stray = defineAgent({ name: 'stray', schema: 'Party', ...plain })

/** As the module of an app is known by `import type * as app`. */
interface App {
  readonly agents: readonly (typeof researcher | typeof judge | typeof clerk | typeof stray)[]
  readonly tools: readonly (typeof lookUp | typeof tell | typeof far)[]
  readonly schemas: readonly (typeof verdict | typeof parties)[]
  readonly mcpServers: { readonly shop: { readonly command: string } }
  readonly workflowsPath: string
}

const lists = { agents: [researcher, judge, clerk], tools: [lookUp, tell, far], schemas: [verdict, parties] }

type York = ToolAnswer<Station>

export async function typed(): Promise<void> {
  const run = openRun<App>()
  const york = await run.tool('look_up', { station: 'York' }, { historyBytes: 2_000 })
  holds<Is<typeof york, York>>()
  const told = await run.tool('tell', {})
  holds<Is<typeof told, ToolAnswer<null>>>()
  const weighed = await run.tool('far', { a: 7 })
  holds<Is<typeof weighed, ToolAnswer<JsonValue>>>()
  const found = await run.tool('shop__find', { anything: true })
  holds<Is<typeof found, ToolAnswer<JsonValue>>>()
  const judged = await run.generate('cheap', { prompt: 'Fit?', schema: 'Verdict' })
  holds<Is<typeof judged, Generated<{ publish: boolean }>>>()
  const corrected = await run.ask('verdict', { question: 'Fit?', schema: 'Verdict' })
  holds<Is<typeof corrected, DecidedValue<{ publish: boolean }>>>()
  const otherwise = { parties: ['nobody'] }
  const { value } = await run.ask('parties', { question: 'Who?', schema: 'Parties', withinMs: 1, otherwise })
  holds<Is<typeof value, { parties: string[] }>>()
  const { decision } = await run.ask('print', { question: 'Print it?', answers: ['yes', 'no'] })
  holds<Is<typeof decision, 'yes' | 'no'>>()
  const title = await run.generate('cheap', { prompt: 'A title', temperature: 0 })
  holds<Is<typeof title.value, undefined>>()
  const checked = await run.agent('researcher', 'Check it.')
  holds<Is<typeof checked, AgentAnswer<undefined>>>()
  const inside = await run.agent('judge', 'Judge it.')
  holds<Is<typeof inside.value, { publish: boolean }>>()
  const named = await run.agent('clerk', 'Who?')
  holds<Is<typeof named.value, { parties: string[] }>>()
  const stray = await run.agent('stray', 'Who?')
  holds<Is<typeof stray.value, JsonValue>>()
  const below = await run.child('judge', { input: 'Judge it.' })
  holds<Is<typeof below.output, { publish: boolean } | undefined>>()
  if (below.kind === 'answered') holds<Is<typeof below.output, { publish: boolean }>>()
  else holds<Is<typeof below.output, { publish: boolean } | undefined>>()
  const { kind, output } = await run.child('clerk', { input: 'Who?' })
  if (kind === 'answered') holds<Is<typeof output, { parties: string[] }>>()
  const free = await run.child('researcher', { input: 'Check it.' })
  if (free.kind === 'answered') holds<Is<typeof free.text, string>>()
  const workflow = await run.child<{ pages: number }>('printing', { input: { many: 7 } })
  holds<Is<typeof workflow, Outcome<{ pages: number }>>>()
  await helped(run)
}

interface Workflows {
  readonly printing: (brief: Brief<{ readonly pages: number }>) => Promise<Outcome<{ readonly sheets: number }>>
  readonly anything: (brief: Brief) => Promise<Outcome<unknown>>
  readonly helper: (text: string) => string
}

export async function withChildren(): Promise<void> {
  const run = openRun<App, Workflows>()
  holds<Is<typeof run, RunOf<App, Workflows>>>()
  const printed = await run.child('printing', { input: { pages: 7 }, budget: { usd: '1' } })
  holds<Is<typeof printed.output, { readonly sheets: number } | undefined>>()
  if (printed.kind === 'answered') holds<Is<typeof printed.output, { readonly sheets: number }>>()
  const judged = await run.child('judge', { input: 'Judge it.' })
  if (judged.kind === 'answered') holds<Is<typeof judged.output, { publish: boolean }>>()
  const any = await run.child('anything', { input: { a: [1] } })
  holds<Is<typeof any.output, unknown>>()
  // @ts-expect-error: neither an agent nor a workflow has the name
  await run.child('printings', { input: { pages: 7 } })
  // @ts-expect-error: no workflow, for it ends with no outcome
  await run.child('helper', { input: 'x' })
  // @ts-expect-error: it takes a number of pages
  await run.child('printing', { input: { pages: 'seven' } })
}

/** A run whose names are known goes where any does. */
export async function anyRun(): Promise<void> {
  const text = async (run: Run) => (await run.generate('cheap', { prompt: 'A title' })).text
  await text(openRun<App>())
  const { value } = await openRun().ask<{ pages: number }>('pages', { question: 'How many?', schema: 'Pages' })
  holds<Is<typeof value, { pages: number }>>()
  await text(openRun<App, Workflows>())
  await text(openRun<Classed>())
  await text(openRun<Classed, Workflows>())
}

async function helped(run: RunOf<App>): Promise<York> {
  await run.ask('print', { question: 'Print it?' })
  return run.tool('look_up', { station: 'York' })
}

export async function refused(brief: Brief): Promise<void> {
  const run = openRun<App>()
  // @ts-expect-error: its terms alone
  openRun(brief)
  // @ts-expect-error: its terms alone
  openRun<App>(brief)
  // @ts-expect-error: no tool has the name
  await run.tool('look_upp', { station: 'York' })
  // @ts-expect-error: it takes a text
  await run.tool('look_up', { station: 7 })
  // @ts-expect-error: it takes a station
  await run.tool('look_up', {})
  // @ts-expect-error: no server has the name
  await run.tool('shops__find', {})
  // @ts-expect-error: no schema has the name
  await run.generate('cheap', { prompt: 'Fit?', schema: 'Verdicts' })
  // @ts-expect-error: no schema has the name
  await run.ask('verdict', { question: 'Fit?', schema: 'Verdicts' })
  // @ts-expect-error: no value of the schema
  await run.ask('verdict', { question: 'Fit?', schema: 'Verdict', withinMs: 1, otherwise: { publish: 'yes' } })
  // @ts-expect-error: one or the other
  await run.ask('verdict', { question: 'Fit?', schema: 'Verdict', answers: ['yes'] })
  // @ts-expect-error: no option has the name
  await run.generate('cheap', { prompt: 'Fit?', schemas: 'Verdict' })
  // @ts-expect-error: no agent has the name
  await run.agent('judges', 'Judge it.')
  // @ts-expect-error: a module of something else
  openRun<{ readonly something: string }>()
}

/** An app that lists its task classes. */
interface Classed extends App {
  readonly classes: readonly ['cheap', 'strong']
}

export async function classed(): Promise<void> {
  const run = openRun<Classed, Workflows>()
  const judged = await run.generate('strong', { prompt: 'Fit?', schema: 'Verdict' })
  holds<Is<typeof judged.value, { publish: boolean }>>()
  await run.child('judge', { input: 'Judge it.', taskClass: 'cheap' })
  // @ts-expect-error: no class has the name
  await run.generate('chaep', { prompt: 'Fit?' })
  // @ts-expect-error: no class has the name
  await run.child('judge', { input: 'Judge it.', taskClass: 'chaep' })
  const alone = openRun<Classed>()
  await alone.child('printing', { input: 7, taskClass: 'cheap' })
  // @ts-expect-error: no class has the name
  await alone.child('judge', { input: 'Judge it.', taskClass: 'chaep' })
  // @ts-expect-error: no class has the name
  await alone.child('printing', { input: 7, taskClass: 'chaep' })
  await openRun<App & { readonly classes: readonly string[] }>().generate('any', { prompt: 'A title' })
}

/** An app that has a schema for a workflow's input. */
interface Held extends App {
  readonly inputs: { readonly printing: z.ZodObject<{ pages: z.ZodNumber; copies: z.ZodDefault<z.ZodNumber> }> }
}

export async function held(): Promise<void> {
  const run = openRun<Held>()
  await run.child('printing', { input: { pages: 7 } })
  await run.child('anything', { input: { a: [1] } })
  await run.child('judge', { input: 'Judge it.' })
  // @ts-expect-error: the schema takes a number of pages
  await run.child('printing', { input: { pages: 'seven' } })
  const known = openRun<Held, Workflows>()
  await known.child('printing', { input: { pages: 7, copies: 2 } })
  // @ts-expect-error: the schema takes a number of copies
  await known.child('printing', { input: { pages: 7, copies: 'two' } })
}

/** Of lists that say less, less is known, and no name is wrong. */
export async function unsaid(): Promise<void> {
  const typed = await openRun<typeof lists>().tool('look_up', { station: 'York' })
  holds<Is<typeof typed, York>>()
  const given = await openRun<{ readonly tools: readonly Tool[] }>().tool('any', { a: 1 })
  holds<Is<typeof given, ToolAnswer<JsonValue>>>()
  const below = await openRun<{ readonly agents: readonly Agent[] }>().child('any', { input: 'x' })
  holds<Is<typeof below, Outcome>>()
  const any = await openRun().tool('any', { a: 1 })
  holds<Is<typeof any, ToolAnswer<JsonValue>>>()
}
