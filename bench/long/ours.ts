/**
 * Our run of a thousand steps, and what it leaves behind.
 *
 * @module
 */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CallModelInput, Outcome } from '../../src/core/protocol.ts'
import { connect } from '../../src/runtime/client.ts'
import { openStore } from '../../src/store/index.ts'
import { startChild } from '../child.ts'
import { median, rounded } from '../numbers.ts'
import { report } from '../progress.ts'
import type { StepTimes } from './clock.ts'
import { type Part, partsOf } from './histories.ts'
import type { ColdSettings } from './processes/cold-replay.ts'
import type { LongSettings } from './processes/long-worker.ts'
import { AGENT, COMPARED_STEPS, WARM_UP_STEPS } from './settings.ts'
import type { LongStage } from './stage.ts'

export interface OurFigures {
  /** Steps with their model call and their tool call. */
  readonly steps: number
  /** As the server counts them, over all parts. */
  readonly historyBytes: number
  readonly largestPartBytes: number
  readonly parts: number
  /** What holds content in the store, wherever it is repeated: messages, long texts, tool results, the journal, and events with words. */
  readonly storeBytes: number
  /** The store's file, with the ledger, ids and indexes too, once its log is in it. No bound is set for it. */
  readonly storeFileBytes: number
  /** The transcript's messages as JSON, each once. */
  readonly distinctBytes: number
  /** Medians of a hundred steps after 200, and of the last hundred: see `StepTimes.cpuMs`. */
  readonly earlyOwnMs: number
  readonly lateOwnMs: number
  /** The same by the clock on the wall, of the activities alone: other programs on the machine count here. */
  readonly earlyWallMs: number
  readonly lateWallMs: number
  /** Replay of the largest part and reading its last prompt, by a worker that runs but has seen nothing of it. */
  readonly coldReplayMs: number
  /** After collections, all threads of the worker, after steps 200 and 1,000. */
  readonly heapEarlyMb: number
  readonly heapLateMb: number
  readonly shortenings: number
  /** After the first shortening. */
  readonly promptTokens: { readonly least: number; readonly mean: number; readonly most: number }
}

interface Measured {
  readonly steps: readonly StepTimes[]
  readonly heaps: Readonly<Record<number, number>>
}

export async function measureOurs(stage: LongStage, steps: number): Promise<OurFigures> {
  const { temporal, folder, client } = stage
  const taskQueue = `${stage.mark}-ours`
  const storePath = join(folder, 'signalbox.db')
  const heapAt = [Math.min(WARM_UP_STEPS, steps), steps]
  const settings: LongSettings = { temporal, taskQueue, vendorUrl: stage.vendorUrl, storePath, steps, heapAt }
  const worker = await startChild('../long/processes/long-worker.ts', settings, ['--expose-gc'])
  try {
    const id = `${stage.mark}-ours`
    const signalbox = await connect({ temporal, store: false, taskQueue })
    const run = await signalbox.start(AGENT, { input: 'Read the archive, page by page.', id })
    const outcome = await run.outcome()
    report(`ours: ${outcome.kind}, ${outcome.message ?? ''}, ${outcome.calls} calls, $${outcome.costUsd}`)
    const measured = (await worker.measured()) as Measured
    await signalbox.close()
    await worker.stop()
    const parts = await partsOf(client, id)
    const kept = await keptBytes(storePath, parts)
    const cold = await measureCold(stage, id, parts, storePath)
    return { ...ofRun(outcome, parts), ...kept, ...ofSteps(measured, heapAt), ...cold }
  } finally {
    await worker.stop()
  }
}

function ofRun({ toolCalls }: Outcome, parts: readonly Part[]) {
  const sizes = parts.map(part => part.bytes)
  return {
    steps: toolCalls,
    historyBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    largestPartBytes: Math.max(...sizes),
    parts: parts.length,
  }
}

function ofSteps({ steps, heaps }: Measured, [early = 0, late = 0]: readonly number[]) {
  const first = steps.slice(WARM_UP_STEPS, WARM_UP_STEPS + COMPARED_STEPS)
  const last = steps.slice(-COMPARED_STEPS)
  const middle = (of: readonly StepTimes[], key: 'cpuMs' | 'wallMs') => rounded(median(of.map(step => step[key])), 2)
  const prompts = steps.slice(WARM_UP_STEPS).map(step => step.promptTokens ?? 0)
  return {
    earlyOwnMs: middle(first, 'cpuMs'),
    lateOwnMs: middle(last, 'cpuMs'),
    earlyWallMs: middle(first, 'wallMs'),
    lateWallMs: middle(last, 'wallMs'),
    heapEarlyMb: rounded((heaps[early] ?? Number.NaN) / 1e6, 1),
    heapLateMb: rounded((heaps[late] ?? Number.NaN) / 1e6, 1),
    promptTokens: {
      least: Math.min(...prompts),
      mean: Math.round(prompts.reduce((sum, tokens) => sum + tokens, 0) / prompts.length),
      most: Math.max(...prompts),
    },
  }
}

/** The store has served this run alone. */
async function keptBytes(path: string, parts: readonly Part[]) {
  const { transcript } = lastCall(parts)
  const store = await openStore({ path })
  const messages = await store.transcripts.read(transcript)
  await store.close()
  const database = new DatabaseSync(path)
  database.exec('pragma wal_checkpoint(truncate)')
  const storeBytes = CONTENT.reduce((sum, [table, column]) => sum + bytesOf(database, table, column), 0)
  const found = database
    .prepare(`select count(*) as count from run_events where body like '%"prompt-shortened"%'`)
    .get()
  database.close()
  return {
    storeBytes,
    storeFileBytes: (await stat(path)).size,
    distinctBytes: messages.reduce((sum, message) => sum + Buffer.byteLength(JSON.stringify(message)), 0),
    shortenings: Number(found?.count ?? 0),
  }
}

/** Every column with words of people, models or tools in it. Events without any are records, as the ledger's rows are. */
const CONTENT = [
  ['messages', 'body'],
  ['blobs', 'body'],
  ['tool_records', 'result'],
  ['calls', 'answer'],
  [`run_events where body like '{"kind":"answer"%' or body like '{"kind":"tool-end"%'`, 'body'],
] as const

function bytesOf(database: DatabaseSync, table: string, column: string): number {
  const sum = `coalesce(sum(length(cast(${column} as blob))), 0)`
  return Number(database.prepare(`select ${sum} as bytes from ${table}`).get()?.bytes)
}

/** Of the last call that the run has made, what it began from. */
function lastCall(parts: readonly Part[]): CallModelInput {
  const found = parts.findLast(part => part.lastCall)?.lastCall
  if (!found) throw new Error('the run has asked no model; its outcome stands above')
  return found
}

async function measureCold({ folder }: LongStage, workflowId: string, parts: readonly Part[], storePath: string) {
  const largest = parts.reduce((most, part) => (part.bytes > most.bytes ? part : most))
  const { transcript, view } = lastCall([largest])
  const historyPath = join(folder, 'history.json')
  const smallest = parts.reduce((least, part) => (part.bytes < least.bytes ? part : least))
  await writeFile(historyPath, JSON.stringify([smallest.json, largest.json]))
  const settings: ColdSettings = { historyPath, workflowId, storePath, transcript, ...(view && { view }) }
  const child = await startChild('../long/processes/cold-replay.ts', settings)
  const { replayMs, readMs } = child.ready as { readonly replayMs: number; readonly readMs: number }
  await child.stop()
  report(`cold: replay ${replayMs.toFixed(0)} ms, prompt ${readMs.toFixed(0)} ms`)
  return { coldReplayMs: Math.round(replayMs + readMs) }
}
