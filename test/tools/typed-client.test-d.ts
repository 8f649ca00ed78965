/**
 * What a client is told by the types of its app and of its workflows. Checked by `npm run check`.
 *
 * @module
 */
import { z } from 'zod'
import {
  connect,
  type PendingAsk,
  type RunEvent,
  type RunHandle,
  type Signalbox,
  type SignalboxOf,
  type StartOptions,
  type UiMessageChunk,
} from '../../src/client.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import { type Agent, defineAgent, defineSchema, defineTool, type Tool } from '../../src/index.ts'
import { type ScriptedVendor, startTestStage, type TestStage } from '../../src/testing.ts'
import type { Brief, Outcome, Part } from '../../workflows/public.ts'
import { holds, type Is, type lookUp, type tell } from './typed-tools.ts'

const plain = { instructions: 'x', taskClass: 'cheap' }
const verdict = defineSchema('Verdict', z.object({ publish: z.boolean() }))
const sheets = defineSchema('Sheets', z.object({ pages: z.number().default(1) }))
const researcher = defineAgent({ name: 'researcher', ...plain })
const judge = defineAgent({ name: 'judge', schema: verdict, ...plain })
const clerk = defineAgent({ name: 'clerk', schema: 'Parties', ...plain })

interface Chapter {
  readonly title: string
  readonly chapters: readonly Chapter[]
}

const print = defineTool({
  name: 'print',
  description: 'prints',
  input: z.object({ chapter: z.custom<Chapter>(), copies: z.coerce.number(), marks: z.array(z.unknown()) }),
  needsApproval: true,
  run: () => 1,
})

/** As modules are known by `import type * as …`. */
interface App {
  readonly agents: readonly (typeof researcher | typeof judge | typeof clerk)[]
  readonly tools: readonly (typeof lookUp | typeof tell | typeof print)[]
  readonly schemas: readonly (typeof verdict | typeof sheets)[]
  readonly mcpServers: { readonly shop: { readonly command: string } }
  readonly workflowsPath: string
}

interface Pages {
  readonly pages: number
}

interface Dated {
  readonly at: Date
  readonly pages?: Pages
  readonly editions: readonly (Pages | URL)[]
}

interface Workflows {
  readonly dating: (brief: Brief<null>) => Promise<Outcome<Dated>>
  readonly printing: (brief: Brief<Pages>) => Promise<Outcome<{ readonly sheets: number }>>
  readonly looking: ({ input }: Brief<readonly Part[]>) => Promise<Outcome<string>>
  readonly anything: (brief: Brief) => Promise<Outcome<unknown>>
  readonly nothing: () => Promise<Outcome<null>>
  readonly helper: (text: string) => string
  readonly LIMIT: number
}

const file = { type: 'file', mediaType: 'image/png', data: new Uint8Array() } as const

export async function typed(): Promise<void> {
  const signalbox = await connect<App, Workflows>()
  holds<Is<typeof signalbox, SignalboxOf<App, Workflows>>>()
  const answer = await (await signalbox.start('researcher', { input: 'Who?', budget: { steps: 3 } })).outcome()
  holds<Is<typeof answer.output, undefined>>()
  if (answer.kind === 'answered') holds<Is<typeof answer.text, string>>()
  else holds<Is<typeof answer.text, string | undefined>>()
  const judged = await signalbox.start('judge', { input: [{ type: 'text', text: 'Fit?' }, file] })
  const { kind, output, text } = await judged.outcome()
  holds<Is<typeof output, { publish: boolean } | undefined>>()
  if (kind === 'answered') holds<Is<typeof output, { publish: boolean }>>()
  if (kind === 'answered') holds<Is<typeof text, string>>()
  const named = await (await signalbox.start('clerk', { input: 'Who?' })).outcome()
  holds<Is<typeof named.output, JsonValue | undefined>>()
  if (named.kind === 'answered') holds<Is<typeof named.output, JsonValue>>()
  const either = await (await signalbox.start(eitherOf('judge', 'researcher'), { input: 'Fit?' })).outcome()
  if (either.kind === 'answered') holds<Is<typeof either.output, { publish: boolean } | undefined>>()
  const printed = await (await signalbox.start('printing', { input: { pages: 7 } })).outcome()
  holds<Is<typeof printed.output, { readonly sheets: number } | undefined>>()
  if (printed.kind === 'answered') holds<Is<typeof printed.output, { readonly sheets: number }>>()
  const seen = await (await signalbox.start('looking', { input: [file] })).outcome()
  holds<Is<typeof seen.output, string | undefined>>()
  const { output: dated } = await (await signalbox.start('dating', { input: null })).outcome()
  holds<
    Is<
      typeof dated,
      { readonly at: string; readonly pages?: Pages; readonly editions: readonly (Pages | string)[] } | undefined
    >
  >()
  const any = await (await signalbox.start('anything', { input: { a: [1] } })).outcome()
  holds<Is<typeof any.output, unknown>>()
  await signalbox.start('nothing', { input: null })
  const again = await signalbox.run<'judge'>('judge-1').outcome()
  if (again.kind === 'answered') holds<Is<typeof again.output, { publish: boolean }>>()
  const sheets = await signalbox.run<'printing'>('printing-1').outcome()
  holds<Is<typeof sheets, typeof printed>>()
  const forked = await (await signalbox.fork<'judge'>('judge-1', { atStep: 1 })).outcome()
  holds<Is<typeof forked, typeof again>>()
  const unsaid = await (await signalbox.fork('judge-1', { atStep: 1 })).outcome<Pages>()
  holds<Is<typeof unsaid.output, Pages | undefined>>()
  const found = await signalbox.run('printing-1').outcome<{ sheets: number }>()
  holds<Is<typeof found.output, { sheets: number } | undefined>>()
  await helped(signalbox)
  await anyRun(judged)
  await ofValue(judged)
  const value = await closedWith(judged)
  holds<Is<typeof value, { publish: boolean } | undefined>>()
}

export async function asked(): Promise<void> {
  const signalbox = await connect<App, Workflows>()
  const asks = await signalbox.run('any-1').pending()
  holds<Is<typeof asks, Awaited<ReturnType<Awaited<ReturnType<typeof judgeRun>>['pending']>>>>()
  for (const ask of asks) {
    if (ask.toolName === undefined) holds<Is<typeof ask.answers, readonly string[] | 'text'>>()
    else if (ask.toolName === 'look_up') holds<Is<typeof ask.input, { station: string; year?: number | undefined }>>()
    else if (ask.toolName === 'print') {
      holds<Is<typeof ask.input.chapter.chapters, readonly Chapter[]>>()
      holds<Is<typeof ask.input.copies, JsonValue | undefined>>()
      holds<Is<typeof ask.input.marks, JsonValue[]>>()
    } else if (ask.toolName !== 'tell')
      holds<Is<typeof ask, PendingAsk & { readonly toolName: `${string}__${string}` }>>()
    // @ts-expect-error: no tool has the name
    if (ask.toolName === 'prints') await signalbox.run(ask.run).approve(ask.toolCallId)
    if (ask.answers) await signalbox.run(ask.run).answer(ask.toolCallId, ask.question)
  }
  await anyAsk(asks)
  const run = signalbox.run('any-1')
  await run.answer('verdict', { publish: true })
  await run.answer('pages', {})
  await run.answer('print', 'hold it', { by: 'Ada' })
  // @ts-expect-error: no schema takes it
  await run.answer('verdict', { publish: 'yes' })
  await (await connect()).run('any-1').answer('verdict', { anything: 1 })
}

async function judgeRun() {
  return (await connect<App>()).start('judge', { input: 'Fit?' })
}

/** Each kind of event can be named on its own. */
export async function told(event: Extract<RunEvent, { readonly kind: 'text-delta' }>): Promise<string> {
  return event.text
}

/** And each kind of chunk. */
export function shown(
  delta: Extract<UiMessageChunk, { readonly type: 'text-delta' }>,
  begun: Extract<UiMessageChunk, { readonly type: 'reasoning-start' }>,
  step: Extract<UiMessageChunk, { readonly type: 'reset-step' }>,
): string {
  return `${step.type} ${begun.id} ${delta.delta}`
}

/** What is known of asks goes where any do, as runs do that ask. */
async function anyAsk(asks: readonly PendingAsk[]): Promise<readonly (string | undefined)[]> {
  for (const { toolName, input } of asks) if (toolName !== undefined) holds<Is<typeof input, JsonValue>>()
  const app = await connect<{ readonly agents: readonly Agent[] }>()
  const tools = await connect<{ readonly tools: readonly Tool[] }>()
  holds<Is<Awaited<ReturnType<ReturnType<typeof app.run>['pending']>>, readonly PendingAsk[]>>()
  holds<Is<Awaited<ReturnType<ReturnType<typeof tools.run>['pending']>>, readonly PendingAsk[]>>()
  return asks.map(({ toolName }) => toolName)
}

export async function said<Output>(run: RunHandle): Promise<Output | undefined> {
  return (await run.outcome<Output>()).output
}

async function closedWith<Value>(run: RunHandle<Value>): Promise<Value | undefined> {
  return (await run.outcome()).output
}

declare function eitherOf<One, Other>(one: One, other: Other): One | Other

async function ofValue(run: RunHandle<{ publish: boolean }>): Promise<boolean | undefined> {
  return (await run.outcome()).output?.publish
}

async function helped(signalbox: Pick<Signalbox, 'runs' | 'run'>): Promise<void> {
  await anyRun(signalbox.run('printing-1'))
}

/** A handle whose value is known goes where any does. */
async function anyRun(run: RunHandle): Promise<JsonValue | undefined> {
  return (await run.outcome()).output
}

export async function refused(): Promise<void> {
  const signalbox = await connect<App, Workflows>()
  // @ts-expect-error: neither an agent nor a workflow has the name
  await signalbox.start('judges', { input: 'Fit?' })
  // @ts-expect-error: no workflow, for it ends with no outcome
  await signalbox.start('helper', { input: 'Fit?' })
  // @ts-expect-error: neither an agent nor a workflow has the name
  signalbox.run<'judges'>('judge-1')
  // @ts-expect-error: an agent takes words and files, or what it reads as JSON
  await signalbox.start('judge', { input: null })
  // @ts-expect-error: it takes pages
  await signalbox.start('printing', { input: 'seven' })
  // @ts-expect-error: it takes a number of pages
  await signalbox.start('printing', { input: { pages: 'seven' } })
  // @ts-expect-error: no term has the name
  await signalbox.start('judge', { input: 'Fit?', budgets: {} })
  // @ts-expect-error: a module of something else
  connect<{ readonly something: string }>()
}

/** Of an app alone, any other name may be a workflow; of lists that say less, less is known. */
export async function unsaid(): Promise<void> {
  const signalbox = await connect<App>()
  const { output } = await (await signalbox.start('judge', { input: 'Fit?' })).outcome()
  holds<Is<typeof output, { publish: boolean } | undefined>>()
  // @ts-expect-error: an agent takes words and files, or what it reads as JSON
  await signalbox.start('judge', { input: 7 })
  const printed = await (await signalbox.start('printing', { input: { pages: 7 } })).outcome<Pages>()
  holds<Is<typeof printed.output, Pages | undefined>>()
  const told = await (await signalbox.start('printing', { input: 7 })).outcome()
  holds<Is<typeof told.output, JsonValue | undefined>>()
  const some = await (await connect<{ readonly agents: readonly Agent[] }>()).start('any', { input: { a: 1 } })
  const ended = await some.outcome()
  holds<Is<typeof ended, Outcome>>()
  const any: Signalbox = await connect()
  await any.start('any', { input: { a: 1 } })
  const whatever = await (await any.start('any', { input: 'x' })).outcome()
  holds<Is<typeof whatever.output, JsonValue | undefined>>()
}

/** An app that lists its task classes. */
interface Classed extends App {
  readonly classes: readonly ['cheap', 'strong']
}

export async function classed(): Promise<void> {
  const signalbox = await connect<Classed, Workflows>()
  const judged = await (await signalbox.start('judge', { input: 'Fit?', taskClass: 'strong' })).outcome()
  if (judged.kind === 'answered') holds<Is<typeof judged.output, { publish: boolean }>>()
  await signalbox.fork<'judge'>('judge-1', { atStep: 1, taskClass: 'cheap' })
  const kept = { input: 'Fit?', labels: { team: 'press' } } satisfies StartOptions
  await signalbox.start('judge', kept)
  const named: StartOptions<string, Classed['classes'][number]> = { input: 'Fit?', taskClass: 'cheap' }
  await signalbox.start('judge', named)
  // @ts-expect-error: no class has the name
  await signalbox.start('judge', { input: 'Fit?', taskClass: 'srtong' })
  // @ts-expect-error: no class has the name
  await signalbox.fork('judge-1', { atStep: 1, taskClass: 'srtong' })
  // @ts-expect-error: no class has the name
  await signalbox.fork<'judge'>('judge-1', { atStep: 1, taskClass: 'srtong' })
}

const inputs = { ticket: z.object({ customer: z.string(), copies: z.number().default(1) }) }

/** An app that says what a workflow takes. */
interface Held extends App {
  readonly inputs: typeof inputs
}

export async function held(): Promise<void> {
  const signalbox = await connect<Held>({ inputs })
  await signalbox.start('ticket', { input: { customer: 'Eve' } })
  await signalbox.start('printing', { input: 7 })
  // @ts-expect-error: it takes a customer's name
  await signalbox.start('ticket', { input: { customer: 7 } })
  // @ts-expect-error: it takes a customer
  await signalbox.start('ticket', { input: 'not json' })
  const both = await connect<Held, Workflows & { readonly ticket: Workflows['anything'] }>()
  // @ts-expect-error: it takes a customer
  await both.start('ticket', { input: 'not json' })
  // @ts-expect-error: it takes a number of pages
  await both.start('printing', { input: { pages: 'seven' } })
}

export async function passed(): Promise<void> {
  const all = async (signalbox: Signalbox) => signalbox.runs()
  await all(await connect<App, Workflows>())
  await all(await connect<App>())
  await all(await connect<App, Pick<Workflows, 'printing'>>())
  await all(await connect<Classed, Pick<Workflows, 'printing'>>())
}

/** What tests say of their vendors may come from the values that they expect. */
export function scripted(input: Readonly<Record<string, JsonValue>>, value: JsonValue): ScriptedVendor {
  return {
    name: 'acme',
    behaviours: [{ match: 'x', turns: [{ tools: [{ name: 'print', arguments: input }] }, { value }] }],
  }
}

export async function staged(): Promise<void> {
  const untyped = await startTestStage()
  holds<Is<typeof untyped, TestStage>>()
  const typed = await startTestStage<App, Workflows>({ config: 'test.yaml' })
  holds<Is<typeof typed, TestStage<SignalboxOf<App, Workflows>>>>()
  // What is wrong with the options is the only error.
  const wrong: TestStage<SignalboxOf<App>> = await startTestStage<App>({
    // @ts-expect-error: a vendor has a name
    vendors: [{}],
  })
  await wrong.close()
}
