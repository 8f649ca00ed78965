import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DefaultLogger, type InjectedSinks, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker'
import { beforeAll, expect, it } from 'vitest'
import { joinWorkflows } from '../../src/runtime/joining/join-workflows.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../../src/runtime/paths.ts'
import { changedCodeWords } from '../../src/runtime/temporal/changed-workflow.ts'
import type { Patch } from '../../workflows/run/patches.ts'
import { SITUATIONS } from './situations.ts'
import type { PatchSinks } from './tell-asked.ts'
import { throwAwayCodec } from './throw-away-keys.ts'

const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.json'))

/** What a file is about: its name without the date, the part of a run that continued as new, and the child. */
const whatOf = (file: string) => file.replace(/(-child-\d+)?(-part-\d+)?-\d{4}-\d{2}-\d{2}\.json$/, '')

const historyIn = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))

/** Children are named after it. */
const idIn = (history: { events: readonly { workflowExecutionStartedEventAttributes?: { workflowId: string } }[] }) =>
  history.events[0]!.workflowExecutionStartedEventAttributes!.workflowId

let options: ReplayWorkerOptions

const PATCHES = readFileSync(join(import.meta.dirname, '../../workflows/run/patches.ts'), 'utf8')

/** Every marker of ours. */
const MARKERS = [...PATCHES.matchAll(/^ {2}'(.+)': true$/gm)].map(([, marker]) => marker!)

/** Of which no history is kept, and why. */
const UNRECORDED: Partial<Record<Patch, 'from-before' | 'from-after' | 'either'>> = {
  // It would have two megabytes.
  'signalbox.refuse-long-words': 'either',
  // A worker is lost in it, and the one that records is its only one.
  'signalbox.lost-is-interrupted': 'either',
  // Somebody starts it with what another run has carried.
  'carried-by-this-run': 'either',
  // It is asked for only beside `refuse-unknown-options`, and the run from before it has not that one either.
  'signalbox.refuse-whole-brief': 'from-before',
  // No call waited for a batch before.
  'signalbox.withdraws-batch': 'from-before',
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const { workflowsPath, webpackConfigHook } = joinWorkflows(join(import.meta.dirname, 'workflows.ts'), undefined)
  options = {
    workflowsPath,
    bundlerOptions: { webpackConfigHook },
    interceptors: { workflowModules: [WORKFLOW_INTERCEPTORS_PATH] },
    dataConverter: { payloadCodecs: [throwAwayCodec()] },
  }
})

interface Replayed {
  readonly replayed: number
  readonly failed: readonly string[]
  /** The markers for which workflows have asked in vain. */
  readonly missed: ReadonlySet<string>
}

let replaying: Promise<Replayed> | undefined

/** Replays every history, once for all that want to know. */
function all(): Promise<Replayed> {
  replaying ??= replayAll()
  return replaying
}

async function replayAll(): Promise<Replayed> {
  const missed = new Set<string>()
  const fn = (_info: unknown, marker: string, isPatched: boolean) => void (isPatched || missed.add(marker))
  const sinks: InjectedSinks<PatchSinks> = { patches: { asked: { fn, callDuringReplay: true } } }
  const interceptors = { workflowModules: [WORKFLOW_INTERCEPTORS_PATH, join(import.meta.dirname, 'tell-asked.ts')] }
  const histories = files.map(historyIn).map(history => ({ workflowId: idIn(history), history }))
  const failed: string[] = []
  let replayed = 0
  for await (const { error } of Worker.runReplayHistories({ ...options, interceptors, sinks }, histories)) {
    if (error) failed.push(`${files[replayed]}: ${error.message}`)
    replayed += 1
  }
  return { replayed, failed, missed }
}

it('has a history of every situation', () => {
  expect([...new Set(files.map(whatOf))]).toEqual(expect.arrayContaining(Object.keys(SITUATIONS)))
})

it('replays every history that was ever recorded', async () => {
  const { failed, replayed } = await all()
  expect(failed).toEqual([])
  expect(replayed).toBe(files.length)
})

it('has a history from before each marker, which asks for it in vain', async () => {
  const { missed } = await all()
  expect(MARKERS.filter(marker => !missed.has(marker)).toSorted()).toEqual(unrecorded('from-before'))
  expect(MARKERS).toEqual(expect.arrayContaining([...missed]))
})

it('has a history with each marker', () => {
  const markers = new Set(files.flatMap(file => patchesIn(historyIn(file)).map(({ id }) => id)))
  expect(MARKERS.filter(marker => !markers.has(marker)).toSorted()).toEqual(unrecorded('from-after'))
  expect(MARKERS).toEqual(expect.arrayContaining([...markers]))
})

function unrecorded(side: 'from-before' | 'from-after'): readonly string[] {
  const markers = Object.entries(UNRECORDED).flatMap(([marker, of]) => (of === side || of === 'either' ? marker : []))
  return markers.toSorted()
}

it('does not replay a history that another workflow has written', async () => {
  const history = historyIn(files.find(file => whatOf(file) === 'tools')!)
  const scheduled = history.events.find(
    (event: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }) =>
      event.activityTaskScheduledEventAttributes?.activityType.name === 'runTool',
  )
  scheduled.activityTaskScheduledEventAttributes.activityType.name = 'callModel'
  await expect(Worker.runReplayHistory(options, history)).rejects.toThrow(/[Nn]ondeterminism/)
})

it.each([
  [
    'signalbox.of-tomorrow',
    /^a newer version of Signalbox has served it, .* `signalbox.of-tomorrow`. Serve it with the newer version$/,
  ],
  [
    'look-for-duplicates',
    /^its history has the marker `look-for-duplicates` of `patched\(\)`, .* Serve it with code that asks$/,
  ],
])('says of a history with the marker %s, which no code has, that other code is needed', async (id, words) => {
  const history = historyIn(files.find(file => whatOf(file) === 'handed-over')!)
  const [marker] = patchesIn(history).filter(patch => patch.id === 'signalbox.handed-over')
  marker!.rename(id)
  const failed = await Worker.runReplayHistory(options, history).catch((error: Error) => error)
  expect(changedCodeWords(String(failed?.message))).toMatch(words)
})

interface Marker {
  readonly id: string
  rename(to: string): void
}

/** The markers that `patched()` has left. */
function patchesIn({ events }: ReturnType<typeof historyIn>): readonly Marker[] {
  return events.flatMap((event: { markerRecordedEventAttributes?: { details?: PatchDetails } }) => {
    const payload = event.markerRecordedEventAttributes?.details?.['patch-data']?.payloads[0]
    if (!payload) return []
    const patch = JSON.parse(Buffer.from(payload.data, 'base64').toString())
    const rename = (id: string) => {
      payload.data = Buffer.from(JSON.stringify({ ...patch, id })).toString('base64')
    }
    return { id: patch.id, rename }
  })
}

interface PatchDetails {
  readonly 'patch-data'?: { readonly payloads: readonly [{ data: string }] }
}
